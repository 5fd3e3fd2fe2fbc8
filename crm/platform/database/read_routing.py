"""Where a request reads: on the primary, or on a replica in its place.

Without replicas, everything is read from the primary. crm/scaling/replicas has other ways to read, which crm/contribution.py names if
there are replicas, so that a process without them never loads it.
"""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpRequest

Outcome = TypeVar("Outcome")
View = TypeVar("View", bound=Callable[..., Any])

# The URL namespaces whose pages read long; their apps add them.
LONG_READS: set[str] = set()


@dataclass(frozen=True)
class ReplicaPlace:
    """A replica by its alias in DATABASES, the primary that it must follow, and the position that it must have replayed."""

    alias: str
    position: int
    primary: datetime

    @property
    def position_parameters(self) -> list[Any]:
        """The parameters of `HAS` (crm/platform/database/log_positions.py)."""
        return [self.position, self.primary]


class ReplicaBehind(Exception):
    """The replica hasn't replayed the position yet, follows another primary, or is no standby any more."""


# The replica that this thread reads from; crm/scaling/replicas/read_routing.py sets it.
place_of_reads: ContextVar[ReplicaPlace | None] = ContextVar("read_from", default=None)


def get_current_replica() -> ReplicaPlace | None:
    """The replica that is read from; None on the primary."""
    return place_of_reads.get()


def on_primary(view: View) -> View:
    """For pages about work that goes on elsewhere, such as a job: what follows a job must not be older than its page."""
    view.reads_primary = True  # type: ignore[attr-defined]
    return view


class FromPrimary:
    """The ways to read without replicas."""

    def choose_for_page(self, request: HttpRequest, view: Any) -> ReplicaPlace | None:
        """The replica for this page; None for the primary."""
        return None

    def choose_for_call(self, request: HttpRequest, token: Any) -> ReplicaPlace | None:
        """The replica for a call of a program; None for the primary."""
        return None

    def read(
        self, request: HttpRequest | None, place: ReplicaPlace | None, work: Callable[[], Outcome]
    ) -> Outcome:
        """What `work` returns, which reads from this place, and from the primary if that doesn't succeed there."""
        return work()

    def read_export(
        self, pk: int, work: Callable[[], Outcome], *, go_on: Callable[[], object], in_job: bool
    ) -> tuple[Outcome, str]:
        """What `work` returns, and the name of the place where it has read; '' without replicas. `go_on` raises if the file
        isn't wanted any more."""
        return work(), ""

    def get_states(self) -> dict[str, str]:
        """The state of each replica by its alias."""
        return {}


_ways = [FromPrimary()]


def set_read_ways(ways: FromPrimary) -> None:
    """From now on, this process reads in these ways."""
    _ways[:] = [ways]


def get_read_ways() -> FromPrimary:
    return _ways[0]
