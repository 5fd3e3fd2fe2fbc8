"""Rows that almost every test begins with: the ORM writes them once, and every later test sends the same statements in one."""

from collections.abc import Callable, Iterable

from django.db import connection

# Below the ids of all other rows (start_above), so what a test adds later comes later.
FIRST = 1_000


def start_above(tables: Iterable[str]) -> None:
    """The next row of these tables has an id after those that are given here."""
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, 2 * FIRST])


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
