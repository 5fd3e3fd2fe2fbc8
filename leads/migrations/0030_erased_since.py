"""The leads that were erased since a change are found without reading the others."""

from django.db import migrations, models


class Migration(migrations.Migration):
    # Building the index may not lock the table.
    atomic = False

    dependencies = [("leads", "0029_rules_for_roles_and_users")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    # If it was interrupted, it has left an invalid index.
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS lead_erased",
                        """CREATE INDEX CONCURRENTLY lead_erased ON leads_lead (erased_at)
                            WHERE erased_at IS NOT NULL""",
                    ],
                    "DROP INDEX CONCURRENTLY IF EXISTS lead_erased",
                ),
            ],
            state_operations=[
                migrations.AddIndex(
                    "lead",
                    models.Index(
                        fields=["erased_at"],
                        name="lead_erased",
                        condition=models.Q(erased_at__isnull=False),
                    ),
                ),
            ],
        ),
    ]
