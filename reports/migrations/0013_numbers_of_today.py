"""The indexes of moments have the columns that Today counts, so that it reads no rows."""

from django.db import migrations, models

SCOPE = ["owner", "department", "shared", "present"]
COLUMNS = "owner_id, department_id, shared, present"
REVENUE = ["revenue", "revenue_missing", "revenue_without_rate"]


def build_exchange(
    name: str, fields: list[str], columns: str, include: list[str], included: str, condition: models.Q | None = None
) -> migrations.SeparateDatabaseAndState:
    where = f" WHERE {columns} IS NOT NULL" if condition else ""
    create = f"CREATE INDEX CONCURRENTLY {{}} ON reports_leadprogress ({columns}){{}}{where}"
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                # If it was interrupted, it has left an invalid index.
                [
                    f"DROP INDEX CONCURRENTLY IF EXISTS {name}_new",
                    create.format(f"{name}_new", f" INCLUDE ({included})"),
                    f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
                    f"ALTER INDEX {name}_new RENAME TO {name}",
                ],
                [f"DROP INDEX CONCURRENTLY IF EXISTS {name}", create.format(name, "")],
            )
        ],
        state_operations=[
            migrations.RemoveIndex("leadprogress", name),
            migrations.AddIndex(
                "leadprogress", models.Index(fields=fields, name=name, include=include, condition=condition)
            ),
        ],
    )


class Migration(migrations.Migration):
    # Neither building the indexes nor removing the old ones may lock the table.
    atomic = False

    dependencies = [("reports", "0012_report_emails_sent_now")]

    operations = [
        build_exchange("progress_created", ["created_at"], "created_at", SCOPE, COLUMNS),
        build_exchange(
            "progress_owner",
            ["owner", "created_at"],
            "owner_id, created_at",
            SCOPE[1:],
            "department_id, shared, present",
        ),
        build_exchange(
            "progress_won", ["won_at"], "won_at", SCOPE, COLUMNS, models.Q(won_at__isnull=False)
        ),
        build_exchange(
            "progress_revenue",
            ["revenue_at"],
            "revenue_at",
            [*SCOPE, *REVENUE],
            ", ".join([COLUMNS, *REVENUE]),
            models.Q(revenue_at__isnull=False),
        ),
    ]
