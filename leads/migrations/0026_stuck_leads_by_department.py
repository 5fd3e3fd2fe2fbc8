"""The index of the board's columns also has what the page of stuck leads counts, so leads have one index less to write."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

PRESENT = models.Q(deleted_at__isnull=True)


class Migration(migrations.Migration):
    # Neither building the index nor removing the old ones may lock the table.
    atomic = False

    dependencies = [("leads", "0025_board_of_an_owner")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    # If it was interrupted, it has left an invalid index.
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS lead_stay_new",
                        """CREATE INDEX CONCURRENTLY lead_stay_new ON leads_lead (department_id, status_id, status_since, id)
                            INCLUDE (next_action_on, owner_id, shared) WHERE deleted_at IS NULL""",
                        "DROP INDEX CONCURRENTLY IF EXISTS lead_stay",
                        "ALTER INDEX lead_stay_new RENAME TO lead_stay",
                    ],
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS lead_stay",
                        """CREATE INDEX CONCURRENTLY lead_stay ON leads_lead (department_id, status_id, status_since, id)
                            WHERE deleted_at IS NULL""",
                    ],
                ),
            ],
            state_operations=[
                migrations.RemoveIndex("lead", "lead_stay"),
                migrations.AddIndex(
                    "lead",
                    models.Index(
                        fields=["department", "status", "status_since", "id"],
                        name="lead_stay",
                        include=["next_action_on", "owner", "shared"],
                        condition=PRESENT,
                    ),
                ),
            ],
        ),
        RemoveIndexConcurrently("lead", "lead_stuck"),
    ]
