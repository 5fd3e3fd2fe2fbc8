"""Sequences for tests, records in them, and what the worker does."""

from typing import Any

from crm.models import Activity, Template
from crm.records.history.verb_execution import carry_out, operation
from crm.work.emails.email_verbs import write_letters
from leads.models import Lead
from mailings.content.rule_letters import LetterWriter, Wording
from sequences.models import Enrollment, EnrollmentStep, Sequence, SequenceStep
from sequences.verbs import StartSequence


def make_template(name: str = "Welcome", **values: Any) -> Template:
    given = {"subject": "Welcome, {first_name}", "text": "Dear {first_name|customer}. – {me}"} | values
    with operation("test", by=None):
        return Template.objects.create(name=name, type="email", **given)


def make_sequence(name: str = "Follow-up", *steps: SequenceStep, **values: Any) -> Sequence:
    """One that is turned on, for leads, in the name of whoever starts it. Without steps, it is an email and a call."""
    given = steps or (
        SequenceStep("one", "email", template=make_template(f"{name} 1").pk),
        SequenceStep("two", "call", after=2, title="Call them"),
    )
    fields = {
        "table_of": "lead",
        "turned_on": True,
        "sender": "starter",
        "position": Sequence.objects.count(),
        "steps": [step.as_json for step in given],
        **values,
    }
    with operation("test", by=None):
        return Sequence.objects.create(name=name, **fields)


def start(sequence: Sequence, by: Any, *leads: Lead) -> list[Enrollment]:
    outcome = carry_out(
        StartSequence(sequence, by), Lead.objects.filter(pk__in=[one.pk for one in leads]), by=by
    )
    assert outcome.refused == {}
    return list(Enrollment.objects.running().of_sequence(sequence.pk).order_by("pk"))


def write_step_email(
    enrollment: Enrollment, key: str = "one", text: str = "Hello", **values: Any
) -> Activity:
    """The email of a step, as the worker writes it."""
    record = Lead.objects.get(pk=enrollment.record)
    letter = LetterWriter(enrollment.author, "own").write_letter(record, Wording("Your question", text))
    with operation("run_sequence", by=enrollment.author, channel="automation"):
        (pk,) = write_letters([(record.pk, letter)], "lead", **{"outcome": "sending"} | values)
    EnrollmentStep.objects.create(enrollment=enrollment, key=key, outcome="email", activity=pk)
    return Activity.objects.with_author().get(pk=pk)
