"""Small tables are read once a page: statuses, sources, departments, never across requests.

`once("statuses", read)` gives what `read` gave before in the same GET; anywhere else it reads anew each time, because
there a row may have changed meanwhile.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Value = TypeVar("Value")

_read: ContextVar[dict[str, Any] | None] = ContextVar("read_once", default=None)


@contextmanager
def reading_once() -> Iterator[None]:
    """Within this block every name is read once."""
    token = _read.set({})
    try:
        yield
    finally:
        _read.reset(token)


def once(name: str, read: Callable[[], Value]) -> Value:
    known = _read.get()
    if known is None:
        return read()
    if name not in known:
        known[name] = read()
    return known[name]
