"""The times that a page offers a visitor: a week from a day, on the clock that they chose."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from heapq import nsmallest
from itertools import groupby
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.free_busy.time_spans import Span
from accounts.models import User
from bookings.free_slots import iterate_free_moments
from bookings.models import BookingPage
from bookings.public.zone_options import render_zone_options
from crm.platform.configuration.time_zones import is_offered_zone

DAY = timedelta(days=1)
WEEK, YEAR = 7 * DAY, 365 * DAY
# How a time is written in addresses and forms.
FORMAT = "%Y-%m-%dT%H:%MZ"
# The parameters of the page itself.
OWN = ("from", "zone", "at")
# How many other times are offered to a visitor whose time was taken.
OTHERS = 12


@dataclass(frozen=True)
class OfferedTime:
    """`value` is the time in addresses and forms, `local` is on the visitor's clock, without a zone: templates show others on that of
    the company."""

    begins: datetime
    zone: ZoneInfo

    @property
    def value(self) -> str:
        return self.begins.strftime(FORMAT)

    @property
    def local(self) -> datetime:
        return self.begins.astimezone(self.zone).replace(tzinfo=None)


@dataclass(frozen=True)
class OfferedWeek:
    """The days with free times; `earlier` and `later` are the first days of the weeks before and after, None beyond the limits.
    `next_day` is the next day with free times after a week without any. `kept` are the other parameters of the address, such as
    those of a campaign."""

    zone: ZoneInfo
    first: date
    days: list[tuple[date, list[OfferedTime]]]
    earlier: date | None
    later: date | None
    next_day: date | None
    kept: dict[str, str]

    @property
    def last(self) -> date:
        return self.first + WEEK - DAY

    @property
    def zone_options(self) -> SafeString:
        return render_zone_options(str(self.zone))

    def build_query(self, first: date | None) -> str:
        return urlencode(self.kept | {"from": first.isoformat(), "zone": str(self.zone)}) if first else ""

    @property
    def earlier_query(self) -> str:
        return self.build_query(self.earlier)

    @property
    def later_query(self) -> str:
        return self.build_query(self.later)

    @property
    def next_query(self) -> str:
        return self.build_query(self.next_day)


def get_visitor_zone(text: str, hosts: Sequence[User]) -> ZoneInfo:
    """The time zone that was chosen; without one, that of the first person."""
    if is_offered_zone(text):
        return ZoneInfo(text)
    return hosts[0].zone if hosts else ZoneInfo("UTC")


def parse_time(text: str) -> datetime | None:
    """None also for a time that no page offers, because it is more than two years away."""
    try:
        found = datetime.strptime(text, FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None
    return found if abs(found - timezone.now()) < 2 * YEAR else None


def get_offered_week(
    request: HttpRequest,
    page: BookingPage,
    hosts: Sequence[User],
    zone: ZoneInfo,
    *,
    without_meeting: int | None = None,
) -> OfferedWeek:
    now = timezone.now()
    soonest = (now + timedelta(hours=page.notice_hours)).astimezone(zone).date()
    farthest = (now + page.days_ahead * DAY).astimezone(zone).date()
    first = min(max(_parse_day(request.GET.get("from", ""), soonest), soonest), max(farthest, soonest))
    period = Span(_get_midnight(first, zone), _get_midnight(first + WEEK, zone))

    def iterate_times(period: Span) -> Iterator[OfferedTime]:
        moments = iterate_free_moments(page, hosts, period, now, without_meeting=without_meeting)
        return (OfferedTime(moment, zone) for moment in moments)

    days = [
        (day, list(times)) for day, times in groupby(iterate_times(period), lambda time: time.local.date())
    ]
    following = None if days else next(iterate_times(Span(period.ends, now + page.days_ahead * DAY)), None)
    earlier = max(first - WEEK, soonest) if first > soonest else None
    later = first + WEEK if first + WEEK <= farthest else None
    next_day = following.local.date() if following else None
    kept = {name: value for name, value in request.GET.dict().items() if name not in OWN}
    return OfferedWeek(zone, first, days, earlier, later, next_day, kept)


def get_other_times(page: BookingPage, begins: datetime, zone: ZoneInfo) -> list[OfferedTime]:
    """The free times nearest to one that was taken, in order."""
    period = Span(begins - WEEK, begins + WEEK)
    moments = iterate_free_moments(page, page.hosts, period, timezone.now())
    nearest = nsmallest(OTHERS, moments, key=lambda moment: (abs(moment - begins), moment))
    return [OfferedTime(moment, zone) for moment in sorted(nearest)]


def _parse_day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _get_midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
