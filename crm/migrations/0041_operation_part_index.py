"""No part of an operation is done twice; the index is built while operations are written."""

from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("crm", "0040_replicas")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    # If it was interrupted, it has left an invalid index.
                    [
                        "DROP INDEX CONCURRENTLY IF EXISTS operation_part",
                        """CREATE UNIQUE INDEX CONCURRENTLY operation_part ON crm_operation (part_of_id, part)
                            WHERE part_of_id IS NOT NULL""",
                    ],
                    "DROP INDEX CONCURRENTLY IF EXISTS operation_part",
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="operation",
                    constraint=models.UniqueConstraint(
                        condition=models.Q(("part_of__isnull", False)),
                        fields=("part_of", "part"),
                        name="operation_part",
                    ),
                ),
            ],
        ),
    ]
