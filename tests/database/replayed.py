"""Rows that almost every test begins with: the ORM writes them once, and every later test sends the same statements in one."""

from collections.abc import Callable

from django.db import connection

# Below the ids of all other rows (start_above), so what a test adds later comes later.
FIRST = 1_000
# Each table starts so many ids after the one before it.
APART = 100
START = """
    SELECT setval(format('%%I.%%I', schemaname, sequencename)::regclass, %s + %s * row_number() OVER (ORDER BY sequencename))
    FROM pg_sequences WHERE schemaname = 'public'
"""


def start_above() -> None:
    """The next row of each table has an id after those that are given here, and far from those of other tables: none is 1, which
    is part of many texts, and a test doesn't pass because two rows have the same one."""
    with connection.cursor() as cursor:
        cursor.execute(START, [2 * FIRST, APART])


class Replayed:
    """What `write` writes with ids of its own. It may read, but must write the same each time."""

    def __init__(self, write: Callable[[], None]) -> None:
        self.write = write
        self.statements = ""

    def __call__(self) -> None:
        if self.statements:
            with connection.cursor() as cursor:
                cursor.execute(self.statements)
            return
        sent: list[str] = []

        def keep(execute, sql, parameters, many, context):
            if not sql.lstrip().startswith(("SELECT", "SAVEPOINT", "RELEASE")):
                sent.append(connection.ops.compose_sql(sql, parameters))
            return execute(sql, parameters, many, context)

        with connection.execute_wrapper(keep):
            self.write()
        self.statements = ";\n".join(sent)
