"""What else happens when leads enter a won status: customers converts them (customers/conversion/won_leads.py)."""

from typing import Protocol

from accounts.models import User
from crm.models import Operation
from crm.records.history.operation_results import Outcome
from leads.models import Lead, Status
from leads.statuses import reference_tables


class Follower(Protocol):
    def lock_settings(self) -> None:
        """Keep what it judges by as it is until the end of the transaction, once the leads are locked."""

    def refuse_unwinnable_leads(self, outcome: Outcome, by: User) -> None:
        """Refuse the leads that can't be won yet."""

    def get_winning_problems(self, leads: list[Lead], by: User) -> dict[int, str]:
        """Why leads that aren't saved yet can't be won: the reason codes, by the ids of those leads."""

    def write_consequences(self, record: Operation, ids: list[int]) -> None:
        """What belongs to the same operation."""


FOLLOWERS: list[Follower] = []
# What `problems` reads of a lead.
READ = (
    "first_name", "last_name", "company", "email", "second_email", "phone_normal", "mobile", "mobile_normal", "website",
)  # fmt: skip


def is_won_status(status: Status | None) -> bool:
    """Whether it is a won status of leads, and not a stage of deals."""
    return (
        status is not None and status.kind == Status.Kind.WON and status.pk in reference_tables.get_statuses()
    )


def lock_followers(status: Status | None) -> None:
    for follower in FOLLOWERS if is_won_status(status) else ():
        follower.lock_settings()


def refuse_unwinnable_leads(status: Status | None, outcome: Outcome, by: User) -> None:
    for follower in FOLLOWERS if is_won_status(status) else ():
        follower.refuse_unwinnable_leads(outcome, by)


def get_winning_problems(leads: list[Lead], by: User) -> dict[int, str]:
    found: dict[int, str] = {}
    for follower in FOLLOWERS if leads else ():
        found |= follower.get_winning_problems(leads, by)
    return found


def write_consequences_of_winning(status: Status | None, record: Operation, ids: list[int]) -> None:
    for follower in FOLLOWERS if ids and is_won_status(status) else ():
        follower.write_consequences(record, ids)


def run_won_followers(record: Operation, ids: list[int]) -> None:
    """For leads that may have entered different statuses."""
    for follower in FOLLOWERS if ids else ():
        won = Lead.objects.filter(pk__any=ids).won().not_converted()
        if found := list(won.order_by("pk").values_list("pk", flat=True)):
            follower.write_consequences(record, found)
