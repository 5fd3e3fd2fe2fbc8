"""The contacts and requests that were erased since a change are found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    # Building the index may not lock the table.
    atomic = False

    dependencies = [("customers", "0020_unsorted_search_words")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    # If it was interrupted, it has left an invalid index.
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS contact_erased",
                        """CREATE INDEX CONCURRENTLY contact_erased ON customers_contact (erased_at)
                            WHERE erased_at IS NOT NULL""",
                    ],
                    "DROP INDEX CONCURRENTLY IF EXISTS contact_erased",
                ),
            ],
            state_operations=[
                migrations.AddIndex(
                    "contact",
                    models.Index(
                        fields=["erased_at"],
                        name="contact_erased",
                        condition=models.Q(erased_at__isnull=False),
                    ),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    # If it was interrupted, it has left an invalid index.
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS request_erased",
                        """CREATE INDEX CONCURRENTLY request_erased ON customers_request (erased_at)
                            WHERE erased_at IS NOT NULL""",
                    ],
                    "DROP INDEX CONCURRENTLY IF EXISTS request_erased",
                ),
            ],
            state_operations=[
                migrations.AddIndex(
                    "request",
                    models.Index(
                        fields=["erased_at"],
                        name="request_erased",
                        condition=models.Q(erased_at__isnull=False),
                    ),
                ),
            ],
        ),
    ]
