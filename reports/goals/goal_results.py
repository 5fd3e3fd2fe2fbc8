"""What has been reached of goals: the numbers of reports, each counted by its own moment in the month.

One question answers all goals of users for leads, one those for activities, and one those of departments and the company.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from django.http import QueryDict

from accounts.models import User
from crm.fields.conditions.field_filters import ME
from reports.display.tables import TableCell, build_cell
from reports.engine.measures import MEASURE_PARTS, MEASURES
from reports.engine.question import parse_question
from reports.engine.report_answer import ReportAnswer, ReportGroup, get_answer, get_earliest_moment
from reports.goals.goal_month import Month
from reports.models import Goal

# Leads count for their owner, activities for the user who entered them.
BY_OWNER, BY_AUTHOR, BY_DEPARTMENT = "by=owner", "by=author", "by=department"
# The user's own leads, without groups: the numbers that Today has already (reports/start_page.py).
OWN = f"owner={ME}"


def build_period_query(month: Month) -> str:
    return f"period=between&from={month.first}&to={month.last}"


class GoalResults:
    """The numbers of goals in a period, as the viewer sees them. With `own`, all goals are the viewer's."""

    def __init__(self, goals: Iterable[Goal], period: str, viewer: User, *, own: bool = False) -> None:
        self.viewer, self.own = viewer, own
        asked: dict[str, list[str]] = {}
        for goal in goals:
            asked.setdefault(self._get_query(goal), []).append(goal.measure)
        self.answers = {
            query: self._get_answer(f"{period}&basis=happened&{query}", measures)
            for query, measures in asked.items()
        }

    def _get_query(self, goal: Goal) -> str:
        """What finds the number of this goal."""
        if goal.user_id is None:
            return BY_DEPARTMENT
        if MEASURE_PARTS[MEASURES[goal.measure].parts[0]].subject == "activities":
            return BY_AUTHOR
        return OWN if self.own else BY_OWNER

    def _get_answer(self, query: str, measures: Sequence[str]) -> ReportAnswer:
        names = [name for name in Goal.Measure.values if name in measures]
        return get_answer(parse_question(QueryDict(query), self.viewer, measures=names), self.viewer)

    @property
    def problems(self) -> list[str]:
        found = [problem for each in self.answers.values() for problem in each.problems]
        return list(dict.fromkeys(found))

    @property
    def kept(self) -> datetime | None:
        """When the oldest of these numbers were counted; None if all are of now."""
        return get_earliest_moment(*(each.kept for each in self.answers.values()))

    @property
    def as_of(self) -> datetime | None:
        """When the oldest of the stored rows that were counted are from; None for now."""
        return get_earliest_moment(*(each.as_of for each in self.answers.values()))

    @property
    def complete_until(self) -> datetime | None:
        """The moment to which all of these numbers are complete; None for now."""
        return get_earliest_moment(self.as_of, self.kept)

    def get_value(self, goal: Goal) -> Decimal:
        group = self._find_group(goal)
        return Decimal((group.get_value(MEASURES[goal.measure]) if group else None) or 0)

    def get_cell(self, goal: Goal) -> TableCell:
        """With the link to the records behind it."""
        group = self._find_group(goal)
        if group is None:
            return TableCell("")
        return build_cell(self.answers[self._get_query(goal)], group, MEASURES[goal.measure])

    def _find_group(self, goal: Goal) -> ReportGroup | None:
        query = self._get_query(goal)
        found = self.answers[query]
        whose = goal.user_id or goal.department_id
        if found.problems:
            return None
        return found.total if query == OWN or whose is None else found.groups_by_key.get((whose,))
