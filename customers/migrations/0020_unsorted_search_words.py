"""At most 256 kB of new search words wait to be sorted into their index: each look into the index reads all of them."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

# Index by model.
INDEXES = {
    "companysearch": "company_search_words",
    "contactsearch": "contact_search_words",
    "dealsearch": "deal_search_words",
    "requestsearch": "request_search_words",
}


def build_limit(model: str, name: str) -> migrations.SeparateDatabaseAndState:
    """Changes only a number of the index, which isn't built again."""
    index = GinIndex(fields=["words"], name=name, gin_pending_list_limit=256)
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"ALTER INDEX {name} SET (gin_pending_list_limit = 256)",
                f"ALTER INDEX {name} RESET (gin_pending_list_limit)",
            )
        ],
        state_operations=[migrations.RemoveIndex(model, name), migrations.AddIndex(model, index)],
    )


class Migration(migrations.Migration):
    dependencies = [("customers", "0019_custom_moments_in_utc")]

    operations = [build_limit(model, name) for model, name in INDEXES.items()]
