"""Leads that were stuck at the end of each day, week or month, as a subject of reports.

A lead was stuck at a moment if it had been in an open status for longer than its time limit. Unlike for the leads that are stuck now
(leads/stuck/stuck_leads.py), it doesn't matter what was planned: moves are recorded, what was planned on a day of the past isn't.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, Count, DateTimeField, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.conditions.periods import get_first_day
from crm.platform.web.day_start import get_day_start
from leads.models import Status, StatusMove
from leads.stuck.stuck_leads import get_limited_statuses
from reports.engine.answer_cache import MomentOfToday
from reports.engine.dimensions import STEPS, get_next_period_start
from reports.engine.measures import MeasurePart, build_count_measure
from reports.engine.question import ReportQuestion
from reports.engine.report_answer import MOST_GROUPS, Found, Key, Parts
from reports.engine.report_periods import ReportPeriod
from reports.models.counted_rows import PROGRESS
from reports.subjects.moves import OF_STAY, get_counted_stays
from reports.subjects.subject import MeasuredSubject, Subject

NAME = "stuck"
# Between two moments that the database can tell apart.
INSTANT = timedelta(microseconds=1)


def get_stuck_stays(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    """The stays that were too long at the end of the period, or now if it hasn't ended."""
    end = _get_period_end(question.period)
    found, as_of = get_counted_stays(question, viewer)
    return found.filter(_build_too_long_condition(end, end)), as_of


def _get_period_end(period: ReportPeriod) -> datetime:
    if period.last is None or period.last >= timezone.localdate():
        return MomentOfToday.from_datetime(timezone.now())
    return _get_utc_midnight(period.last + timedelta(1))


def _get_utc_midnight(day: date) -> datetime:
    """In UTC, where a day before is 24 hours before. In a zone that changes its clocks, it may be 23 or 25."""
    return get_day_start(day).astimezone(UTC)


def _get_allowed_time(status: Status) -> timedelta:
    """As in leads/stuck/stuck_leads.py: whole days count."""
    return timedelta(days=(status.most_days or 0) + 1)


def _build_too_long_condition(first: datetime, last: datetime) -> Q:
    """The stays that may have been too long at a moment between these, both included."""
    over = (
        Q(to_status=status.pk, entered__lte=last - _get_allowed_time(status))
        for status in get_limited_statuses()
    )
    return reduce(or_, over, Q(pk__in=[])) & (Q(left=None) | Q(left__gt=first))


def count_over_time(question: ReportQuestion, viewer: User, found_rows: Found) -> list[tuple[Key, Parts]]:
    """The number of each group at the end of each of its days, weeks or months; more than MOST_GROUPS if there are more.

    A stay is too long at several ends in a row, so the database only counts at which end stays begin and cease to be so.
    """
    spans = list(_iterate_spans(question))
    if not spans:
        return []
    events = _read_events(question, viewer, [end for _days, end in spans], found_rows)
    if len(events) > 2 * MOST_GROUPS:
        # Each begins or ends a group, so there are too many of them, and their numbers aren't shown.
        return [(_build_key(question, spans[place - 1][0], keys), {}) for place, _change, keys in events]
    changes: list[dict[Key, int]] = [defaultdict(int) for _end in range(len(spans) + 1)]
    for place, change, keys in events:
        changes[place][keys] += change
    found: list[tuple[Key, Parts]] = []
    numbers: dict[Key, int] = defaultdict(int)
    for (days, _until), changed in zip(spans, changes, strict=False):
        for keys, change in changed.items():
            numbers[keys] += change
        found += [
            (_build_key(question, days, keys), {NAME: number}) for keys, number in numbers.items() if number
        ]
        if len(found) > MOST_GROUPS:
            break
    return found


def _iterate_spans(question: ReportQuestion) -> Iterator[tuple[list[date], datetime]]:
    """The days by which each span is named, and its end: that of the period if it is earlier."""
    steps = [dimension.step for dimension in question.by if dimension.step]
    day, end = _get_first_day(question.period), _get_period_end(question.period)
    while day and _get_utc_midnight(day) < end:
        days = [get_first_day(day, step) for step in steps]
        day = min(get_next_period_start(first, step) for first, step in zip(days, steps, strict=True))
        yield days, min(_get_utc_midnight(day), end)


def _get_first_day(period: ReportPeriod) -> date | None:
    """None if no lead has ever been in a status with a time limit."""
    earliest = [
        StatusMove.objects.filter(to_status=status.pk).order_by("entered").values_list("entered")[:1]
        for status in get_limited_statuses()
    ]
    found = [entered for rows in earliest for (entered,) in rows]
    if not found:
        return None
    return max(filter(None, [timezone.localdate(min(found)), period.first]))


class _CountBefore(Func):
    """How many of these moments are before another one."""

    function = "width_bucket"
    output_field = IntegerField()

    def __init__(self, moment: Any, ends: Sequence[datetime]) -> None:
        super().__init__(moment, Value(list(ends), output_field=ArrayField(DateTimeField())))


class _RowForEach(Func):
    """A row for each of the values."""

    template = "unnest(ARRAY[%(expressions)s])"
    set_returning = True
    output_field = IntegerField()


def _read_events(
    question: ReportQuestion, viewer: User, ends: Sequence[datetime], found_rows: Found
) -> list[tuple[int, int, Key]]:
    """At which of the ends how many stays of a group begin to be too long, or cease to be; at most one more than twice
    MOST_GROUPS."""
    due = Case(
        *(
            When(to_status=status.pk, then=F("entered") + _get_allowed_time(status))
            for status in get_limited_statuses()
        )
    )
    rows = get_counted_stays(question, viewer)[0].filter(_build_too_long_condition(ends[0], ends[-1]))
    rows = rows.annotate(
        begins=_CountBefore(due - INSTANT, ends),
        ceases=Coalesce(_CountBefore(F("left") - INSTANT, ends), len(ends)),
    ).filter(begins__lt=F("ceases"))
    others = [dimension for dimension in question.by if not dimension.step]
    keys = {f"key_{n}": SUBJECT.build_group_expression(dimension, "") for n, dimension in enumerate(others)}
    # Ceasing at the first end is -1, at the next one -2, and after the last one one less than at that.
    event = _RowForEach(F("begins"), -1 - F("ceases"))
    rows = rows.annotate(event=event, **keys).values("event", *keys).annotate(number=Count("pk"))
    rows = rows.order_by().values_list("event", "number", *keys)[: 2 * MOST_GROUPS + 1]
    found = found_rows(rows, lambda: [[*row] for row in rows])
    return [
        (place, number, tuple(key)) if place >= 0 else (-1 - place, -number, tuple(key))
        for place, number, *key in found
    ]


def _build_key(question: ReportQuestion, days: Sequence[date], keys: Key) -> Key:
    """In the order of the fields of the question."""
    own, others = iter(days), iter(keys)
    return tuple(next(own) if dimension.step else next(others) for dimension in question.by)


def get_question_at_end(question: ReportQuestion, keys: Sequence[Any]) -> tuple[ReportQuestion, list[Any]]:
    """The question about the end of this group's days, without them, and what remains of its keys."""
    pairs = list(zip(question.by, keys, strict=False))
    period = question.period
    for dimension, day in pairs:
        if dimension.step:
            first = day if period.first is None else max(day, period.first)
            last = get_next_period_start(day, dimension.step) - timedelta(1)
            last = last if period.last is None else min(last, period.last)
            period = ReportPeriod(period.name, first, last)
    rest = [(dimension, key) for dimension, key in pairs if not dimension.step]
    by = tuple(dimension for dimension, _key in rest)
    return replace(question, by=by, period=period), [key for _dimension, key in rest]


SUBJECT = Subject(
    NAME,
    get_stuck_stays,
    path=PROGRESS,
    own={
        **OF_STAY,
        # That they can be grouped by time; over_time does it.
        **dict.fromkeys(STEPS, F("entered")),
    },
    records="progress",
    empty=_("No leads were over the time limit in this period."),
    over_time=count_over_time,
    at=get_question_at_end,
)
# A lead that is stuck in two weeks is one lead at the end of the period.
PARTS = {NAME: MeasurePart("", Q(), subject=NAME, adds_up=False, at_end=True)}
MEASURES = [
    build_count_measure(
        NAME,
        _("Leads over the time limit"),
        _(
            "Leads in an open status for longer than its time limit of today, at the end of each day, week or month. The total and "
            "groups by other fields are those at the end of the period. What was planned then isn’t known, so leads with a planned "
            "task or meeting count too."
        ),
    ),
]
MEASURED = MeasuredSubject(SUBJECT, PARTS, MEASURES)
