"""A database role for tests, and what it sees."""

import os
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.db import connection, transaction

from crm.platform.database.connection_settings import get_embedded_server
from reports.bi.role_limits import REVOKED
from reports.bi.view_columns import VIEWS

# Roles are of the whole server, which several processes share.
ROLE = f"test_bi_tool_{os.environ.get('PYTEST_XDIST_WORKER', '')}"
NAMES = [view.name for view in VIEWS]


@contextmanager
def superuser():
    server = get_embedded_server(settings.ENVIRONMENT)
    address = server.get_connection_parameters("postgres", connection.settings_dict["NAME"])
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
        # As the role's own setting makes its transactions; it ends with the savepoint.
        cursor.execute("SET LOCAL transaction_read_only = on")
        yield cursor
        # After an error, the savepoint brings the role back.
        cursor.execute("RESET ROLE")


def with_functions_of_everyone() -> None:
    """As on a server where no superuser has run the statement that takes functions away from everyone."""
    with superuser() as database:
        found = database.execute(
            f"SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace"
            f" AND proname ~ '^({REVOKED})$' AND NOT proname = ANY(ARRAY['lo_import', 'lo_export'])"
        )
        for (function,) in found.fetchall():
            database.execute(f"GRANT EXECUTE ON FUNCTION {function} TO PUBLIC")


@contextmanager
def connected():
    """A BI tool that has lifted all settings of its role."""
    server = get_embedded_server(settings.ENVIRONMENT)
    with psycopg.connect(
        **server.get_connection_parameters(ROLE, connection.settings_dict["NAME"]), autocommit=True
    ) as tool:
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
            tool.execute(f"SET {setting} = 0")
        tool.execute("SET default_transaction_read_only = off")
        yield tool


def seen(view: str, column: str = "id") -> list:
    with acting() as cursor:
        cursor.execute(f"SELECT {column} FROM report.{view} ORDER BY 1")
        return [value for (value,) in cursor.fetchall()]
