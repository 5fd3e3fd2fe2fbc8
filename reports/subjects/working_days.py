"""The working days of reps as a subject of reports, and what they did per working day.

They are counted from the calendar and have no records behind them: the days of the working calendar of the rep's first department
until today, without holidays and the rep's absences, from the day when the rep was added until they were deactivated.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Absence, User
from accounts.users.active_spans import get_active_spans
from accounts.working_time.calendar import Calendars, get_first_departments
from accounts.working_time.working_days import DaySpan, WorkingDays
from crm.platform.web.request_cache import read_cached
from reports.engine.dimensions import STEPS
from reports.engine.measures import Measure, MeasurePart, Text, Unit, divide_or_none
from reports.engine.question import ReportQuestion
from reports.engine.report_periods import ReportPeriod
from reports.engine.reps import get_reps
from reports.models import LeadProgress
from reports.subjects.subject import MeasuredSubject, Subject

NAME = "working_days"
Days = dict[int, Decimal | None]


def compute_working_days(question: ReportQuestion, viewer: User) -> Mapping[tuple[Any, ...], dict[str, Any]]:
    """By rep, or of all reps together without groups."""
    days = get_days_of_reps(question.period, viewer)
    if question.by:
        return {(rep,): {NAME: number} for rep, number in days.items()}
    return {(): {NAME: sum(filter(None, days.values()), Decimal(0))}}


def get_days_of_reps(period: ReportPeriod, viewer: User) -> Days:
    """By the ID of each rep who was a user in the period; None if it isn't recorded until when."""
    name = f"working days for {viewer.pk}: {period.first} {period.last}"
    return read_cached(name, lambda: _count_days_of_reps(period, viewer))


def _count_days_of_reps(period: ReportPeriod, viewer: User) -> Days:
    reps = get_reps(viewer)
    today = timezone.localdate()
    last = min(period.last or today, today)
    first = period.first or min((timezone.localdate(rep.joined_at) for rep in reps), default=last)
    if not reps or last < first:
        return {}
    asked, spans = DaySpan(first, last), get_active_spans(reps)
    away = _get_absences([rep.pk for rep in reps], asked)
    departments, calendars = get_first_departments(rep.pk for rep in reps), Calendars()
    days: dict[int | None, WorkingDays] = {}
    found: Days = {}
    for rep in reps:
        department, own = departments.get(rep.pk), spans[rep.pk]
        if department not in days:
            days[department] = WorkingDays(calendars.get_for_department(department), asked)
        if own is None:
            found[rep.pk] = None
        elif any(span.first <= last and span.last >= first for span in own):
            found[rep.pk] = days[department].count(own, away.get(rep.pk, []))
    return found


def _get_absences(users: list[int], asked: DaySpan) -> dict[int, list[DaySpan]]:
    found: dict[int, list[DaySpan]] = {}
    rows = Absence.objects.filter(user__in=users).overlapping(asked.first, asked.last)
    for user, first, last in rows.values_list("user", "first", "last"):
        found.setdefault(user, []).append(DaySpan(first, last))
    return found


def _get_no_rows(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    return LeadProgress.objects.none(), None


def _build_per_day(part: str, unit: Unit, label: Text, definition: Text, behind: str = "") -> Measure:
    return Measure(
        f"{part}_per_day",
        label,
        definition,
        unit,
        tuple(dict.fromkeys((NAME, part, behind or part))),
        behind or part,
        lambda values: divide_or_none(values[part] or 0, values[NAME]),
        reason_without=_("No working days in this period"),
    )


MEASURES = [
    Measure(
        NAME,
        _("Working days"),
        _(
            "Working days of the rep in the period until today, today included: by the working hours and holidays of their first "
            "department, without their absences. A day with at most half the hours of the longest one is half a day. A rep who "
            "was added in the period counts from that day on, one who was deactivated until that day."
        ),
        Unit.WORKDAYS,
        (NAME,),
        "",
        lambda values: values[NAME],
        reason_without=_("It isn’t recorded when this user was deactivated"),
    ),
    _build_per_day(
        "given", Unit.RATIO, _("Given per day"), _("Leads given in the period, divided by working days.")
    ),
    _build_per_day(
        "contacted",
        Unit.RATIO,
        _("Contacted per day"),
        _("Leads that were contacted in the period, divided by the working days of their present owner."),
    ),
    _build_per_day(
        "won",
        Unit.RATIO,
        _("Won per day"),
        _("Leads that were won in the period, divided by the working days of their present owner."),
    ),
    _build_per_day(
        "revenue",
        Unit.MONEY,
        _("Revenue per day"),
        _("Revenue of the period, divided by the working days of the leads’ present owner."),
        "won",
    ),
    _build_per_day(
        "activities",
        Unit.RATIO,
        _("Activities per day"),
        _("Activities of the rep in the period on all records, divided by working days."),
        "activities_of_leads",
    ),
]
SUBJECT = Subject(
    NAME,
    _get_no_rows,
    # By no field of leads, and not by time.
    own={"rep": F("owner"), **dict.fromkeys(STEPS)},
    empty=_("No reps in this period."),
    compute=compute_working_days,
)
MEASURED = MeasuredSubject(SUBJECT, {NAME: MeasurePart("day", Q(), subject=NAME)}, MEASURES)
