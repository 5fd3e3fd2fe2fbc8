"""The world in a database of its own, committed, behind a running web server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection, connections
from django.test import override_settings
from psycopg.sql import SQL, Identifier

from crm.platform.database.connection_settings import get_embedded_server
from tests.database.migrated import connect_to_test_server, name_of_today
from tests.hard.running import Leadwell, a_folder
from tests.matrix.asking import Asker
from tests.matrix.world import World


@contextmanager
def a_served_world() -> Iterator[tuple[Asker, Leadwell]]:
    """Those who ask, with their sessions, and the web server that answers."""
    server = get_embedded_server(settings.ENVIRONMENT)
    assert server, "The tests start their own PostgreSQL."
    with a_folder() as folder, _a_database() as name:
        url = server.url.removesuffix("leadwell") + name
        leadwell = Leadwell(
            folder / "data",
            DATABASE_URL=url,
            LEADWELL_SECRET_KEY=settings.SECRET_KEY,
            LEADWELL_FILES=str(folder / "files"),
            LEADWELL_WEB_PROCESSES="1",
        )
        asker = _asker(name, folder / "files")
        assert leadwell.manage("mark_files").returncode == 0
        try:
            leadwell.start("--only", "web")
            yield asker, leadwell
        finally:
            leadwell.clear_away()


@contextmanager
def _a_database() -> Iterator[str]:
    """A copy of the migrated one."""
    name = connection.settings_dict["NAME"] + "_served"
    drop = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name))
    with connect_to_test_server() as server:
        server.execute(drop)
        copied = SQL("CREATE DATABASE {} TEMPLATE {}")
        server.execute(copied.format(Identifier(name), Identifier(name_of_today())))
    yield name
    with connect_to_test_server() as server:
        server.execute(drop)


def _asker(name: str, files: Path) -> Asker:
    """Of a world that is committed to this database."""
    before = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        with override_settings(MEDIA_ROOT=files):
            return Asker(World())
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before
