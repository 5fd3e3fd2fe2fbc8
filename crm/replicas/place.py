"""Where this thread reads: on the primary, or on a replica in its place."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connections

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Place:
    """A replica by its alias in DATABASES, and the position that it must have replayed."""

    alias: str
    position: int


class Behind(Exception):
    """The replica hasn't replayed the position yet, or it is no standby any more."""


_here: ContextVar[Place | None] = ContextVar("read_from", default=None)


def here() -> Place | None:
    """The replica that is read from; None on the primary."""
    return _here.get()


@contextmanager
def reading_from(place: Place | None, *, patiently: bool = False) -> Iterator[None]:
    """Within this block, all queries of this thread go to the replica: it takes the place of the default connection, so a
    write fails, whoever tries it."""
    if place is None:
        yield
        return
    primary = connections["default"]
    token = _here.set(place)
    try:
        connections["default"] = connection_to(place.alias, patiently=patiently)
        yield
    finally:
        _here.reset(token)
        connections["default"] = primary


def connection_to(alias: str, *, patiently: bool = False) -> Any:
    """The connection of this thread to a replica. Raises OperationalError."""
    from crm.replicas.watch import watching

    found = connections[alias]
    # Records that are read here are written to the primary later.
    found.alias = "default"
    found.ensure_connection()
    watching().guard(alias, found, patiently=patiently)
    return found


def on_primary(view: View) -> View:
    """For pages about work that goes on elsewhere, such as a job: what follows a job must not be older than its page."""
    view.reads_primary = True  # type: ignore[attr-defined]
    return view
