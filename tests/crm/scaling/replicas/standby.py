"""A real standby of the tests' own PostgreSQL, which can lag, hang, and die."""

import contextlib
import shlex
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
from django.db import connection

from crm.platform.database.embedded_postgres import EmbeddedServer
from crm.platform.server import child_processes
from tests.hard.running import a_folder
from tests.waiting import until

# Each of these is a statement that everything before it is on the disk of the primary.
FLUSHED = (
    "SET synchronous_commit = on; SELECT pg_logical_emit_message(true, 'tests', 'everything before this')"
)
LOCKED_BY_REPLAY = (
    "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid) "
    "WHERE backend_type = 'startup' AND mode = 'AccessExclusiveLock'"
)


class Standby:
    def __init__(self, primary: EmbeddedServer, folder: Path, name: str, **settings: str) -> None:
        self.primary, self.name, self.settings = primary, name, settings
        self.server = EmbeddedServer(folder / name)
        self.server._prepare_folders()
        source = f"host={primary.socket} user=postgres application_name={name}"
        primary.run_program("pg_basebackup", "-D", self.server.data, "-R", "-c", "fast", "-d", source)

    def start(self) -> None:
        words = [f"-c {name}={shlex.quote(value)}" for name, value in self.settings.items()]
        options = " ".join([f"-k '{self.server.socket}' -c listen_addresses=''", *words])
        log = self.server.folder / "server.log"
        self.server._forget_dead_postmaster()
        self.server.run_program("pg_ctl", "start", "-w", "-D", self.server.data, "-l", log, "-o", options)

    def stop(self) -> None:
        self.go_on()
        self.server.run_program("pg_ctl", "stop", "-m", "immediate", "-D", self.server.data, check=False)

    def ask(self, query: str, database: str = "postgres") -> list[tuple]:
        return asked(self.server, query, database)

    def pause(self) -> None:
        """It receives everything and replays nothing. Not in the middle of a change that has locked a table, because every
        query of that table would wait until it is resumed."""
        until(self._paused_without_locks)

    def _paused_without_locks(self) -> bool:
        self.ask("SELECT pg_wal_replay_pause()")
        until(lambda: self.ask("SELECT pg_get_wal_replay_pause_state()") == [("paused",)])
        if self.ask(LOCKED_BY_REPLAY) == [(0,)]:
            return True
        self.resume()
        return False

    def resume(self) -> None:
        self.ask("SELECT pg_wal_replay_resume()")

    def hang(self, *, connections_too: bool = True) -> None:
        """Or only open no new connections."""
        self._signal(signal.SIGSTOP, self._processes() if connections_too else self._processes()[:1])

    def go_on(self) -> None:
        self._signal(signal.SIGCONT)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        until(lambda: not any(map(child_processes.is_alive, self._processes())))

    def caught_up(self) -> None:
        """Wait until it has replayed everything that is committed now."""
        asked(self.primary, FLUSHED)
        [(position,)] = asked(self.primary, "SELECT pg_current_wal_flush_lsn()")
        until(lambda: self.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'") == [(True,)])

    def _signal(self, number: int, processes: list[psutil.Process] | None = None) -> None:
        for process in processes or self._processes():
            # Connections end all the time.
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(number)

    def _processes(self) -> list[psutil.Process]:
        try:
            first = psutil.Process(int((self.server.data / "postmaster.pid").read_text().split("\n")[0]))
            return [first, *first.children(recursive=True)]
        except (OSError, ValueError, psutil.NoSuchProcess):
            return []


def asked(server: EmbeddedServer, query: str, database: str = "postgres") -> list[tuple]:
    with psycopg.connect(
        **server.get_connection_parameters("postgres", database), autocommit=True
    ) as session:
        cursor = session.execute(query)
        while cursor.nextset():
            pass
        return cursor.fetchall() if cursor.description else []


def lock_leads(primary: EmbeddedServer) -> None:
    """What a standby replays of it is in the way of everyone who has read leads."""
    name = connection.settings_dict["NAME"]
    asked(primary, "BEGIN; LOCK TABLE leads_lead IN ACCESS EXCLUSIVE MODE; COMMIT", name)


@contextlib.contextmanager
def a_standby(primary: EmbeddedServer, name: str, **settings: str) -> Iterator[Standby]:
    # A standby that was killed finds what it has missed.
    asked(primary, "ALTER SYSTEM SET wal_keep_size = '256MB'")
    asked(primary, "SELECT pg_reload_conf()")
    with a_folder() as folder:
        made = Standby(primary, folder, name, **settings)
        made.start()
        try:
            yield made
        finally:
            made.stop()


def settings_of(standby: Standby) -> dict:
    """The entry of DATABASES for the tests' database on a standby."""
    return connection.settings_dict | {"HOST": str(standby.server.socket), "CONN_HEALTH_CHECKS": False}
