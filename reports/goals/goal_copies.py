"""Copies the goals of a month to the next one: those that the user may set and that aren't set there yet."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from crm.models import Operation
from crm.records.editing.settings_change import record_settings_change
from reports.goals.goal_month import Month
from reports.goals.verbs import COPY
from reports.models import Goal

COPIED = ("user_id", "department_id", "measure", "target")


@dataclass(frozen=True)
class CopyResult:
    """How many goals were copied, were already set, and are of deactivated users or retired departments."""

    record: Operation
    copied: int
    already: int
    gone: int

    @property
    def summary(self) -> str:
        sentences = [
            (ngettext("%(number)s goal copied.", "%(number)s goals copied.", self.copied), self.copied),
            (
                ngettext("%(number)s was already set.", "%(number)s were already set.", self.already),
                self.already,
            ),
            (
                ngettext(
                    "%(number)s skipped because its user or department isn’t active anymore.",
                    "%(number)s skipped because their users or departments aren’t active anymore.",
                    self.gone,
                ),
                self.gone,
            ),
        ]
        said = [words % {"number": number} for words, number in sentences if number]
        return " ".join(said) or _("There are no goals in the month before that you can copy.")


def copy_goals_to_month(month: Month, by: User, channel: str = Operation.Channel.WEB) -> CopyResult:
    """From the month before, in one statement; recorded only if at least one was copied."""
    before = _previous_goals_queryset(month, by)
    rows = list(before.for_those_in_use().order_by("pk").values(*COPIED))
    there = _get_goal_keys(month)
    new = [row for row in rows if tuple(row[name] for name in COPIED[:3]) not in there]
    values = {"month": month.first.isoformat(), "copied": len(new)}
    with record_settings_change(COPY, by=by, channel=channel, **values) as record:
        Goal.objects.bulk_create(Goal(month=month.first, **row) for row in new)
    return CopyResult(record, len(new), len(rows) - len(new), before.count() - len(rows))


def has_goals_to_copy(month: Month, by: User) -> bool:
    """Whether a goal of the month before isn't in this one."""
    before, there = _previous_goals_queryset(month, by).for_those_in_use(), _get_goal_keys(month)
    return any(row not in there for row in before.values_list(*COPIED[:3]))


def _previous_goals_queryset(month: Month, by: User) -> Any:
    return Goal.objects.changeable_by(by).in_month(month.shift(-1).first)


def _get_goal_keys(month: Month) -> set[tuple[Any, ...]]:
    return set(Goal.objects.in_month(month.first).values_list(*COPIED[:3]))
