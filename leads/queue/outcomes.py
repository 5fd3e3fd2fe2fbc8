"""The outcomes that a lead in the queue can have, by the category of its status, and what each of them does.

An outcome logs a call, completes or puts off the tasks that are due, moves the lead to the first allowed status of a
category, or several of these. Those that move may ask for fields (leads/forms.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.working_time.calendar import Calendars
from crm.work.models.activity import Activity
from crm.work.tasks.snooze import NEXT_WEEK, TOMORROW
from leads.models import Lead, QueueRules, Status
from leads.queue.waiting_leads import get_local_today
from leads.statuses import reference_tables

Call, Kind = Activity.Outcome, Status.Kind
# The day that `get_retry_day` calculates.
RETRY = "retry"


@dataclass(frozen=True)
class QueueOutcome:
    """A call is logged if `call` has its outcome. `until` puts off the tasks that are due, or adds the task `task`; without it
    they are completed. A retry comes after `days` working days. `to` are categories of statuses: the lead moves to the first status of the first of them that it may
    move to, which is `status`. An outcome that `must_move` isn't offered without one."""

    code: str
    label: str | Promise
    hint: str | Promise
    call: str = ""
    until: str = ""
    task: str | Promise = ""
    to: tuple[str, ...] = ()
    must_move: bool = False
    status: Status | None = None
    days: int = 0

    @property
    def is_about_tasks(self) -> bool:
        """Whether it does nothing but complete the tasks or put them off."""
        return not (self.call or self.to)

    @property
    def button_label(self) -> str:
        """On its button."""
        if self.until == RETRY:
            words = ngettext(
                "No answer, retry next working day", "No answer, retry in %(days)s working days", self.days
            )
            return words % {"days": self.days}
        if self.status is None or not self.must_move:
            return str(self.label)
        return _now("Move to %(status)s") % {"status": self.status.label}


REACHED = QueueOutcome(
    "reached", _("Reached"), _("Logs the call and completes the tasks that are due."), call=Call.REACHED
)
FIRST_REACHED = replace(
    REACHED,
    hint=_("Logs the call, completes the tasks that are due, and marks a new lead as contacted."),
    to=(Kind.CONTACTED,),
)
NO_ANSWER = QueueOutcome(
    "no_answer",
    _("No answer"),
    _("Logs the call and plans the next one."),
    call=Call.NO_ANSWER,
    until=RETRY,
)
WRONG_NUMBER = QueueOutcome(
    "wrong_number",
    _("Wrong number"),
    _("Logs the call and moves due tasks to tomorrow, or adds a task to find the right number."),
    call=Call.WRONG_NUMBER,
    until=TOMORROW,
    task=_("Find the right number"),
)
LATER = QueueOutcome(
    "tomorrow",
    _("Tomorrow"),
    _("Reschedules due tasks for tomorrow, or adds a task if none is due."),
    until=TOMORROW,
)
NEXT = QueueOutcome(
    "next_week",
    _("Next week"),
    _("Reschedules due tasks for next Monday, or adds a task if none is due."),
    until=NEXT_WEEK,
)
DONE = QueueOutcome("done", _("Done"), _("Completes the tasks that are due."))
MOVES = _("Moves the lead and completes the tasks that are due.")


def build_moving_outcome(code: str, *to: str) -> QueueOutcome:
    return QueueOutcome(code, "", MOVES, to=to, must_move=True)


QUALIFIED = build_moving_outcome("qualified", Kind.QUALIFIED)
PROPOSAL = build_moving_outcome("proposal", Kind.PROPOSAL)
WON = build_moving_outcome("won", Kind.WON)
LOST = build_moving_outcome("lost", Kind.LOST, Kind.DISQUALIFIED)
DISQUALIFIED = build_moving_outcome("disqualified", Kind.DISQUALIFIED, Kind.LOST)

BY_CATEGORY: dict[str, tuple[QueueOutcome, ...]] = {
    Kind.NEW: (FIRST_REACHED, NO_ANSWER, WRONG_NUMBER, LATER, QUALIFIED, DISQUALIFIED),
    Kind.CONTACTED: (REACHED, NO_ANSWER, WRONG_NUMBER, LATER, QUALIFIED, LOST),
    Kind.QUALIFIED: (REACHED, NO_ANSWER, LATER, NEXT, PROPOSAL, LOST),
    Kind.PROPOSAL: (REACHED, NO_ANSWER, LATER, NEXT, WON, LOST),
}
CLOSED = (DONE, LATER, NEXT)
EVERY = {one.code: one for ones in (*BY_CATEGORY.values(), CLOSED) for one in ones}


def get_outcomes(lead: Lead, rules: QueueRules) -> list[QueueOutcome]:
    """What the lead can be offered, each with its key: the first one has 1. Administrators may turn some off."""
    statuses = reference_tables.get_statuses()
    allowed = [row for row in statuses.values() if can_move_to_status(statuses[lead.status_id], row)]
    found = BY_CATEGORY.get(lead.status.kind, CLOSED)
    found = tuple(outcome for outcome in found if outcome.code not in rules.outcomes_off)
    offered = [replace(outcome, status=get_first_status(outcome.to, allowed)) for outcome in found]
    offered = [replace(one, days=rules.retry_days) if one.until == RETRY else one for one in offered]
    return [outcome for outcome in offered if outcome.status or not outcome.must_move]


def get_outcome(lead: Lead, code: str) -> QueueOutcome | None:
    offered = get_outcomes(lead, QueueRules.get_current())
    return next((outcome for outcome in offered if outcome.code == code), None)


def get_retry_day(user: User, days: int) -> date:
    """The day after so many working days of the user."""
    return Calendars().get_for_user(user).add_working_days(get_local_today(user), days)


def can_move_to_status(current: Status, status: Status) -> bool:
    """Whether a lead may move there from its current status, which is another one of the same pipeline."""
    in_use = not status.retired and not status.pipeline.retired
    return (
        in_use
        and status.pipeline_id == current.pipeline_id
        and status.pk != current.pk
        and current.can_move_to(status)
    )


def get_first_status(categories: Iterable[str], statuses: list[Status]) -> Status | None:
    return next((row for kind in categories for row in statuses if row.kind == kind), None)


def get_optional_outcomes() -> list[tuple[str, str]]:
    """All by code. Of those that move the lead, the name is the category of its new status."""
    return [(code, get_outcome_label(code)) for code in EVERY]


def get_code_groups() -> list[list[str]]:
    return [[outcome.code for outcome in outcomes] for outcomes in (*BY_CATEGORY.values(), CLOSED)]


def get_outcome_label(code: Any) -> str:
    """An outcome of the past, without a lead: one that moved it has the name of the category."""
    outcome = EVERY.get(code)
    if outcome is None:
        return ""
    return str(outcome.label or capfirst(Kind(code).label))
