"""Leads whose status isn't the one that they had when the period began, each once: with that status and the present one.

The stays in statuses are recorded, so what was undone isn't among them, and a lead that is back where it was hasn't changed.
"""

from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from crm.platform.web.day_start import get_day_start
from leads.models import Status
from reports.engine.question import ReportQuestion
from reports.engine.report_periods import EARLIEST, ReportPeriod
from reports.models.counted_rows import PROGRESS
from reports.subjects.moves import get_counted_stays

CLOSED = (Status.Kind.WON, Status.Kind.LOST, Status.Kind.DISQUALIFIED)
GONE = (Status.Kind.LOST, Status.Kind.DISQUALIFIED)


def get_beginning(period: ReportPeriod) -> datetime:
    """The moment that is compared with now: when the first day began."""
    return get_day_start(period.first or date(EARLIEST, 1, 1))


def get_changed_leads(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    """Of each lead the first stay that began since then; its `from_status` is the status before, empty for a new lead."""
    since = get_beginning(question.period)
    stays, as_of = get_counted_stays(question, viewer)
    earlier = stays.model.objects.filter(
        progress=OuterRef("progress"), undone=False, entered__gte=since, pk__lt=OuterRef("pk")
    )
    return stays.filter(~Exists(earlier), entered__gte=since), as_of


NEW = Q(from_status=None)
MOVED = ~NEW & ~Q(from_status=F(f"{PROGRESS}status"))
IS_WON = Q(**{f"{PROGRESS}status__kind": Status.Kind.WON})
IS_LOST = Q(**{f"{PROGRESS}status__kind__in": GONE})
IS_OPEN = Q(**{f"{PROGRESS}status__kind__in": Status.OPEN})
WON = IS_WON & (NEW | ~Q(from_status__kind=Status.Kind.WON))
LOST = IS_LOST & (NEW | ~Q(from_status__kind__in=GONE))
REOPENED = IS_OPEN & Q(from_status__kind__in=CLOSED)
