"""The goals of a month as lines of a table: target, what has been reached, and whether that is on course."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Any

from django.db.models import Func, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext, pgettext_lazy

from accounts.models import User
from crm.fields.percentages import format_share, get_percent
from reports.charts.progress_bar import render_progress_bar
from reports.display.tables import TableCell
from reports.display.value_texts import format_value
from reports.engine.measures import MEASURES
from reports.goals.goal_month import Month
from reports.goals.goal_results import GoalResults, build_period_query
from reports.goals.month_elapsed import Pace
from reports.models import Goal


class GoalState(StrEnum):
    REACHED = "reached"
    ON_COURSE = "on_course"
    BEHIND = "behind"
    MISSED = "missed"
    COMING = "coming"


STATES: dict[GoalState, tuple[str | Promise, str]] = {
    GoalState.REACHED: (pgettext_lazy("of a goal", "Reached"), "positive"),
    GoalState.ON_COURSE: (_lazy("On course"), ""),
    GoalState.BEHIND: (_lazy("Behind"), "warning"),
    GoalState.MISSED: (_lazy("Not reached"), "negative"),
    GoalState.COMING: (_lazy("Not started"), ""),
}


@dataclass(frozen=True)
class GoalLine:
    """`passed` is the share of the month until today, and `expected` that of the target; None in other months than this one."""

    goal: Goal
    value: Decimal
    cell: TableCell
    expected: Decimal | None
    state: GoalState
    passed: Fraction
    may_change: bool = False

    @property
    def measure(self) -> str:
        return str(Goal.Measure(self.goal.measure).label)

    @property
    def target_text(self) -> str:
        return format_goal_value(self.goal, self.goal.target)

    @property
    def reached_text(self) -> str:
        return format_goal_value(self.goal, self.value)

    @property
    def expected_text(self) -> str:
        return "" if self.expected is None else format_goal_value(self.goal, self.expected)

    @property
    def share(self) -> Decimal:
        """In percent, as it is shown: 100 only if the goal is reached."""
        return get_percent(self.value, self.goal.target)

    @property
    def percent_text(self) -> str:
        return format_share(self.value, self.goal.target)

    @property
    def state_text(self) -> str:
        return str(STATES[self.state][0])

    @property
    def tone(self) -> str:
        return STATES[self.state][1]

    @property
    def picture(self) -> Any:
        return render_progress_bar(float(self.share), float(self.passed * 100), self.tone, self._summary)

    @property
    def _summary(self) -> str:
        values = {"percent": self.percent_text, "reached": self.reached_text, "target": self.target_text}
        return _("%(percent)s: %(reached)s of %(target)s") % values


@dataclass(frozen=True)
class GoalLines:
    """Those of one user, department or the company, `title`."""

    title: str
    lines: Sequence[GoalLine]
    is_active: bool


def format_goal_value(goal: Goal, value: Decimal) -> str:
    return format_value(MEASURES[goal.measure], value)


def get_visible_goals(month: Month, viewer: User) -> list[Goal]:
    """The company first, then departments and users by name; the numbers of each in their order."""
    name = Coalesce("user__name", "department__name", Value(""))
    rows = Goal.objects.visible_to(viewer).in_month(month.first).with_names()
    return sorted(rows.annotate(folded=Func(name, function="leadwell_fold")), key=_get_sort_key)


def _get_sort_key(goal: Any) -> tuple[Any, ...]:
    kind = 2 if goal.user_id else 1 if goal.department_id else 0
    measure = Goal.Measure.values.index(goal.measure)
    return (kind, goal.folded, goal.user_id or goal.department_id or 0, measure)


class MonthOfGoals:
    """`problems` are sentences about numbers that can't be computed."""

    def __init__(self, month: Month, viewer: User) -> None:
        self.month = month
        self.goals = get_visible_goals(month, viewer)
        reached, pace = GoalResults(self.goals, build_period_query(month), viewer), Pace(self.goals, month)
        self.problems = reached.problems
        self.as_of, self.kept = reached.as_of, reached.kept
        changeable = set(_changeable_goals_queryset(month, viewer))
        self.lines = [build_goal_line(goal, reached, pace, goal.pk in changeable) for goal in self.goals]

    @property
    def groups(self) -> list[GoalLines]:
        return group_goal_lines(self.lines)


def _changeable_goals_queryset(month: Month, viewer: User) -> Any:
    if not any(viewer.has_perm(Goal.get_right(what)) for what in ("change", "delete")):
        return []
    return Goal.objects.changeable_by(viewer).in_month(month.first).values_list("pk", flat=True)


def group_goal_lines(lines: Sequence[GoalLine]) -> list[GoalLines]:
    found = []
    for _whose, same in groupby(lines, lambda line: (line.goal.user_id, line.goal.department_id)):
        own = list(same)
        goal = own[0].goal
        gone = (goal.user and not goal.user.is_active) or (goal.department and goal.department.retired)
        found.append(GoalLines(goal.label, own, not gone))
    return found


def build_goal_line(goal: Goal, reached: GoalResults, pace: Pace, may_change: bool = False) -> GoalLine:
    value, passed = reached.get_value(goal), pace.get_passed_share(goal)
    current = pace.month.is_current
    expected = _get_expected_value(goal, passed)
    return GoalLine(
        goal=goal,
        value=value,
        cell=reached.get_cell(goal),
        expected=expected if current else None,
        state=_get_state(goal, value, expected, pace.month),
        passed=passed,
        may_change=may_change,
    )


def _get_expected_value(goal: Goal, passed: Fraction) -> Decimal:
    exact = goal.target * passed.numerator / passed.denominator
    return exact.quantize(Decimal("0.01") if goal.is_money else Decimal(1), ROUND_HALF_UP)


def _get_state(goal: Goal, value: Decimal, expected: Decimal, month: Month) -> GoalState:
    if value >= goal.target:
        return GoalState.REACHED
    if month.is_over:
        return GoalState.MISSED
    if not month.is_current:
        return GoalState.COMING
    return GoalState.ON_COURSE if value >= expected else GoalState.BEHIND


def get_goal_definitions(lines: Sequence[GoalLine]) -> list[tuple[str, Any]]:
    """What the numbers mean, and how far a goal should be today."""
    used = [name for name in Goal.Measure.values if any(line.goal.measure == name for line in lines)]
    return [
        *((str(Goal.Measure(name).label), MEASURES[name].definition) for name in used),
        (pgettext("of a goal", "Reached"), REACHED),
        (_("Expected by today"), EXPECTED),
    ]


REACHED = _lazy(
    "Each number counts when it happened: leads in the month in which they were added, qualified or won, activities in the month "
    "of the activity. Leads count for their present owner and department, activities for the user who entered them. Only "
    "records that you can see count."
)
EXPECTED = _lazy(
    "The target times the share of the month’s working days until today, today included. Working days are those of the "
    "department; for a user, of their first department."
)
