"""How much of a month has passed: the share of its working days until today, today included.

By the working calendar of the department, for a user that of their first one; the company's is that of all departments. A
month without working days counts by its days.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction

from django.utils import timezone

from accounts.working_time.calendar import Calendars, get_first_departments
from crm.platform.web.request_cache import read_cached
from reports.goals.goal_month import Month
from reports.models import Goal


class Pace:
    def __init__(self, goals: Sequence[Goal], month: Month) -> None:
        self.month, self.today = month, timezone.localdate()
        self.days = [month.first + timedelta(n) for n in range(month.last.day)]
        self.calendars = read_cached("calendars", Calendars) if month.is_current else None
        users = {goal.user_id for goal in goals if goal.user_id}
        self.first_departments = get_first_departments(users) if self.calendars else {}
        self.shares: dict[int | None, Fraction] = {}

    def get_passed_share(self, goal: Goal) -> Fraction:
        """From 0 to 1."""
        if self.calendars is None:
            return Fraction(1 if self.month.is_over else 0)
        department = goal.department_id or self.first_departments.get(goal.user_id or 0)
        if department not in self.shares:
            self.shares[department] = self._compute_share(
                self.calendars.get_for_department(department).is_working_day
            )
        return self.shares[department]

    def _compute_share(self, is_working_day) -> Fraction:
        days = [day for day in self.days if is_working_day(day)] or self.days
        return Fraction(_count_days_until(days, self.today), len(days))


def _count_days_until(days: Iterable[date], last: date) -> int:
    return sum(day <= last for day in days)
