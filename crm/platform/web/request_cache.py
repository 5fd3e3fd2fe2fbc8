"""Small tables are read once per page: statuses, sources, departments, but never across requests.

`once("statuses", read)` returns the earlier result of `read` in the same GET. Elsewhere it reads again each time,
because a row may have changed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

Value = TypeVar("Value")

_read: ContextVar[dict[str, Any] | None] = ContextVar("read_once", default=None)
_known: ContextVar[dict[str, Any] | None] = ContextVar("known_throughout", default=None)


@contextmanager
def cache_reads(**known: Any) -> Iterator[None]:
    """Within this block, each name is read once; those that are `known` aren't read at all."""
    token = _read.set(known)
    try:
        yield
    finally:
        _read.reset(token)


def read_cached(name: str, read: Callable[[], Value]) -> Value:
    known = _read.get()
    if known is None:
        return read()
    if name not in known:
        known[name] = read()
    return known[name]


@contextmanager
def cache_reads_once(**known: Any) -> Iterator[None]:
    """Within this block, which may write, `throughout` reads each name once; those that are `known` aren't read at all."""
    token = _known.set(known)
    try:
        yield
    finally:
        _known.reset(token)


def read_cached_in_block(name: str, read: Callable[[], Value]) -> Value:
    """Like `once`, also in requests and jobs that write: only for what may be as old as their beginning, such as labels."""
    known = _known.get()
    if known is None:
        return read_cached(name, read)
    if name not in known:
        known[name] = read()
    return known[name]
