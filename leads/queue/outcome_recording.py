"""Recording an outcome or a skip: everything that it changes is one operation, so that one undo reverts all of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.models import User
from crm.models import Operation
from crm.records.history.operation_results import Outcome, write_verdicts
from crm.records.history.verb_execution import Verb, carry_out, operation
from crm.work.activities.verbs import AddActivity
from crm.work.models.activity import Activity
from crm.work.models.task import Task
from crm.work.tasks.snooze import build_snooze_verb
from crm.work.tasks.verbs import AddTask, CompleteTask, RescheduleTask
from leads.models import Lead, QueueHold, QueueStep, Status
from leads.queue import outcomes
from leads.queue.waiting_leads import end_of_today, get_local_now, get_local_today
from leads.verbs import Edit, Take
from leads.verbs.move import get_status_label

WEB = Operation.Channel.WEB


class OutcomeRefused(Exception):
    """The rules don't allow a part of the outcome, so nothing was written. `codes` are the reasons."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(*codes)
        self.codes = codes


class OnQueue:
    """What is written in the queue is known by these verbs; other verbs do the parts of it."""

    icon: ClassVar[str] = "queue"

    @classmethod
    def get_right(cls, model):
        return Lead.get_right("change")


class QueueOutcome(OnQueue, Verb):
    kind = "queue_outcome"
    title = _lazy("Outcome in the queue")

    @classmethod
    def get_label(cls, parameters, kind):
        status, code = parameters.get("status"), parameters.get("outcome")
        label = get_status_label(status) if code in Status.Kind else outcomes.get_outcome_label(code)
        return _("Queue: %(outcome)s") % {"outcome": label}


class QueueSkip(OnQueue, Verb):
    kind = "queue_skip"
    title = _lazy("Skip in the queue")

    @classmethod
    def get_label(cls, parameters, kind):
        return _("Skip in the queue")


class QueueReturn(OnQueue, Verb):
    kind = "queue_return"
    title = _lazy("Bring skipped leads back into the queue")

    @classmethod
    def get_label(cls, parameters, kind):
        return str(cls.title)


@dataclass(frozen=True)
class OutcomeDetails:
    """What the user added to an outcome: a note, the day and the time of the next action, and the values for the new
    status."""

    note: str = ""
    day: date | None = None
    at: time | None = None
    changes: dict[str, Any] | None = None


def record_outcome(
    user: User, lead: Lead, outcome: outcomes.QueueOutcome, said: OutcomeDetails, channel: str = WEB
) -> Operation:
    """Call it with the lead locked. Raises OutcomeRefused if the rules don't allow a part of it."""
    status = outcome.status.pk if outcome.status else None
    parameters = {"outcome": outcome.code, "status": status}
    with _open_operation(QueueOutcome, user, [lead.pk], parameters, channel) as record:
        if lead.owner_id is None and user.has_perm(Lead.get_right("take")):
            _carry_out_part(Take(user), Lead.objects.present().takeable_by(user).filter(pk=lead.pk), record)
        rows = Lead.objects.present().changeable_by(user).filter(pk=lead.pk)
        if outcome.call:
            _carry_out_part(AddActivity(user, Activity.Type.CALL, said.note, outcome.call), rows, record)
        elif said.note:
            _carry_out_part(AddActivity(user, Activity.Type.NOTE, said.note), rows, record)
        if said.changes:
            _carry_out_part(Edit(said.changes), rows, record)
        _plan_tasks(user, lead, outcome, said, rows, record)
        _write_queue_step(user, lead.pk, outcome.code, record)
    return record


def record_skip(user: User, lead: Lead, reason: str, channel: str = WEB) -> Operation:
    """The lead is out of the user's queue until tomorrow, or until its next task of today."""
    with _open_operation(QueueSkip, user, [lead.pk], {"reason": reason}, channel) as record:
        _write_queue_step(user, lead.pk, QueueStep.SKIPPED, record, reason)
    return record


def restore_skipped_leads(user: User, channel: str = WEB) -> Operation | None:
    """The leads that the user has skipped today are in the queue again. None if there are none."""
    steps = QueueStep.objects.of_user(user).on_day(get_local_today(user)).skipped().in_effect(timezone.now())
    leads = sorted(set(steps.values_list("lead", flat=True)))
    if not leads:
        return None
    with _open_operation(QueueReturn, user, leads, {}, channel) as record:
        steps.delete()
    return record


@contextmanager
def _open_operation(
    verb: type[Verb], user: User, leads: list[int], parameters: dict, channel: str
) -> Iterator[Operation]:
    """An operation on these leads, which counts them and nothing else that it changes."""
    number = len(leads)
    with operation(
        verb.kind,
        table=Lead.table,
        by=user,
        channel=channel,
        parameters=parameters,
        matched=number,
        changed=number,
    ) as record:
        yield record
        write_verdicts(record, Outcome(Lead.table, changed=leads))


def _plan_tasks(
    user: User, lead: Lead, outcome: outcomes.QueueOutcome, said: OutcomeDetails, rows: Any, record: Operation
) -> None:
    """The tasks of the user whose time has come are completed or put off; a day that was chosen has a task."""
    own, now = _open_tasks_queryset(user, lead.pk), get_local_now(user)
    tasks, call_backs = list(own.due_by(now).in_order()), list(own.due_later_today(now).in_order())
    if outcome.is_about_tasks and not tasks:
        tasks, call_backs = call_backs, []
    if tasks and not outcome.until:
        _carry_out_part(CompleteTask(user), own.filter(pk__in=[task.pk for task in tasks]), record)
    day = said.day
    if not day and outcome.until == outcomes.RETRY:
        day = outcomes.get_retry_day(user, outcome.days)
    for task in tasks if outcome.until else []:
        later = RescheduleTask(day, said.at) if day else build_snooze_verb(task, outcome.until)
        _carry_out_part(later, Task.objects.filter(pk=task.pk), record)
    # A call that is planned for later today is the next one.
    plans_one = not tasks and (said.day or not call_backs)
    if plans_one if outcome.until else said.day:
        _carry_out_part(_build_next_task(user, lead, outcome, day, said.at), rows, record)


def _build_next_task(
    user: User, lead: Lead, outcome: outcomes.QueueOutcome, day: date | None, at: time | None
) -> AddTask:
    """With a time of day, it is the call that was agreed on."""
    status = outcome.status or lead.status
    title = str(outcome.task or (_("Call back") if at else status.prompt) or _("Call again"))
    planned = build_snooze_verb(Task(user=user), outcome.until)
    due = day or (planned and planned.day)
    return AddTask(
        user, {"title": title, "type": Task.Type.CALL, "due_on": due, "due_time": at, "user": user}
    )


def _open_tasks_queryset(user: User, lead: int) -> Any:
    """The user's open tasks of the lead."""
    rows = Task.objects.present().changeable_by(user).open().for_user(user)
    return rows.of_record(Lead.table, lead)


def _get_return_time(user: User, lead: int) -> datetime:
    """When the lead can be in the queue again: at its next task of today, else tomorrow."""
    task = _open_tasks_queryset(user, lead).due_later_today(get_local_now(user)).in_order().first()
    return datetime.combine(task.due_on, task.due_time, tzinfo=user.zone) if task else end_of_today(user)


def _write_queue_step(user: User, lead: int, outcome: str, record: Operation, reason: str = "") -> None:
    QueueStep.objects.create(
        user=user,
        lead=lead,
        day=get_local_today(user),
        outcome=outcome,
        reason=reason,
        operation=record.pk,
        until=_get_return_time(user, lead),
    )
    # It has an owner now, or is for the next user.
    QueueHold.objects.of_lead(lead).delete()


def _carry_out_part(verb: Any, rows: Any, record: Operation) -> None:
    """A part of the operation, all of it or nothing."""
    outcome = carry_out(verb, rows, by=record.by, joined=record)
    if outcome.refused or not (outcome.changed or outcome.unchanged):
        raise OutcomeRefused([*outcome.refused] or ["not_changeable"])
