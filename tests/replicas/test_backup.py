"""A backup that is read from a replica is never an old one."""

from datetime import timedelta

import psycopg
import pytest

from crm.server import backup
from crm.server.backup import BackupRefused, refuse_old_state
from crm.server.postgres import Server
from tests.replicas.standby import until


def judged(server: Server) -> str:
    """Why no backup is made of this server's database, or "ok"."""
    try:
        with psycopg.connect(**server.address("postgres", "postgres")) as connection:
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
    assert judged(pages_standby.server).startswith("This replica has replayed no change for 0:00:")
    assert judged(pages_standby.primary) == "ok"
    pages_standby.resume()
    monkeypatch.undo()
    pages_standby.caught_up()
    assert judged(pages_standby.server) == "ok"


def test_a_replica_that_has_replayed_nothing_yet_gives_no_backup():
    class Cursor:
        def execute(self, query: str) -> None: ...
        def fetchone(self):
            return (None,)

    with pytest.raises(BackupRefused, match="no change since it started, so"):
        refuse_old_state(Cursor())
