"""The same changes three times: in a plain table, in joined years, and in months."""

from datetime import datetime

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts import demo
from accounts.models import User
from crm.models import Import, Operation
from crm.platform.database.partitioned_tables import CHANGES_TABLE, PartitionedTable, get_month_start
from crm.scaling.months.yearly_partitions import join_a_year
from leads.demo.generation import grow_leads

MONTHS = 64
NAMES = {"plain": "history_plain", "years": "history_years", "months": "history_months"}
# Operations and changes stay in their order, and the newest are those of today.
STRETCH = """
    UPDATE {table} SET at = %(now)s - (%(now)s - at) * (
        extract(epoch FROM %(now)s - %(first)s) / (SELECT extract(epoch FROM %(now)s - min(at)) FROM crm_operation))"""
COPY = "INSERT INTO {table} SELECT * FROM crm_change ORDER BY at, id"


def make(leads: int) -> None:
    """A demo company whose history is as long as that. What was made before is used again."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    if _ask("SELECT to_regclass('history_plain') IS NOT NULL"):
        return
    demo.install_demo_people("a-password-for-benchmarks")
    grow_leads(leads, say=print)
    with transaction.atomic():
        _stretch()
        _add_imports()
        _make_plain()
        for layout in ("months", "years"):
            _make_months(NAMES[layout])
    # Joining asks for the last id that was given.
    _run(f"ALTER SEQUENCE crm_change_id_seq OWNED BY {NAMES['years']}.id")
    years = PartitionedTable(NAMES["years"], "at", lambda: None)
    while join_a_year(years):
        pass
    for table in NAMES.values():
        _run(f"VACUUM ANALYZE {table}")


def use(layout: str) -> None:
    """Let it take the place of the changes. What it was before keeps its own name."""
    with transaction.atomic():
        place = _ask("SELECT obj_description('crm_change'::regclass)") or "history_first"
        _run(f"ALTER TABLE crm_change RENAME TO {place}", f"ALTER TABLE {NAMES[layout]} RENAME TO crm_change")
        _run(f"COMMENT ON TABLE crm_change IS '{NAMES[layout]}'")
    CHANGES_TABLE.forget_start()


def _stretch() -> None:
    values = {"now": timezone.now(), "first": get_month_start(MONTHS - 1)}
    with connection.cursor() as cursor:
        cursor.execute(STRETCH.format(table="crm_change"), values)
        cursor.execute(STRETCH.format(table="crm_operation"), values)


def _add_imports() -> None:
    """One a month, which has added the leads of an operation."""
    user = User.objects.get(email="admin@demo.example")
    added = Operation.objects.filter(kind="add", table="lead").order_by("at")
    by_month: dict[datetime, Operation] = {}
    for record in added:
        by_month[record.at.replace(day=1, hour=0, minute=0, second=0, microsecond=0)] = record
    Import.objects.bulk_create(
        Import(
            user=user,
            name=f"{at:%B %Y}.xlsx",
            table="lead",
            state="done",
            operation=record,
            ended_at=record.at,
        )
        for at, record in by_month.items()
    )


def _make_plain() -> None:
    table = NAMES["plain"]
    _run(f"CREATE TABLE {table} (LIKE crm_change INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    _run(COPY.format(table=table), f"ALTER TABLE {table} ADD PRIMARY KEY (id)", *_indexes(table))


def _make_months(table: str) -> None:
    _run(
        f"CREATE TABLE {table} (LIKE crm_change INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE (at)",
        f"CREATE TABLE {table}_other PARTITION OF {table} DEFAULT",
        f"ALTER TABLE {table} ADD PRIMARY KEY (id, at)",
        *_indexes(table),
    )
    for ago in range(MONTHS - 1, 0, -1):
        _run(f"SELECT leadwell_partition('{table}', '{get_month_start(ago):%Y-%m-%d}')")
    # This month and the coming ones as the worker makes them.
    PartitionedTable(table, "at", lambda: None).bring_up_to_date()
    _run(COPY.format(table=table))


def _indexes(table: str) -> list[str]:
    return [
        f'CREATE INDEX ON {table} ("table", "row", id)',
        f"CREATE INDEX ON {table} (operation_id, id)",
    ]


def _ask(query: str):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def _run(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
