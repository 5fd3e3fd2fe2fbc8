"""The leads of an owner by status in the order of the board, in which leads of one moment are ordered by id."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Neither building the index nor removing the old one may lock the table.
    atomic = False

    dependencies = [("leads", "0024_erased_persons")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    # If it was interrupted, it has left an invalid index.
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS lead_stay_of_owner",
                        """CREATE INDEX CONCURRENTLY lead_stay_of_owner ON leads_lead (owner_id, status_id, status_since, id)
                            WHERE deleted_at IS NULL AND owner_id IS NOT NULL""",
                    ],
                    "DROP INDEX CONCURRENTLY IF EXISTS lead_stay_of_owner",
                ),
            ],
            state_operations=[
                migrations.AddIndex(
                    "lead",
                    models.Index(
                        fields=["owner", "status", "status_since", "id"],
                        name="lead_stay_of_owner",
                        condition=models.Q(deleted_at__isnull=True, owner__isnull=False),
                    ),
                ),
            ],
        ),
        RemoveIndexConcurrently("lead", "lead_queue"),
    ]
