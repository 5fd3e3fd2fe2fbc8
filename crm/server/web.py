"""gunicorn's threads, given to requests that have arrived: who sends a byte a second waits outside of them.

A proxy that buffers does the same, better, and for bodies of any size; this is for installations without one.
"""

import re
import socket
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn import util
from gunicorn.workers import gthread

# Seconds for a head and a small body; and how long a thread waits for the rest of a body that nobody wanted to read.
ARRIVES_WITHIN, REST_WITHIN = 10, 0.5
# A body up to this size is waited for, as one piece with its head; larger ones have deadlines while they are read.
SMALL_BODY, LARGEST_HEAD = 32_000, 32_000
END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,18})[ \t]*\r?$")
# Callers who wait for a sign before they send the body.
EXPECTS = re.compile(rb"(?im)^expect:")

gthread.DEFAULT_WORKER_DATA_TIMEOUT = REST_WITHIN


def arrived(data: bytes) -> bool:
    """Whether a thread can answer: the head is there, and a small body too."""
    head, end, body = data.partition(END_OF_HEAD)
    if not end:
        return len(data) >= LARGEST_HEAD
    length = LENGTH.search(head)
    expected = int(length[1]) if length else 0
    return len(body) >= expected or expected > SMALL_BODY or bool(EXPECTS.search(head))


class Worker(gthread.ThreadWorker):
    """What a connection has sent stays in the kernel and is only looked at here, until it is enough for a thread."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        # The connections whose requests are arriving: until when, and how much was there at the last look.
        self.arriving: dict[Any, tuple[float, int]] = {}

    def enqueue_req(self, conn: Any) -> None:
        until, before = self.arriving.pop(conn, (time.monotonic() + ARRIVES_WITHIN, 0))
        data = _look(conn)
        # Readable without anything new: the caller has closed, or more does not fit.
        if data is None or arrived(data) or 0 < len(data) <= before:
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            conn.data_ready = True
            super().enqueue_req(conn)
            return
        # The kernel reports the connection again when one more byte is there.
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, len(data) + 1)
        self.arriving[conn] = (until, len(data))
        self.poller.register(conn.sock, EVENT_READ, partial(self._more, conn))

    def _more(self, conn: Any, _sock: Any) -> None:
        self.poller.unregister(conn.sock)
        self.enqueue_req(conn)

    def murder_pending(self) -> None:
        """Called about once a second."""
        super().murder_pending()
        now = time.monotonic()
        for conn, (until, _size) in [*self.arriving.items()]:
            if now > until or not self.alive:
                del self.arriving[conn]
                self.poller.unregister(conn.sock)
                self.nr_conns -= 1
                conn.close()

    def handle(self, conn: Any) -> Any:
        kept = super().handle(conn)
        if not kept:
            # gunicorn would wait for the caller to close in the loop that serves everyone.
            util.close_graceful(conn.sock, REST_WITHIN)
            conn.close = lambda graceful=False: None
        return kept


def _look(conn: Any) -> bytes | None:
    """What is there of the next request; None where that can't be told, or the parser has read ahead."""
    if conn.parser is not None and conn.parser.unreader.buf.getvalue():
        return None
    try:
        return conn.sock.recv(LARGEST_HEAD + SMALL_BODY, socket.MSG_PEEK | socket.MSG_DONTWAIT) or None
    except BlockingIOError:
        return b""
    except OSError:
        return None
