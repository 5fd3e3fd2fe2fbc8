"""What else happens when leads enter a won status: customers converts them (customers/conversion/winning.py)."""

from typing import Any, Protocol

from crm.models import Operation
from crm.records.results import Outcome
from leads.models import Lead, Status


class Follower(Protocol):
    def hold(self) -> None:
        """Keep what it judges by as it is until the end of the transaction, before leads are locked."""

    def settle(self, outcome: Outcome, by: Any) -> None:
        """Refuse the leads that can't be won yet."""

    def follow(self, record: Operation, ids: list[int]) -> None:
        """What belongs to the same operation."""


FOLLOWERS: list[Follower] = []


def hold(status: Status | None) -> None:
    for follower in FOLLOWERS if status and status.kind == Status.Kind.WON else ():
        follower.hold()


def settle(status: Status | None, outcome: Outcome, by: Any) -> None:
    for follower in FOLLOWERS if status and status.kind == Status.Kind.WON else ():
        follower.settle(outcome, by)


def follow(status: Status | None, record: Operation, ids: list[int]) -> None:
    for follower in FOLLOWERS if status and status.kind == Status.Kind.WON and ids else ():
        follower.follow(record, ids)


def follow_won(record: Operation, ids: list[int]) -> None:
    """For leads that may have entered different statuses."""
    for follower in FOLLOWERS if ids else ():
        won = Lead.objects.filter(pk__any=ids).won().not_converted()
        if found := list(won.order_by("pk").values_list("pk", flat=True)):
            follower.follow(record, found)
