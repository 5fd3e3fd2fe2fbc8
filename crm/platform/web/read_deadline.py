"""A deadline for reading from a connection: a caller that sends a byte now and then would never reach a timeout."""

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush
from threading import Condition, Event, Thread
from time import monotonic
from typing import Any


@contextlib.contextmanager
def cut_off_after(seconds: float, connection: Any, how: int = socket.SHUT_RD) -> Iterator[Event]:
    """Shut the connection down if the block takes longer. The event says whether that happened.

    Without a connection, as in tests, only the event is set.
    """
    late = Event()

    def cut() -> None:
        late.set()
        # The other side may have closed it at the same moment.
        with contextlib.suppress(OSError):
            if connection is not None:
                connection.shutdown(how)

    deadline = _watcher.add(seconds, cut)
    try:
        yield late
    finally:
        deadline.cut = None


@dataclass(order=True)
class _Deadline:
    """`at` is in seconds of the monotonic clock; `cut` is None if the block has ended in time."""

    at: float
    cut: Callable[[], None] | None = field(compare=False)


class _DeadlineWatcher:
    """One thread for all deadlines of the process: starting a thread for each takes longer than reading most bodies."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: list[_Deadline] = []
        self._thread: Thread | None = None

    def add(self, seconds: float, cut: Callable[[], None]) -> _Deadline:
        deadline = _Deadline(monotonic() + seconds, cut)
        with self._changed:
            heappush(self._waiting, deadline)
            if self._thread is None:
                self._thread = Thread(target=self._watch, name="deadlines", daemon=True)
                self._thread.start()
            elif self._waiting[0] is deadline:
                self._changed.notify()
        return deadline

    def _watch(self) -> None:
        while True:
            deadline = self._wait_for_next()
            # A local name, because the block may end at this moment.
            if cut := deadline.cut:
                cut()

    def _wait_for_next(self) -> _Deadline:
        with self._changed:
            while not self._waiting or self._waiting[0].at > monotonic():
                self._changed.wait(self._waiting[0].at - monotonic() if self._waiting else None)
            return heappop(self._waiting)


_watcher = _DeadlineWatcher()


def _start_after_fork() -> None:
    """A forked process has no other threads than the one that forked."""
    global _watcher
    _watcher = _DeadlineWatcher()


os.register_at_fork(after_in_child=_start_after_fork)
