"""After a test that commits, the database gets back exactly the rows that it was created with.

Django would empty every table and run what follows a migration again: half a second for each such test.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import psycopg
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from psycopg import sql
from psycopg.sql import SQL, Composed, Identifier, Literal

from crm.platform.database.connection_settings import get_embedded_server

# Not ours to write: the columns that PostgreSQL computes.
STORED = "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND attgenerated = '' AND NOT attisdropped"
# As text, because not every type has an equality.
DIFFERS = SQL("""
    SELECT {name} WHERE EXISTS (SELECT row::text FROM {table} row EXCEPT SELECT row::text FROM {kept} row)
    OR EXISTS (SELECT row::text FROM {kept} row EXCEPT SELECT row::text FROM {table} row)
""")
NOT_EMPTY = SQL("SELECT {name} WHERE EXISTS (SELECT FROM {table})")


class ShippedRows:
    """Copies of the rows of a new database, in a schema that only the tests know."""

    def __init__(self, database: psycopg.Connection) -> None:
        self.database = database
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        # Those of the job queue aren't Django's to write.
        with connection.cursor() as cursor:
            every = connection.introspection.table_names(cursor)
        tables += [table for table in every if table.startswith("procrastinate_")]
        database.execute("CREATE SCHEMA shipped")
        self.back: dict[str, Composed | None] = {table: self._keep(table) for table in sorted(tables)}
        self.changed = sql.SQL(" UNION ALL ").join(
            (DIFFERS if back else NOT_EMPTY).format(
                name=Literal(table), table=Identifier("public", table), kept=Identifier("shipped", table)
            )
            for table, back in self.back.items()
        )

    def _keep(self, table: str) -> Composed | None:
        """How the rows of the table come back, or None if it has none."""
        names = {"table": Identifier("public", table), "kept": Identifier("shipped", table)}
        if not self.database.execute(SQL("SELECT FROM {table} LIMIT 1").format(**names)).rowcount:
            return None
        self.database.execute(SQL("CREATE TABLE {kept} AS TABLE {table}").format(**names))
        stored = self.database.execute(STORED, [f"public.{table}"])
        columns = SQL(", ").join(Identifier(name) for (name,) in stored)
        return SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM {kept}").format(
            columns=columns, **names
        )

    def restore(self) -> None:
        with self.database.transaction():
            for (table,) in self.database.execute(self.changed).fetchall():
                self.database.execute(SQL("DELETE FROM {}").format(Identifier("public", table)))
                if back := self.back[table]:
                    self.database.execute(back)


@contextmanager
def restored_after_each_commit() -> Iterator[None]:
    """Instead of Django's flush, in every test that commits."""
    server = get_embedded_server(settings.ENVIRONMENT)
    assert server, "The tests start their own PostgreSQL."
    address = server.get_connection_parameters("postgres", connection.settings_dict["NAME"])
    # Neither foreign keys nor the history of changes look at what is written here.
    with psycopg.connect(
        **address, autocommit=True, options="-c session_replication_role=replica"
    ) as database:
        rows = ShippedRows(database)
        with patch.object(TransactionTestCase, "_fixture_teardown", lambda test: rows.restore()):
            yield
