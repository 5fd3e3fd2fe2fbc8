"""Makes an existing table the first partition of one by month, without rewriting its rows. Called by migrations.

Almost everything happens while the table is read and written: a check that all rows are from before the end of a month, and
the index of the new primary key. Then one short transaction renames the table, creates the new one in its place and attaches the old one:
PostgreSQL takes over the indexes and foreign keys that match, and doesn't read a row, because of the check. If it fails, the check and
the index are removed.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from logging import getLogger
from typing import Any

from django.db import Error, transaction
from psycopg.sql import SQL, Identifier, Literal

log = getLogger(__name__)

LOCK_TIMEOUT = "5s"

# At least a day ahead, because rows of the next month may be written while the check is made.
UNTIL = """
    SELECT (date_trunc('month', greatest(now() + interval '1 day', max({column})) AT TIME ZONE 'UTC') + interval '1 month')
        AT TIME ZONE 'UTC' FROM {table}"""
INDEXES = """
    SELECT c.relname, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = %s::regclass AND c.relname <> %s
    AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid) ORDER BY c.relname"""
FOREIGN_KEYS = """
    SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid = %s::regclass ORDER BY conname"""
DROP_CHECK = SQL("ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {check}")


def partition_by_month(editor: Any, table: str, column: str) -> None:
    """Can be repeated: it begins again if it was interrupted, and does nothing if it is done.

    Raises OperationalError if the table stays locked by others for 5 seconds; the start tries again (crm/platform/server/start_preparation.py).
    """
    with editor.connection.cursor() as cursor:
        if _fetch_value(
            cursor, SQL("SELECT relkind = 'p' FROM pg_class WHERE oid = {}::regclass"), Literal(table)
        ):
            return
        until = _fetch_value(cursor, SQL(UNTIL), column=Identifier(column), table=Identifier(table))
        part = f"{table}_until_{_get_last_month(cursor, until)}"
        names = {
            "table": Identifier(table),
            "column": Identifier(column),
            "part": Identifier(part),
            "check": Identifier(f"{table}_until"),
            "key": Identifier(f"{part}_pkey"),
            "until": Literal(until.isoformat()),
        }
        with _drop_check_on_failure(editor.connection, names):
            _add_check(cursor, names)
            _create_unique_key_index(cursor, names, concurrently=not editor.connection.in_atomic_block)
            with _lock_briefly(cursor):
                _swap_tables(cursor, table, part, names)
        cursor.execute(SQL("ANALYZE {table}").format(**names))


@contextmanager
def _drop_check_on_failure(connection: Any, names: dict[str, Any]) -> Iterator[None]:
    """Otherwise the check would reject each new row from its time on, if the previous version is installed again."""
    try:
        yield
    except BaseException:
        # A transaction takes back everything itself.
        if not connection.in_atomic_block:
            _remove_check_and_key(connection, names)
        raise


def _remove_check_and_key(connection: Any, names: dict[str, Any]) -> None:
    try:
        if not connection.is_usable():
            connection.close()
        with connection.cursor() as cursor:
            with _lock_briefly(cursor):
                cursor.execute(DROP_CHECK.format(**names))
            with _set_lock_timeout(cursor, LOCK_TIMEOUT):
                cursor.execute(SQL("DROP INDEX CONCURRENTLY IF EXISTS {key}").format(**names))
    except Error:
        log.exception(
            "The next start goes on. Before you install the previous version again: %s",
            DROP_CHECK.format(**names).as_string(),
        )


def _add_check(cursor: Any, names: dict[str, Any]) -> None:
    with _lock_briefly(cursor):
        cursor.execute(DROP_CHECK.format(**names))
        cursor.execute(
            SQL("ALTER TABLE {table} ADD CONSTRAINT {check} CHECK ({column} < {until}) NOT VALID").format(
                **names
            )
        )
    cursor.execute(SQL("ALTER TABLE {table} VALIDATE CONSTRAINT {check}").format(**names))


def _create_unique_key_index(cursor: Any, names: dict[str, Any], *, concurrently: bool) -> None:
    how = SQL("CONCURRENTLY " if concurrently else "")
    # It waits for the transactions that are open, and nobody waits for it.
    with _set_lock_timeout(cursor, "0"):
        cursor.execute(SQL("DROP INDEX {how}IF EXISTS {key}").format(how=how, **names))
        cursor.execute(
            SQL("CREATE UNIQUE INDEX {how}{key} ON {table} (id, {column})").format(how=how, **names)
        )


def _swap_tables(cursor: Any, table: str, part: str, names: dict[str, Any]) -> None:
    cursor.execute(SQL("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE").format(**names))
    cursor.execute(INDEXES, [table, f"{part}_pkey"])
    indexes = cursor.fetchall()
    cursor.execute(FOREIGN_KEYS, [table])
    foreign_keys = cursor.fetchall()
    sequence = {"sequence": Identifier(f"{table}_id_seq"), **names}
    last, called = _fetch_row(cursor, SQL("SELECT last_value, is_called FROM {sequence}").format(**sequence))
    for name, _definition in indexes:
        cursor.execute(
            SQL("ALTER INDEX {} RENAME TO {}").format(Identifier(name), Identifier(f"{name}_until"))
        )
    for step in (
        "ALTER TABLE {table} ALTER id DROP IDENTITY",
        "ALTER TABLE {table} DROP CONSTRAINT {old_key}",
        "ALTER TABLE {table} ADD CONSTRAINT {key} PRIMARY KEY USING INDEX {key}",
        "ALTER TABLE {table} RENAME TO {part}",
        "CREATE TABLE {table} (LIKE {part} INCLUDING DEFAULTS INCLUDING CONSTRAINTS) PARTITION BY RANGE ({column})",
        "ALTER TABLE {table} DROP CONSTRAINT {check}",
        "ALTER TABLE {table} ADD CONSTRAINT {old_key} PRIMARY KEY (id, {column})",
        "CREATE SEQUENCE {sequence} OWNED BY {table}.id",
        "ALTER TABLE {table} ALTER id SET DEFAULT nextval({name})",
    ):
        cursor.execute(
            SQL(step).format(old_key=Identifier(f"{table}_pkey"), name=Literal(f"{table}_id_seq"), **sequence)
        )
    cursor.execute("SELECT setval(%s, %s, %s)", [f"{table}_id_seq", last, called])
    for _name, definition in indexes:
        cursor.execute(definition)
    for name, definition in foreign_keys:
        cursor.execute(
            SQL("ALTER TABLE {table} ADD CONSTRAINT {} ").format(Identifier(name), **names) + SQL(definition)
        )
    for step in (
        "ALTER TABLE {table} ATTACH PARTITION {part} FOR VALUES FROM (MINVALUE) TO ({until})",
        "ALTER TABLE {part} DROP CONSTRAINT {check}",
        "CREATE TABLE {other} PARTITION OF {table} DEFAULT",
    ):
        cursor.execute(SQL(step).format(other=Identifier(f"{table}_other"), **names))


@contextmanager
def _lock_briefly(cursor: Any) -> Iterator[None]:
    """A transaction that gives up rather than let writers wait behind it."""
    with transaction.atomic():
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        yield


@contextmanager
def _set_lock_timeout(cursor: Any, longest: str) -> Iterator[None]:
    """Statements outside a transaction that wait so long for a lock; "0" is without end."""
    before = _fetch_value(cursor, SQL("SHOW lock_timeout"))
    cursor.execute(SQL("SET lock_timeout = {}").format(Literal(longest)))
    try:
        yield
    finally:
        cursor.execute(SQL("SET lock_timeout = {}").format(Literal(before)))


def _get_last_month(cursor: Any, until: Any) -> str:
    cursor.execute(
        "SELECT to_char((%s::timestamptz AT TIME ZONE 'UTC') - interval '1 month', 'YYYY_MM')", [until]
    )
    return cursor.fetchone()[0]


def _fetch_value(cursor: Any, question: SQL, *values: Any, **names: Any) -> Any:
    cursor.execute(question.format(*values, **names))
    return cursor.fetchone()[0]


def _fetch_row(cursor: Any, question: Any) -> tuple[int, bool]:
    cursor.execute(question)
    return cursor.fetchone()
