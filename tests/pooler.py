"""A pgbouncer in transaction mode; and the tests of a whole run through it, if LEADWELL_TEST_POOLER=1 (make test-pooler).

As in production, what needs a connection of its own gets one: the test database is created and dropped directly, and the
tests' worker connects directly. Everything else, also the jobs that tests run themselves, shares four connections.
"""

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import psycopg
import pytest
from django.db import connections
from procrastinate.contrib.django.django_connector import DjangoConnector

from crm.server.database import server_of
from crm.server.environment import read_environment
from crm.server.postgres import SYSTEM_USER
from tests.hard.running import a_folder, free_port

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
# What pooled connections have otherwise than direct ones (crm/server/database.py).
POOLED = {"HOST": "127.0.0.1", "DISABLE_SERVER_SIDE_CURSORS": True}


@contextlib.contextmanager
def pgbouncer(socket: Path | str, *, size: int = POOL) -> Iterator[int]:
    """Before all databases of the server with this socket, with so many connections to each; yields its port. It doesn't run as
    root either."""
    assert PROGRAM, "pgbouncer isn't installed"
    with a_folder() as folder:
        port, file = free_port(), folder / "pgbouncer.ini"
        file.write_text(CONFIGURATION.format(socket=socket, port=port, size=size))
        user = ["-u", SYSTEM_USER] if os.geteuid() == 0 else []
        process = subprocess.Popen([PROGRAM, *user, str(file)], stderr=subprocess.DEVNULL)
        try:
            _wait_until_it_answers(port)
            yield port
        finally:
            process.terminate()
            process.wait()


def _wait_until_it_answers(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        url = f"postgres://leadwell@127.0.0.1:{port}/leadwell"
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url) as connection:
            connection.execute("SELECT 1")
            return
        assert time.monotonic() < deadline
        time.sleep(0.1)


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
    server = server_of(read_environment())
    assert server, "The tests start their own PostgreSQL."
    direct = {alias: {**connections.settings[alias]} for alias in connections}
    plain = DjangoConnector.get_worker_connector

    def of_worker(connector: DjangoConnector):
        with _settings({alias: _names_of(values) for alias, values in direct.items()}):
            return plain(connector)

    with pgbouncer(server.socket) as port:
        pooled = {alias: {**POOLED, "PORT": str(port)} for alias in connections}
        connections.close_all()
        with _settings(pooled), patch.object(DjangoConnector, "get_worker_connector", of_worker):
            _make_sure()
            yield
            connections.close_all()


def _make_sure() -> None:
    """A pooler tells its clients a process ID that isn't that of the server process (crm/server/checks.py)."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        assert cursor.fetchone()[0] != connections["default"].connection.info.backend_pid
    connections.close_all()


def _names_of(values: dict) -> dict:
    return {name: values[name] for name in (*POOLED, "PORT")}


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
