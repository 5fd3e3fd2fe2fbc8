"""gunicorn's threads only get requests that have arrived: a caller that sends one byte a second waits outside.

A buffering proxy does the same, better, and for bodies of any size; this is for installations without one.
"""

import re
import socket
import time
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn import util
from gunicorn.workers import gthread

# Seconds for headers and a small body; and how long a thread waits for the rest of an unread body.
ARRIVES_WITHIN, REST_WITHIN = 10, 0.5
# A body up to this size is waited for together with its headers; larger ones have deadlines while they are read.
SMALL_BODY, LARGEST_HEAD = 32_000, 32_000
END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"(?im)^content-length:[ \t]*(\d{1,18})[ \t]*\r?$")
# Callers that wait for a response before they send the body.
EXPECTS = re.compile(rb"(?im)^expect:")

gthread.DEFAULT_WORKER_DATA_TIMEOUT = REST_WITHIN


def has_arrived(data: bytes) -> bool:
    """Whether a thread can respond: the headers are there, and a small body too."""
    head, end, body = data.partition(END_OF_HEAD)
    if not end:
        return len(data) >= LARGEST_HEAD
    length = LENGTH.search(head)
    expected = int(length[1]) if length else 0
    return len(body) >= expected or expected > SMALL_BODY or bool(EXPECTS.search(head))


class Worker(gthread.ThreadWorker):
    """Data that a connection has sent stays in the kernel and is only peeked at here, until there is enough for a
    thread."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        # The connections whose requests are arriving: their deadline, and how much was there at the last check.
        self.arriving: dict[Any, tuple[float, int]] = {}

    def enqueue_req(self, conn: Any) -> None:
        until, before = self.arriving.pop(conn, (time.monotonic() + ARRIVES_WITHIN, 0))
        data = _peek(conn)
        # Readable without new data: the caller has closed, or no more fits.
        if data is None or has_arrived(data) or 0 < len(data) <= before:
            conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
            conn.data_ready = True
            super().enqueue_req(conn)
            return
        # The kernel reports the connection again when one more byte arrives.
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
            # gunicorn would wait for the caller to close, in the loop that serves everyone.
            util.close_graceful(conn.sock, REST_WITHIN)
            conn.close = lambda graceful=False: None
        return kept


def _peek(conn: Any) -> bytes | None:
    """What has arrived of the next request; None if unknown, or if the parser has read ahead."""
    if conn.parser is not None and conn.parser.unreader.buf.getvalue():
        return None
    try:
        return conn.sock.recv(LARGEST_HEAD + SMALL_BODY, socket.MSG_PEEK | socket.MSG_DONTWAIT) or None
    except BlockingIOError:
        return b""
    except OSError:
        return None
