"""Stuck leads: in an open status for longer than its time limit, with no task and no meeting planned from today on.

`stuck` is the one definition for the filter, the counts and the page of stuck leads; `stuck_of` says the same of leads
that a list has read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BigIntegerField, Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from crm.fields.conditions.field_filters import NONE
from crm.models import Activity
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.platform.web.day_start import get_day_start
from crm.records.paging.compiled_statements import Statement, compile_once
from crm.templatetags.look import number
from leads.models import Lead, Status
from leads.queue.day_bounds import STAND_INS, get_moments, insert_moments
from leads.statuses import reference_tables

# The page names this many users with stuck leads, and counts so many leads of each status; the list has all leads.
MOST_OWNERS, MOST = 50, 2_000
COUNTED = """
SELECT owner, status, count(*), min(since), sum(count(*)) OVER (PARTITION BY status) >= %s
FROM ({longest}) AS longest (owner, status, since) GROUP BY owner, status
"""

# The index begins with the department, so each department is read by itself.
OF_STATUS = """
(SELECT found.* FROM accounts_department department
CROSS JOIN LATERAL ({longest}) AS found (owner, status, since) ORDER BY found.since LIMIT %s)
"""
OF_DEPARTMENT = RawSQL("department.id", [], output_field=BigIntegerField())


def build_stuck_condition() -> Q:
    """The leads that are stuck now. Today is the day in the user's time zone."""
    over = Q(pk__in=[])
    for status in get_limited_statuses():
        over |= build_over_limit_condition(status)
    return over & build_nothing_planned_condition()


def get_limited_statuses() -> list[Status]:
    """The open statuses with a time limit."""
    return [
        row for row in reference_tables.get_statuses().values() if row.is_open and row.most_days is not None
    ]


def build_over_limit_condition(status: Status, now: datetime | None = None) -> Q:
    """The leads in this status for longer than its limit."""
    return Q(status=status.pk, status_since__lte=get_latest_stuck(status, now or timezone.now()))


def get_latest_stuck(status: Status, now: datetime) -> datetime:
    """A lead that has been in this status since then, or for longer, is over its limit."""
    return now - timedelta(days=(status.most_days or 0) + 1)


def build_nothing_planned_condition(midnight: datetime | None = None, day: date | None = None) -> Q:
    """The leads without a task and a meeting from today on, or from another day on."""
    no_task = Q(next_action_on=None) | Q(next_action_on__lt=day or timezone.localdate())
    return no_task & ~Q(pk__in=_meetings_queryset(midnight).values("record"))


def get_stuck_ids(leads: Iterable[Lead]) -> set[int]:
    """The ids of those that are stuck."""
    waiting = {lead.pk for lead in leads if _is_over_limit(lead) and not _has_task(lead)}
    return (
        waiting
        - set(_meetings_queryset().of_records(Lead.table, list(waiting)).values_list("record", flat=True))
        if waiting
        else set()
    )


def _is_over_limit(lead: Lead) -> bool:
    most_days = lead.status.most_days if lead.status.is_open else None
    return most_days is not None and (timezone.now() - lead.status_since).days > most_days


def _has_task(lead: Lead) -> bool:
    """Whether its next action is due today or later."""
    return lead.next_action_on is not None and lead.next_action_on >= timezone.localdate()


def _meetings_queryset(midnight: datetime | None = None) -> Any:
    """The meetings with leads that are planned from today on: few at any time, and an index has only them."""
    today = midnight or get_day_start(timezone.localdate())
    return Activity.objects.present().planned().of_kind(Lead.table).begins_from(today)


@dataclass(frozen=True)
class StuckLine:
    """The stuck leads of one owner in one status."""

    owner: int | None
    status: Status
    count: int
    since: datetime
    more: bool = False

    @property
    def count_text(self) -> str:
        return f"{number(self.count)}+" if self.more else number(self.count)

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
        return f"{reverse('leads:list')}?{self.query}"

    @property
    def query(self) -> str:
        return f"over_limit=yes&owner={self.owner or NONE}&status={self.status.pk}&sort=-time_in_status"


@dataclass(frozen=True)
class StuckGroup:
    """The stuck leads of one owner, None for those without, by status."""

    owner: User | None
    lines: list[StuckLine]

    @property
    def count(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def more(self) -> bool:
        return any(line.more for line in self.lines)

    @property
    def name(self) -> str:
        return str(self.owner) if self.owner else _("Unassigned")


def get_stuck_groups(user: User) -> list[StuckGroup]:
    """The stuck leads that the user sees: unassigned ones first, then by number."""
    lines: dict[int | None, list[StuckLine]] = {}
    statuses = reference_tables.get_statuses()
    for owner, status, count, since, more in count_stuck_by_owner(user):
        lines.setdefault(owner, []).append(StuckLine(owner, statuses[status], count, since, more))
    owners = {row.pk: row for row in get_records_compiled_once(_owners_queryset, [pk for pk in lines if pk])}
    order = list(statuses)
    groups = [
        StuckGroup(owners.get(pk or 0), sorted(own, key=lambda line: order.index(line.status.pk)))
        for pk, own in lines.items()
    ]
    return sorted(groups, key=lambda group: (group.owner is not None, -group.count, group.name))


def _owners_queryset(ids: list[int]) -> Any:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    return User.objects.filter(pk__any=ids).only("name", "hue")


def count_stuck_by_owner(user: User) -> list[tuple[int | None, int, int, datetime, bool]]:
    """Owner, status, number and earliest time of the longest stuck leads, and whether there may be more of this status.

    Each status of a department is read by itself along the index lead_stay, which has everything that is asked, and no further
    than MOST: a hundred thousand stuck leads cost no more than a few thousand.
    """
    limits = tuple((status.pk, status.most_days) for status in get_limited_statuses())
    longest, parameters = _build_longest_stuck_sql(Lead.objects.present().visible_to(user), limits, MOST)
    if not longest:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTED.format(longest=longest), [MOST, *insert_moments(parameters, get_moments(user))]
        )
        return cursor.fetchall()


@compile_once
def _build_longest_stuck_sql(leads: Any, limits: Sequence[Any], most: int) -> Statement:
    """The query of at most so many of the longest stuck leads of each status, for stand-ins of the moments. `limits` are only named because the
    query depends on them."""
    rows = leads.filter(build_nothing_planned_condition(STAND_INS.midnight, STAND_INS.day))
    parts: list[str] = []
    parameters: list[Any] = []
    for status in get_limited_statuses():
        longest = rows.filter(build_over_limit_condition(status, STAND_INS.now), department=OF_DEPARTMENT)
        chosen = longest.order_by("status_since").values("owner", "status", "status_since")[:most]
        try:
            sql, own = chosen.query.sql_with_params()
        except EmptyResultSet:
            # A user who sees no lead.
            return "", []
        parts.append(OF_STATUS.format(longest=sql))
        parameters += [*own, most]
    return " UNION ALL ".join(parts), parameters


def stuck_leads_queryset(user: User) -> Any:
    return Lead.objects.present().visible_to(user).filter(build_stuck_condition())


def leads_of_lines_queryset(user: User, values: Iterable[str]) -> Any:
    """The stuck leads of these lines, as far as the user sees them."""
    chosen = Q(pk__in=[])
    for value in values:
        owner, _dash, status = value.partition("-")
        if status.isdecimal() and (owner == NONE or owner.isdecimal()):
            # Numbers that no row has match nothing.
            chosen |= Q(owner=None if owner == NONE else int(owner[:18]), status=int(status[:18]))
    return stuck_leads_queryset(user).filter(chosen)
