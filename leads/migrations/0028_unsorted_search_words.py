"""At most 256 kB of new search words wait to be sorted into their index: each look into the index reads all of them."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations

# Index by model.
INDEXES = {"leadsearch": "lead_search_words"}


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
    dependencies = [("leads", "0027_won_deals_require_an_amount")]

    operations = [build_limit(model, name) for model, name in INDEXES.items()]
