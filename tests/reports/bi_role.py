"""A database role for tests, and what it sees."""

from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection, transaction

from crm.server.database import server_of
from reports.bi_columns import VIEWS

ROLE = "test_bi_tool"
NAMES = [view.name for view in VIEWS]


@contextmanager
def superuser():
    server = server_of(settings.ENVIRONMENT)
    address = server.address("postgres", connection.settings_dict["NAME"])
    with psycopg.connect(**address, autocommit=True) as found:
        yield found


def forget_role() -> None:
    with superuser() as database:
        if database.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).rowcount:
            database.execute(f"DROP OWNED BY {ROLE}")
            database.execute(f"DROP ROLE {ROLE}")


@contextmanager
def acting():
    """The transaction of the test goes on as the role."""
    with superuser() as database:
        database.execute(f"GRANT {ROLE} TO leadwell")
    with transaction.atomic(), connection.cursor() as cursor:
        # A lock makes this connection notice the grant.
        cursor.execute("SELECT FROM auth_group LIMIT 1")
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield cursor
        # After an error, the savepoint brings the role back.
        cursor.execute("RESET ROLE")


def seen(view: str, column: str = "id") -> list:
    with acting() as cursor:
        cursor.execute(f"SELECT {column} FROM report.{view} ORDER BY 1")
        return [value for (value,) in cursor.fetchall()]
