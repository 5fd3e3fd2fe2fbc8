"""A deadline for reading from a connection: a caller that sends a byte now and then would never reach a timeout."""

import contextlib
import socket
from collections.abc import Iterator
from threading import Event, Timer
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

    timer = Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
