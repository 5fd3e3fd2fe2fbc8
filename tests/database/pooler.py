"""A pgbouncer in transaction mode; and the tests of a whole run through it, if LEADWELL_TEST_POOLER=1 (make test-pooler).

As in production, what needs a connection of its own gets one: the test database is created and dropped directly, and the
tests' worker connects directly. Everything else, also the jobs that tests run themselves, shares four connections.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
from django.db import connections
from procrastinate.contrib.django.django_connector import DjangoConnector

from crm.platform.configuration.environment import read_environment
from crm.platform.database.connection_settings import build_database_settings, get_embedded_server
from crm.platform.database.embedded_postgres import SYSTEM_USER, EmbeddedServer
from tests.hard.running import a_folder
from tests.ports import get_free_port
from tests.waiting import PATIENCE, until

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
POOL = 4
# Tests that need more connections at once than the pool has end with an error instead of waiting for ever.
CONFIGURATION = """
[databases]
* = host={socket} user=leadwell
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
admin_users = leadwell
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 2000
query_wait_timeout = 60
"""
# What pooled connections have otherwise than direct ones.
OTHERWISE = ("HOST", "PORT", "DISABLE_SERVER_SIDE_CURSORS")


@contextlib.contextmanager
def pgbouncer(socket: Path | str, *, size: int = POOL) -> Iterator[int]:
    """Before all databases of the server with this socket, with so many connections to each; yields its port. It doesn't run as
    root either."""
    assert PROGRAM, "pgbouncer isn't installed"
    with a_folder() as folder:
        process, port = _started(folder, socket, size)
        try:
            yield port
        finally:
            # Newer versions wait until all clients are gone when they are asked to end.
            process.kill()
            process.wait(PATIENCE)


def _started(folder: Path, socket: Path | str, size: int) -> tuple[subprocess.Popen, int]:
    """The process, which answers, and its port."""
    user = ["-u", SYSTEM_USER] if os.geteuid() == 0 else []
    port, file = get_free_port(), folder / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(socket=socket, port=port, size=size))
    process = subprocess.Popen([PROGRAM, *user, str(file)], stderr=subprocess.DEVNULL)

    def answers() -> bool:
        assert process.poll() is None, "pgbouncer doesn't start"
        url = f"postgres://leadwell@127.0.0.1:{port}/leadwell"
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url) as connection:
            connection.execute("SELECT 1")
            return True
        return False

    until(answers)
    return process, port


@pytest.fixture(scope="session", autouse=True)
def through_a_pooler_if_asked(request) -> Iterator[None]:
    """From when the test database is there until it is dropped."""
    if not os.environ.get("LEADWELL_TEST_POOLER"):
        yield
        return
    request.getfixturevalue("django_db_setup")
    with request.getfixturevalue("django_db_blocker").unblock(), _through_a_pooler():
        yield


@contextlib.contextmanager
def _through_a_pooler() -> Iterator[None]:
    server = get_embedded_server(read_environment())
    assert server, "The tests start their own PostgreSQL."
    direct = {alias: {**connections.settings[alias]} for alias in connections}
    plain = DjangoConnector.get_worker_connector

    def of_worker(connector: DjangoConnector):
        with _settings({alias: _names_of(values) for alias, values in direct.items()}):
            return plain(connector)

    with pgbouncer(server.socket) as port:
        pooled = _names_of(_of_product(server, port))
        connections.close_all()
        with (
            _settings(dict.fromkeys(connections, pooled)),
            patch.object(DjangoConnector, "get_worker_connector", of_worker),
        ):
            _make_sure()
            yield
            connections.close_all()


def _of_product(server: EmbeddedServer, port: int) -> dict:
    """The settings that the product makes for a database with these two addresses."""
    addresses = {
        "database_url": f"postgres://leadwell@127.0.0.1:{port}/leadwell",
        "database_direct_url": server.url,
    }
    return build_database_settings(replace(read_environment(), **addresses))["default"]


def _make_sure() -> None:
    """A pooler tells its clients a process ID that isn't that of the server process (crm/platform/database/checks.py)."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != connections["default"].connection.info.backend_pid
    connections.close_all()


def _names_of(values: dict) -> dict:
    return {name: values[name] for name in OTHERWISE}


@contextlib.contextmanager
def _settings(changed: dict[str, dict]) -> Iterator[None]:
    before = {alias: _names_of(connections.settings[alias]) for alias in changed}
    try:
        for alias, values in changed.items():
            connections.settings[alias].update(values)
        yield
    finally:
        for alias, values in before.items():
            connections.settings[alias].update(values)
