"""Stuck leads: in an open status for longer than its time limit, with nothing planned from today on.

`stuck` is the one definition for the filter, the counts and the page of stuck leads; Lead.is_stuck says the same of one
lead that a list has read.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.filters import NONE
from leads import names
from leads.models import Lead, Status

# The page names this many users with stuck leads; the list has all leads.
MOST_OWNERS = 50


def stuck() -> Q:
    """The leads that are stuck now. Today is the day in the user's time zone."""
    now, over = timezone.now(), Q(pk__in=[])
    for pk, status in names.statuses().items():
        if status.is_open and status.most_days is not None:
            over |= Q(status=pk, status_since__lte=now - timedelta(days=status.most_days + 1))
    return over & (Q(next_action_on=None) | Q(next_action_on__lt=timezone.localdate()))


@dataclass(frozen=True)
class Line:
    """The stuck leads of one owner in one status."""

    owner: int | None
    status: Status
    count: int
    since: datetime

    @property
    def value(self) -> str:
        return f"{self.owner or NONE}-{self.status.pk}"

    @property
    def days(self) -> int:
        """How long the first of them has been there."""
        return (timezone.now() - self.since).days

    @property
    def address(self) -> str:
        """The list of these leads, the longest first."""
        query = {"over_limit": "yes", "owner": self.owner or NONE, "status": self.status.pk}
        return f"{reverse('leads:list')}?{urlencode(query)}&sort=-time_in_status"


@dataclass(frozen=True)
class Group:
    """The stuck leads of one owner, None for those without, by status."""

    owner: User | None
    lines: list[Line]

    @property
    def count(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def name(self) -> str:
        return str(self.owner) if self.owner else _("Unassigned")


def groups_of(user: Any) -> list[Group]:
    """The stuck leads that the user sees: unassigned ones first, then by number."""
    rows = stuck_for(user).order_by().values("owner", "status")
    counted = rows.annotate(count=Count("pk"), since=Min("status_since"))
    lines: dict[int | None, list[Line]] = {}
    for row in counted:
        status = names.statuses()[row["status"]]
        lines.setdefault(row["owner"], []).append(Line(row["owner"], status, row["count"], row["since"]))
    owners = User.objects.in_bulk([pk for pk in lines if pk])
    order = list(names.statuses())
    groups = [
        Group(owners.get(pk or 0), sorted(own, key=lambda line: order.index(line.status.pk)))
        for pk, own in lines.items()
    ]
    return sorted(groups, key=lambda group: (group.owner is not None, -group.count, group.name))


def stuck_for(user: Any) -> Any:
    return Lead.objects.present().visible_to(user).filter(stuck())


def of_lines(user: Any, values: Iterable[str]) -> Any:
    """The stuck leads of these lines, as far as the user sees them."""
    chosen = Q(pk__in=[])
    for value in values:
        owner, _dash, status = value.partition("-")
        if status.isdecimal() and (owner == NONE or owner.isdecimal()):
            # Numbers that no row has match nothing.
            chosen |= Q(owner=None if owner == NONE else int(owner[:18]), status=int(status[:18]))
    return stuck_for(user).filter(chosen)
