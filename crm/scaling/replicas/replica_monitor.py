"""What this process knows about the replicas. It looks at each four times a second, so that no page waits for one that hangs.

A replica may be read from if it has answered lately, follows the primary, and has replayed what the primary had a second ago. So what
users read who have changed nothing themselves is at most LAG + EVERY seconds old.

A primary that was started or promoted since is marked in its own table (crm/platform/database/log_positions.py). A standby of the former primary,
or of the database that a restored one replaces, never gets this mark, whatever it has replayed.
"""

import contextlib
import logging
import os
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import psycopg
from django.conf import settings
from django.db import connections

from crm.platform.database.connection_settings import get_direct_parameters
from crm.platform.database.log_positions import (
    FOLLOWED_PRIMARY_SQL,
    REPLAYED_POSITION_SQL,
    SERVER_START_SQL,
)
from crm.platform.web.read_deadline import cut_off_after

# Seconds in which a replica must take a new connection.
OPENED_WITHIN = 0.5

log = logging.getLogger(__name__)

# Seconds.
EVERY, LAG = 0.25, 1.0
# A look may take so long; then the replica is left out, and pages that wait for it are asked again on the primary.
PATIENCE = 0.5
SILENT = EVERY + PATIENCE + 0.05
# Who asks first waits so long at most until all have been looked at.
FIRST_LOOK = 2 * PATIENCE
# Exports wait longer, because starting again costs more.
PATIENCE_OF_EXPORTS = 10
PRIMARY = "default"
ASK_PRIMARY = (
    f"SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint, {SERVER_START_SQL}, {FOLLOWED_PRIMARY_SQL}"
)
# By one process: all of them meet a new primary at the same moment. Without waiting for the standbys, which follow it only now.
MARK = """WITH at_once AS (SELECT set_config('synchronous_commit', 'off', true)),
               started AS (SELECT pg_postmaster_start_time() AS at),
               unmarked AS (SELECT i.id FROM crm_installation i, started WHERE i.primary_started_at IS DISTINCT FROM started.at
                            FOR UPDATE OF i SKIP LOCKED)
          UPDATE crm_installation i SET primary_started_at = started.at FROM unmarked, started, at_once WHERE i.id = unmarked.id"""
# `hot_standby_feedback` says what a replica is for: without it, long reads don't keep the primary from cleaning up.
ASK_REPLICA = f"""SELECT {REPLAYED_POSITION_SQL}, pg_is_in_recovery(), current_setting('hot_standby_feedback')::boolean,
                         {FOLLOWED_PRIMARY_SQL}"""


@dataclass(frozen=True)
class ReplicaState:
    """The last answer of a replica: when, how far it had replayed, whether it is a standby, whether it is for pages rather than
    long reads, and which primary it follows."""

    at: float = float("-inf")
    position: int = -1
    recovers: bool = False
    for_pages: bool = True
    primary: datetime | None = None
    # False as soon as it hasn't answered a later question.
    answers: bool = True


class ReplicaSample(NamedTuple):
    """When the primary was asked, its position, and which server it was."""

    at: float
    position: int
    server: datetime


class ReplicaWatch:
    def __init__(self, aliases: list[str]) -> None:
        self.seen = {alias: ReplicaState() for alias in aliases}
        self.samples: deque[ReplicaSample] = deque(maxlen=round(3 * LAG / EVERY))
        self.guarded: dict[str, WeakKeyDictionary] = {alias: WeakKeyDictionary() for alias in aliases}
        # Those that have let a new connection wait, and have opened none in time since.
        self.closed_doors: set[str] = set()
        self.lock = threading.Lock()
        self.stopped, self.begun = threading.Event(), time.monotonic()
        for alias in (PRIMARY, *aliases):
            threading.Thread(target=self._follow, args=(alias,), name=f"watch {alias}", daemon=True).start()

    def stop(self) -> None:
        self.stopped.set()

    def get_primary(self) -> datetime | None:
        """The server that answers as the primary; None if it hasn't answered lately."""
        newest = self.samples[-1] if self.samples else None
        return newest.server if newest and time.monotonic() - newest.at <= SILENT else None

    def get_required_position(self) -> int | None:
        """The position that every replica must have replayed; None if the primary hasn't answered lately."""
        primary, now = self.get_primary(), time.monotonic()
        samples = [sample for sample in list(self.samples) if sample.server == primary]
        if not samples:
            return None
        old_enough = [sample.position for sample in samples if sample.at <= now - LAG]
        return old_enough[-1] if old_enough else samples[0].position

    def get_usable_replicas(self) -> dict[str, bool]:
        """The replicas that may be read from, and whether each is for pages."""
        return {
            alias: self.seen[alias].for_pages for alias, state in self.get_states().items() if state == "up"
        }

    def get_replicas_for_exports(self) -> list[str]:
        """The replicas that an export may read from when they have its receipt, however late they are now: one for long reads
        is late whenever an export keeps it from replaying. If there is one for long reads, even if it doesn't answer, no
        other: on one for pages, an export would keep old rows on the primary."""
        states = self.get_states()
        long = [
            alias for alias, seen in self.seen.items() if not seen.for_pages and states[alias] != "primary"
        ]
        found = {
            state: [alias for alias in long or states if states[alias] == state] for state in ("up", "behind")
        }
        return found["up"] or found["behind"]

    def get_states(self) -> dict[str, str]:
        """For monitors: "up", "behind", "diverged", "primary" or "down" by alias. A list may name all servers of a cluster,
        whichever is the primary at the moment."""
        required, primary = self.get_required_position(), self.get_primary()
        return {alias: self._get_state(alias, required, primary) for alias in self.seen}

    def _get_state(self, alias: str, required: int | None, primary: datetime | None) -> str:
        seen = self.seen[alias]
        if not self.is_answering(alias):
            return "down"
        if not seen.recovers:
            return "primary"
        if required is None or seen.position < required:
            return "behind"
        return "up" if seen.primary == primary else "diverged"

    def wait_for_first_look(self) -> "ReplicaWatch":
        """Itself, when each replica has been looked at once, or one of them takes too long."""
        while time.monotonic() - self.begun < FIRST_LOOK and not all(map(self.is_answering, self.seen)):
            time.sleep(EVERY / 10)
        return self

    def is_answering(self, alias: str) -> bool:
        seen = self.seen[alias]
        return seen.answers and time.monotonic() - seen.at <= SILENT and alias not in self.closed_doors

    def leave_out(self, alias: str) -> None:
        """A new connection wasn't opened in time, although old ones may work. The replica is left out until one is."""
        self.closed_doors.add(alias)

    def guard(self, alias: str, wrapper: Any, *, patiently: bool = False) -> None:
        """From now on, this connection is cut when the replica doesn't answer any more. Its socket is kept as a duplicate:
        the number of a closed one could be that of another connection by then."""
        driver = wrapper.connection
        with self.lock:
            kept = self.guarded[alias].get(wrapper)
            if kept is None or kept[0] is not driver:
                duplicate = socket.socket(fileno=os.dup(driver.fileno()))
                self.guarded[alias][wrapper] = [driver, duplicate, patiently]
            else:
                kept[2] = patiently

    def _cut_connections(self, alias: str) -> None:
        self.seen[alias] = replace(self.seen[alias], answers=False)
        silence = time.monotonic() - self.seen[alias].at
        with self.lock:
            for wrapper, (_driver, duplicate, patiently) in [*self.guarded[alias].items()]:
                if not patiently or silence > PATIENCE_OF_EXPORTS:
                    del self.guarded[alias][wrapper]
                    with contextlib.suppress(OSError):
                        duplicate.shutdown(socket.SHUT_RDWR)
                    duplicate.close()

    def _follow(self, alias: str) -> None:
        """Ask one server until this process ends."""
        look = self._look_at_primary if alias == PRIMARY else partial(self._look_at_replica, alias)
        connection: Any = None
        try:
            while not self.stopped.is_set():
                try:
                    if alias in self.closed_doors and connection is not None:
                        connection.close()
                        connection = None
                    connection = connection or self._connect(alias)
                    begun = time.monotonic()
                    with (
                        contextlib.closing(socket.socket(fileno=os.dup(connection.fileno()))) as line,
                        cut_off_after(PATIENCE, line, socket.SHUT_RDWR),
                    ):
                        look(begun, connection)
                except Exception as error:
                    # Such as when no thread can be started for a moment: without its thread, it is never read from again.
                    if not isinstance(error, psycopg.Error | OSError):
                        log.exception("The database %s can't be looked at", alias)
                    if connection is not None:
                        connection.close()
                    connection = None
                    if alias != PRIMARY:
                        self._cut_connections(alias)
                self.stopped.wait(EVERY)
        finally:
            connections.close_all()
            if connection is not None:
                connection.close()

    def _connect(self, alias: str) -> psycopg.Connection:
        # A pooler whose connections are all in use would look like a primary that is gone, and then all pages would be read there.
        known = get_direct_parameters() if alias == PRIMARY else connections[alias].get_connection_params()
        begun = time.monotonic()
        connection = psycopg.connect(**known | {"connect_timeout": 2}, autocommit=True)
        if time.monotonic() - begun <= OPENED_WITHIN:
            self.closed_doors.discard(alias)
        return connection

    def _look_at_primary(self, at: float, connection: psycopg.Connection) -> None:
        position, server, marked = connection.execute(ASK_PRIMARY).fetchone()  # type: ignore[misc]
        if marked != server:
            connection.execute(MARK)
        self.samples.append(ReplicaSample(at, position, server))

    def _look_at_replica(self, alias: str, at: float, connection: psycopg.Connection) -> None:
        position, *rest = connection.execute(ASK_REPLICA).fetchone()  # type: ignore[misc]
        self.seen[alias] = ReplicaState(at, position or 0, *rest)


_watch: ReplicaWatch | None = None
_lock = threading.Lock()


def get_watch() -> ReplicaWatch:
    """The watch of this process, begun by the first one who asks."""
    global _watch
    with _lock:
        if _watch is None:
            _watch = ReplicaWatch(settings.REPLICAS)
        return _watch


def forget_watch() -> None:
    """A forked process begins its own. The thread that had the lock isn't in it."""
    global _lock, _watch
    _lock = threading.Lock()
    if _watch is not None:
        _watch.stop()
    _watch = None


os.register_at_fork(after_in_child=forget_watch)
