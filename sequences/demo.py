"""The sequences of the demo company: two that are on, with leads in several states."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from crm.models import Activity, Operation, Template
from crm.platform.configuration.environment import Say
from crm.records.history.verb_execution import carry_out, operation
from crm.work.emails.email_verbs import write_letters
from leads.demo.working_hours import find_working_time
from leads.models import Lead
from mailings.content.rule_letters import LetterWriter, fill_template, read_records_to_fill
from sequences.models import ComingStep, Enrollment, EnrollmentStep, Sequence, SequenceStep
from sequences.models.sequence import build_step_key
from sequences.verbs import StartSequence

Kind, Reason = SequenceStep.Kind, Enrollment.StopReason
TEMPLATES = (
    (
        "First contact",
        "A question about {company|your plans}",
        "Hello {first_name|there},\n\nmay I ask how you handle your sales today?",
    ),
    (
        "Still interested?",
        "",
        "Hello {first_name|there},\n\ndid you have a chance to read my email? I’ll gladly call you.",
    ),
    (
        "After the fair",
        "It was good to meet you",
        "Hello {first_name|there},\n\nthank you for your visit. Shall we find a day for a call?",
    ),
)
# How the sequence ended for the first leads in it, and how many of its steps were done; the others are still in it.
ENDS = ((Reason.REPLIED, 1), (Reason.REPLIED, 2), (Reason.BY_HAND, 1), ("", 3))
IN_FIRST, IN_SECOND = 12, 5


def add_sequences(total: int, say: Say) -> None:
    """Once: a company that has sequences keeps them."""
    if Sequence.objects.exists():
        return
    admin = User.objects.with_rights().get(email="admin@demo.example")
    with operation("install", by=None, channel=Operation.Channel.SYSTEM):
        first, second = _add_sequences()
    leads = list(_find_leads()[: IN_FIRST + IN_SECOND])
    for sequence, ids in ((first, leads[:IN_FIRST]), (second, leads[IN_FIRST:])):
        rows = Lead.objects.present().changeable_by(admin).filter(pk__in=ids)
        carry_out(StartSequence(sequence, admin), rows, by=admin, channel=Operation.Channel.SYSTEM)
    with operation("install", by=None, channel=Operation.Channel.SYSTEM):
        _add_past(first)


def _add_sequences() -> list[Sequence]:
    rows = [
        Template(name=name, type=Template.Type.EMAIL, subject=subject or name, text=text)
        for name, subject, text in TEMPLATES
    ]
    contact, again, fair = Template.objects.bulk_create(rows)
    steps = [
        _build_step(Kind.EMAIL, 0, template=contact.pk),
        _build_step(Kind.CALL, 2, title="Call about the email"),
        _build_step(Kind.EMAIL, 2, template=again.pk),
    ]
    after_fair = [
        _build_step(Kind.EMAIL, 1, template=fair.pk, at="09:30"),
        _build_step(Kind.TASK, 3, title="Look for news about the company"),
        _build_step(Kind.CALL, 1, title="Call about the fair"),
    ]
    return Sequence.objects.bulk_create(
        Sequence(name=name, table_of="lead", turned_on=True, position=place, steps=found)
        for place, (name, found) in enumerate((("First contact", steps), ("After the fair", after_fair)))
    )


def _build_step(kind: str, after: int, **values: Any) -> dict[str, Any]:
    return SequenceStep(build_step_key(), kind, after, **values).as_json


def _find_leads() -> Any:
    rows = Lead.objects.present().open().exclude(email_key="").exclude(owner=None)
    return rows.order_by("-pk").values_list("pk", flat=True)


def _add_past(sequence: Sequence) -> None:
    """What was done for some of the leads, and how it ended for those."""
    now, steps = timezone.now(), sequence.parsed_steps
    rows = list(Enrollment.objects.of_sequence(sequence.pk).running().select_related("author").order_by("pk"))
    leads = {
        lead.pk: lead
        for lead in read_records_to_fill(Lead.objects.filter(pk__in=[row.record for row in rows]))
    }
    for row, (reason, number) in zip(rows, (*ENDS, ("running", 1), ("running", 1)), strict=False):
        started = find_working_time(now - timedelta(days=1 if reason == "running" else 7))
        done = [
            _build_done(row, leads[row.record], step, started + timedelta(days=place))
            for place, step in enumerate(steps[:number])
        ]
        EnrollmentStep.objects.bulk_create(done)
        # The worker works out anew what comes next.
        ComingStep.objects.filter(enrollment=row).update(key="", due_at=now)
        own = Enrollment.objects.filter(pk=row.pk)
        own.update(started_at=started)
        if reason != "running":
            state = Enrollment.State.STOPPED if reason else Enrollment.State.FINISHED
            own.update(state=state, stop_reason=reason, ended_at=started + timedelta(days=number))


def _build_done(row: Enrollment, lead: Lead, step: SequenceStep, at: Any) -> EnrollmentStep:
    if not step.is_email:
        return EnrollmentStep(enrollment=row, key=step.key, done_at=at, outcome=EnrollmentStep.Outcome.TASK)
    wording = fill_template(Template.objects.get(pk=step.template or 0), lead, row.author)
    letter = LetterWriter(row.author, row.sequence.route).write_letter(lead, wording)
    (activity,) = write_letters([(lead.pk, letter)], Lead.table, outcome=Activity.Delivery.SENT, at=at)
    return EnrollmentStep(
        enrollment=row, key=step.key, done_at=at, outcome=EnrollmentStep.Outcome.EMAIL, activity=activity
    )
