"""One step of a sequence for several records with one author, with everything that it writes, in one operation."""

import time
from collections.abc import Sequence as Sequenced
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.working_time.calendar import Calendars
from crm.models import Operation, Task, Template
from crm.records.history.operation_results import Outcome, write_operation_result
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from crm.work.models.activity import Activity
from mailings.content.rule_letters import Wording
from sequences.models import ComingStep, EditedEmail, Enrollment, EnrollmentStep, Sequence, SequenceStep
from sequences.running.daily_limit import split_by_room
from sequences.running.enrollment_ends import end_enrollments, finish_enrollments
from sequences.running.judgment import UNSENT, judge_enrollments
from sequences.running.schedule import plan_next_steps
from sequences.verbs.run_sequence import RunSequence
from sequences.verbs.start_sequence import SEQUENCE
from sequences.verbs.step_verbs import AddSequenceTask, SendSequenceEmail

# The parameter of the operation: the key of the step.
STEP = "step"
# What waits for an email that hasn't gone out, or for a template, is asked again so much later.
ASKED_AGAIN = timedelta(minutes=10)
Reason = Enrollment.StopReason
# Why a sequence ends for a record that a step couldn't be done for. Other reasons only skip the step.
ENDS = {
    "no_email_address": Reason.NO_ADDRESS,
    "email_unsubscribed": Reason.UNSUBSCRIBED,
    "email_suppressed": Reason.SUPPRESSED,
    "email_repeated": Reason.ADDRESS_TAKEN,
    "not_changeable": Reason.AUTHOR_MAY_NOT,
    "hidden": Reason.AUTHOR_MAY_NOT,
    "user_sees_not": Reason.AUTHOR_MAY_NOT,
    "binned": Reason.DELETED,
    "gone": Reason.DELETED,
    "erased": Reason.ERASED,
}


@dataclass
class DueStep:
    """Running enrollments of one sequence and one author whose step with this key is due, in the order in which they became due."""

    sequence: Sequence
    author: User
    key: str
    enrollments: list[Enrollment]

    @property
    def ids(self) -> list[int]:
        return [one.pk for one in self.enrollments]

    def keep(self, ids: Any) -> None:
        self.enrollments = [one for one in self.enrollments if one.pk in set(ids)]


def run_step(due: DueStep, calendars: Calendars) -> None:
    """Do the step for all of them; or only end and put off those that don't go on, and leave the others to the next turn. So a turn
    that locks records has locked no enrollment before, and people who stop sequences wait in the same order."""
    now = timezone.now()
    step = due.sequence.find_step(due.key)
    if step is None:
        # It was removed a moment ago; what comes next is worked out in the next turn.
        ComingStep.objects.filter(enrollment__in=due.ids).update(key="", due_at=now)
        return
    verdicts = judge_enrollments(due.ids)
    end_enrollments({pk: verdict for pk, verdict in verdicts.items() if verdict != UNSENT})
    put_off([pk for pk, verdict in verdicts.items() if verdict == UNSENT], now)
    if verdicts:
        return
    senders: dict[int, str] = {}
    if step.is_email and due.enrollments:
        senders, late = split_by_room(due.enrollments, due.author, due.sequence.route, calendars, now)
        for number, pk in enumerate(late):
            # A thousandth of a second apart, so they keep their order.
            moment = late[pk] + timedelta(milliseconds=number)
            ComingStep.objects.filter(enrollment=pk).update(due_at=moment)
        due.keep(senders)
    if due.enrollments:
        _write_step(due, step, senders, calendars, now)


def put_off(ids: Sequenced[int], now: datetime) -> None:
    ComingStep.objects.filter(enrollment__in=ids).update(due_at=now + ASKED_AGAIN)


def _write_step(
    due: DueStep, step: SequenceStep, senders: dict[int, str], calendars: Calendars, now: datetime
) -> None:
    begun, table = time.monotonic(), due.sequence.table_of
    records = sorted(one.record for one in due.enrollments)
    model: Any = KINDS[table].model
    verb = _build_step_verb(due, step)
    with operation(
        RunSequence.kind,
        table=table,
        by=due.author,
        channel=Operation.Channel.AUTOMATION,
        parameters={SEQUENCE: due.sequence.pk, STEP: step.key},
        matched=len(records),
    ) as record:
        _follow_addresses(due.enrollments, model)
        rows = model.objects.present().changeable_by(due.author)
        outcome = carry_out(verb, rows, by=due.author, wanted=records, joined=record)
        refused = _get_reasons_by_record(outcome, records)
        _write_log(due, step, senders, verb.added, refused, record)
        if outcome.changed:
            write_operation_result(record, [outcome], begun)
    if not outcome.changed:
        # As with any verb, an operation that changes nothing isn't kept.
        record.delete()
    ends = {one.pk: ENDS[refused[one.record]] for one in due.enrollments if refused.get(one.record) in ENDS}
    end_enrollments(ends)
    waiting = [one.pk for one in due.enrollments if refused.get(one.record) == "template_gone"]
    put_off(waiting, now)
    left = Enrollment.objects.running().filter(pk__in=set(due.ids).difference(waiting))
    finish_enrollments(plan_next_steps(list(left.select_related("sequence", "author")), calendars))


def _build_step_verb(due: DueStep, step: SequenceStep) -> Any:
    table = due.sequence.table_of
    if not step.is_email:
        kinds = {SequenceStep.Kind.CALL: Task.Type.CALL, SequenceStep.Kind.TASK: Task.Type.TO_DO}
        task = {
            "of": table,
            "title": step.title,
            "description": step.note,
            "type": kinds[SequenceStep.Kind(step.kind)],
            "due_on": timezone.localdate(timezone=due.author.zone),
            "user": due.author,
        }
        return AddSequenceTask(due.author, task)
    templates = Template.objects.active().of_type(Template.Type.EMAIL).shared()
    records = {one.pk: one.record for one in due.enrollments}
    kept = EditedEmail.objects.filter(enrollment__in=records, key=step.key)
    edited = {records[one.enrollment_id]: Wording(one.subject, one.text) for one in kept}
    parents = find_thread_parents(records) if step.in_thread else {}
    template = templates.filter(pk=step.template).first()
    return SendSequenceEmail(due.author, table, template, due.sequence.route, edited, parents)


def find_thread_parents(records: dict[int, int]) -> dict[int, Activity]:
    """The last email that was sent to each record in its sequence, by the ids of the records, which are given by those of the
    enrollments. Records without one aren't in it."""
    log = EnrollmentStep.objects.filter(enrollment__in=records, activity__isnull=False).in_order()
    written = dict(log.values_list("activity", "enrollment"))
    sent = Activity.objects.present().filter(pk__in=written, outcome=Activity.Delivery.SENT)
    # The later one of an enrollment is the one that stays.
    return {records[written[one.pk]]: one for one in sent.select_related("envelope").order_by("pk")}


def _follow_addresses(enrollments: Sequenced[Enrollment], model: Any) -> None:
    """Whose email address was corrected meanwhile goes on with the new one."""
    known = dict(
        model.objects.filter(pk__in=[one.record for one in enrollments]).values_list("pk", "email_key")
    )
    for one in enrollments:
        key = known.get(one.record, "")[:254]
        if key and key != one.email_key:
            Enrollment.objects.filter(pk=one.pk).update(email_key=key)


def _get_reasons_by_record(outcome: Outcome, records: Sequenced[int]) -> dict[int, str]:
    """Why the step wasn't done, by the ids of the records. Those that the author no longer sees have no id in the outcome."""
    found = {pk: code for code, ids in outcome.refused.items() for pk in ids}
    known = {*outcome.changed, *found}
    return found | {pk: "hidden" for pk in records if pk not in known}


def _write_log(
    due: DueStep,
    step: SequenceStep,
    senders: dict[int, str],
    added: dict[int, int],
    refused: dict[int, str],
    record: Operation,
) -> None:
    Outcomes = EnrollmentStep.Outcome  # noqa: N806 - the class of the choices
    rows = []
    for one in due.enrollments:
        code = refused.get(one.record, "")
        if code in ("template_gone", "sequence_ended"):
            continue
        row = EnrollmentStep(enrollment=one, key=step.key, reason=code, outcome=Outcomes.SKIPPED)
        if not code:
            row.written = record.pk
            row.outcome = Outcomes.EMAIL if step.is_email else Outcomes.TASK
            row.sender = senders.get(one.pk, "")
            setattr(row, "activity" if step.is_email else "task", added[one.record])
        rows.append(row)
    EnrollmentStep.objects.bulk_create(rows)
