"""Chooses the database: the embedded server, or the one in DATABASE_URL; and builds Django's settings for it."""

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import dj_database_url
from django.conf import settings
from django.db import connections

from crm.platform.configuration.environment import Environment, read_environment
from crm.platform.database.embedded_postgres import EmbeddedServer

WITHOUT_DATABASE = {
    "run",
    "help",
    "version",
    "--help",
    "--version",
    "collectstatic",
    "compile_messages",
    "makemessages",
    "readme",
}


def get_embedded_server(environment: Environment) -> EmbeddedServer | None:
    """The embedded server of this environment, or None if DATABASE_URL names another one."""
    if environment.database_url:
        return None
    durable = not os.environ.get("LEADWELL_THROWAWAY_DATABASE")
    return EmbeddedServer(environment.data / "postgres", durable=durable)


def build_database_settings(environment: Environment, *, direct: bool = False) -> dict:
    """Django's DATABASES. `progress` is a second connection to the same database: a running job saves its progress
    there, outside the transaction of its work.

    `direct` bypasses a transaction pooler: for the worker, which listens, and for migrations, which lock.
    """
    server = get_embedded_server(environment)
    if server:
        url = server.url
    elif direct:
        url = environment.database_direct_url or environment.database_url
    else:
        url = environment.database_url
    main = dict(dj_database_url.parse(url, conn_max_age=60, conn_health_checks=True))
    # Behind a transaction pooler, a cursor outside a transaction would be lost between two fetches.
    main["DISABLE_SERVER_SIDE_CURSORS"] = bool(environment.database_direct_url) and not direct
    main.setdefault("OPTIONS", {})
    main["TEST"] = {"TEMPLATE": "template0"}
    progress = {**main, "TEST": {"MIRROR": "default"}}
    return {"default": main, "progress": progress, **_build_replica_settings(environment)}


def _build_replica_settings(environment: Environment) -> dict:
    """The standbys that pages are read from. Their health is known before a page is sent there (crm/scaling/replicas/replica_monitor.py), so a
    connection isn't asked whether it still works."""
    found = {}
    for number, url in enumerate(environment.database_replica_urls, 1):
        settings: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60))
        settings["DISABLE_SERVER_SIDE_CURSORS"] = bool(environment.database_direct_url)
        settings["OPTIONS"] = {"connect_timeout": 2} | settings.get("OPTIONS", {})
        found[f"replica{number}"] = settings | {"TEST": {"MIRROR": "default"}}
    return found


def connect_directly() -> None:
    """From now on, this process connects to the database directly, bypassing any pooler."""
    if not settings.ENVIRONMENT.database_direct_url:
        return
    connections.close_all()
    for alias, values in build_database_settings(settings.ENVIRONMENT, direct=True).items():
        connections.settings[alias].update(values | {"TEST": connections.settings[alias]["TEST"]})


def get_direct_parameters() -> dict[str, Any]:
    """What psycopg needs to connect to the primary directly, bypassing any pooler."""
    wrapper = connections["default"].copy()
    if settings.ENVIRONMENT.database_direct_url:
        wrapper.settings_dict |= build_database_settings(settings.ENVIRONMENT, direct=True)["default"]
    return wrapper.get_connection_params()


@contextlib.contextmanager
def run_embedded_server(command: list[str]) -> Iterator[None]:
    """Run the embedded server during one command, and stop it afterwards if it wasn't running before."""
    if not command or command[0] in WITHOUT_DATABASE:
        yield
        return
    server = get_embedded_server(read_environment())
    with server.keep_running() if server else contextlib.nullcontext():
        yield
