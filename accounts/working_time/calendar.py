"""When a department or a user works: the one calendar for reminders and everything else that counts working time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Absence, Department, Holiday, Membership, User, WorkingHours
from crm.platform.configuration.company import get_company_zone

Week = dict[int, tuple[time, time]]
USUAL_HOURS = (time(9), time(17))
# Monday to Friday, for departments that haven't set their hours.
USUAL_WEEK: Week = dict.fromkeys(range(5), USUAL_HOURS)
# A calendar without a working day in this time is a mistake.
FARTHEST = timedelta(days=366)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """The hours by weekday (Monday is 0), the days without work, and the time zone of its clock."""

    week: Week
    holidays: frozenset[date]
    zone: ZoneInfo

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.week and day not in self.holidays

    def get_next_working_day(self, day: date) -> date:
        """The first one from this day on; the day itself if there is none in the next year."""
        return next(
            (found for found in _iterate_days(day, day + FARTHEST) if self.is_working_day(found)), day
        )

    def add_working_days(self, day: date, count: int) -> date:
        """The day so many working days later; the day itself for none."""
        for _number in range(count):
            day = self.get_next_working_day(day + DAY)
        return day

    def get_hours(self, day: date) -> tuple[datetime, datetime] | None:
        """The first and the last moment of work, in UTC."""
        if not self.is_working_day(day):
            return None
        opens, closes = self.week[day.weekday()]
        return self.get_moment(day, opens), self.get_moment(day, closes)

    def is_open(self, at: datetime) -> bool:
        hours = self.get_hours(at.astimezone(self.zone).date())
        return hours is not None and hours[0] <= at < hours[1]

    def get_working_time(self, start: datetime, end: datetime) -> timedelta:
        """The working time between two moments."""
        total = timedelta()
        for day in _iterate_days(start.astimezone(self.zone).date(), end.astimezone(self.zone).date()):
            if hours := self.get_hours(day):
                total += max(min(hours[1], end) - max(hours[0], start), timedelta())
        return total

    def add_working_time(self, start: datetime, working: timedelta) -> datetime | None:
        """The moment when so much working time has passed; None if that takes longer than a year."""
        first = start.astimezone(self.zone).date()
        for day in _iterate_days(first, first + FARTHEST):
            if hours := self.get_hours(day):
                begins = max(hours[0], start)
                left = max(hours[1] - begins, timedelta())
                if working <= left:
                    return begins + working
                working -= left
        return None

    def get_next_opening(self, start: datetime) -> datetime | None:
        """The first moment of work from this one on; None if that is more than a year away."""
        instant = timedelta(microseconds=1)
        found = self.add_working_time(start, instant)
        return found - instant if found else None

    def get_moment(self, day: date, clock: time) -> datetime:
        """When the calendar's clock shows this time on this day, in UTC."""
        # In UTC: a difference of two times of one zone ignores a change of its clock. A time that the clock shows twice or
        # skips is the later one of both readings, as in PostgreSQL.
        moment = datetime.combine(day, clock, self.zone)
        return max(moment.astimezone(UTC), moment.replace(fold=1).astimezone(UTC))


class Calendars:
    """The calendars of all departments, read once."""

    def __init__(self) -> None:
        self.weeks: dict[int, Week] = {}
        for row in WorkingHours.objects.in_order():
            self.weeks.setdefault(row.department_id, {})[row.weekday] = (row.opens, row.closes)
        self.holidays: dict[int | None, set[date]] = {}
        for department, day in Holiday.objects.values_list("department", "day"):
            self.holidays.setdefault(department, set()).add(day)

    def get_for_department(self, department: int | None, zone: ZoneInfo | None = None) -> WorkingCalendar:
        """By its ID; without a zone, on the clock of the company."""
        days = self.holidays.get(None, set()) | (
            self.holidays.get(department, set()) if department else set()
        )
        week = self.weeks.get(department or 0, USUAL_WEEK)
        return WorkingCalendar(week, frozenset(days), zone or get_company_zone())

    def get_for_user(self, user: User) -> WorkingCalendar:
        """That of the user's first department, on the user's clock."""
        return self.get_for_department(next(iter(user.department_ids), None), user.zone)


def get_first_departments(users: Iterable[int]) -> dict[int, int]:
    """The department by whose calendar each user works, by their IDs; users without one aren't in it."""
    found = Membership.objects.filter(user__in=users).order_by("-position", "-id")
    return dict(found.values_list("user", "department"))


class Absences:
    """Who is away on a day, and who stands in for them."""

    def __init__(self, day: date) -> None:
        found = (
            Absence.objects.on(day)
            .order_by("-last", "id")
            .values_list("user", "substitute__id", "substitute__is_active")
        )
        self.substitutes: dict[int, int | None] = {}
        for user, substitute, active in found:
            if self.substitutes.get(user) is None:
                self.substitutes[user] = substitute if active else None

    def is_away(self, user: int) -> bool:
        return user in self.substitutes

    def find_substitute(self, user: int) -> int | None:
        """The ID of the user who stands in; if they are away too, of theirs."""
        asked = {user}
        found = self.substitutes.get(user)
        while found is not None and found in self.substitutes:
            if found in asked:
                return None
            asked.add(found)
            found = self.substitutes[found]
        return found


def find_openings(user: User, days: Sequence[date]) -> list[datetime]:
    """When the user begins to work on each of these days or the first working day after it, on the user's clock: at the
    usual hour in a department without working days."""
    calendar = Calendars().get_for_user(user)
    working = [calendar.get_next_working_day(day) for day in days]
    hours = [calendar.week.get(day.weekday(), USUAL_HOURS) for day in working]
    return [
        datetime.combine(day, opens, user.zone) for day, (opens, _closes) in zip(working, hours, strict=True)
    ]


def get_department_week(department: Department) -> Week:
    rows = WorkingHours.objects.of_department(department).in_order()
    return {row.weekday: (row.opens, row.closes) for row in rows} or USUAL_WEEK


def replace_week(department: Department, week: Week) -> None:
    """These weekdays and no others."""
    WorkingHours.objects.of_department(department).delete()
    WorkingHours.objects.bulk_create(
        WorkingHours(department=department, weekday=weekday, opens=opens, closes=closes)
        for weekday, (opens, closes) in sorted(week.items())
    )


def _iterate_days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += DAY
