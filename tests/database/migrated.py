"""A migrated database is kept and copied: the migrations take five seconds or more in each process of each run.

It is made again after any change of the product, and every day, because the rows in it have dates.
"""

import contextlib
import hashlib
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection, connections
from psycopg.sql import SQL, Identifier

from crm.platform.database.connection_settings import get_embedded_server

PREFIX = "migrated_"
# Held from the look at what is kept until a database is kept.
_turn = contextlib.ExitStack()


def use_kept_database() -> None:
    """The database of the tests becomes a copy of the kept one, if that is of today's product. Of two processes that begin together,
    one migrates, and the other one waits for it."""
    server = _turn.enter_context(connect_to_test_server())
    server.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
    if name_of_today() in _kept(server):
        connection.settings_dict["TEST"]["TEMPLATE"] = name_of_today()


def keep_database() -> None:
    """The new database of the tests, which nothing has been written to yet, is the one to copy."""
    with _turn, connect_to_test_server() as server:
        if name_of_today() in _kept(server):
            return
        connections.close_all()
        copied = SQL("CREATE DATABASE {} TEMPLATE {}")
        new = connection.settings_dict["NAME"]
        server.execute(copied.format(Identifier(name_of_today()), Identifier(new)))
        for name in _kept(server) - {name_of_today()}:
            server.execute(SQL("DROP DATABASE IF EXISTS {}").format(Identifier(name)))


def name_of_today() -> str:
    """Differs for each day and each state of the product's code and libraries."""
    found = hashlib.sha256(datetime.now(UTC).date().isoformat().encode())
    root = Path(settings.BASE_DIR)
    files = [file for app in [*settings.PRODUCT_APPS, "product"] for file in (root / app).rglob("*.py")]
    for file in sorted([*files, root / "requirements.txt"]):
        found.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return PREFIX + found.hexdigest()[:40]


def connect_to_test_server() -> psycopg.Connection:
    server = get_embedded_server(settings.ENVIRONMENT)
    assert server, "The tests start their own PostgreSQL."
    return psycopg.connect(**server.get_connection_parameters(), autocommit=True)


def _kept(server: psycopg.Connection) -> set[str]:
    found = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
    return {name for (name,) in found}
