"""The leads of a department by score."""

from django.db import migrations, models


class Migration(migrations.Migration):
    # Building the index may not lock the table.
    atomic = False

    dependencies = [("leads", "0034_scores")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    # If it was interrupted, it has left an invalid index.
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS lead_score",
                        """CREATE INDEX CONCURRENTLY lead_score ON leads_lead (department_id, score, id)
                            WHERE deleted_at IS NULL""",
                    ],
                    "DROP INDEX CONCURRENTLY IF EXISTS lead_score",
                ),
            ],
            state_operations=[
                migrations.AddIndex(
                    "lead",
                    models.Index(
                        fields=["department", "score", "id"],
                        name="lead_score",
                        condition=models.Q(deleted_at__isnull=True),
                    ),
                ),
            ],
        ),
    ]
