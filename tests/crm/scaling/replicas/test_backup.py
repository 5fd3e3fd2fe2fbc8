"""A backup that is read from a replica is never an old one."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connections

from crm.platform.backup import backup
from crm.platform.backup.backup import BackupRefused, pin_connection_to_replica, refuse_old_state
from crm.platform.database.client_programs import get_connection_environment
from crm.platform.database.embedded_postgres import EmbeddedServer
from tests.waiting import until


def judged(server: EmbeddedServer) -> str:
    """Why no backup is made of this server's database, or "ok"."""
    try:
        with psycopg.connect(**server.get_connection_parameters("postgres", "postgres")) as connection:
            refuse_old_state(connection.cursor())
    except BackupRefused as refused:
        return str(refused)
    return "ok"


def test_a_replica_that_no_longer_replays_gives_no_backup(pages_standby, monkeypatch):
    pages_standby.caught_up()
    assert (judged(pages_standby.primary), judged(pages_standby.server)) == ("ok", "ok")
    pages_standby.pause()
    monkeypatch.setattr(backup, "OLDEST_STATE", timedelta(seconds=1))
    until(lambda: judged(pages_standby.server) != "ok")
    assert judged(pages_standby.server).startswith("This replica is 0:00:")
    assert judged(pages_standby.primary) == "ok"
    pages_standby.resume()
    monkeypatch.undo()
    pages_standby.caught_up()
    assert judged(pages_standby.server) == "ok"


class Cursor:
    """A replica that answers so."""

    def __init__(self, *answer) -> None:
        self.answer = answer

    def execute(self, query: str) -> None: ...

    def fetchone(self) -> tuple:
        return self.answer


def test_the_dump_comes_from_the_replica_that_was_asked(monkeypatch):
    """Behind a balancer, another connection may meet another replica."""
    monkeypatch.setattr(connections["default"], "settings_dict", {**connections["default"].settings_dict})
    pin_connection_to_replica(Cursor("10.0.0.22", 5433))
    told = get_connection_environment()
    assert (told["PGHOSTADDR"], told["PGPORT"]) == ("10.0.0.22", "5433")
    assert told["PGHOST"] == connections["default"].settings_dict["HOST"]


def test_a_replica_that_has_replayed_nothing_yet_gives_no_backup():
    with pytest.raises(BackupRefused, match="has replayed nothing yet, so"):
        refuse_old_state(Cursor(None))
