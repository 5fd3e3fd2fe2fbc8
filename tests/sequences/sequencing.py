"""Sequences for tests, the worker's turns, and moments of work."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from accounts.models import Absence, User, WorkingHours
from crm.models import Activity, Operation
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from sequences.models import ComingStep, Enrollment, Sequence, SequenceStep
from sequences.running.turns import run_next
from sequences.verbs import StartSequence

MIDNIGHT, LAST_MINUTE = "00:00", "23:59:59"
# No test has as many steps that are due one after the other.
MOST_TURNS = 200


def build_step(kind: str, key: str = "", **values: Any) -> SequenceStep:
    return SequenceStep(key or kind, kind, **values)


def make_sequence(name: str, *steps: SequenceStep, **values: Any) -> Sequence:
    """Turned on, for leads, in the name of whoever starts it, unless the values say otherwise."""
    fields = {
        "table_of": "lead",
        "turned_on": True,
        "sender": Sequence.Sender.STARTER,
        "steps": [step.as_json for step in steps],
        **values,
    }
    with operation("test", by=None):
        return Sequence.objects.create(name=name, **fields)


def start(sequence: Sequence, by: Any, *records: Any, **values: Any) -> Any:
    """The outcome of starting it for these records."""
    model: Any = type(records[0]) if records else Lead
    rows = model.objects.present().changeable_by(by)
    return carry_out(StartSequence(sequence, by, **values), rows, by=by, wanted=[one.pk for one in records])


def work_always() -> None:
    """Every department works at any hour of every day."""
    from accounts.models import Department

    with operation("test", by=None):
        WorkingHours.objects.all().delete()
        WorkingHours.objects.bulk_create(
            WorkingHours(department=one, weekday=day, opens=MIDNIGHT, closes=LAST_MINUTE)
            for one in Department.objects.all()
            for day in range(7)
        )


def work() -> int:
    """The worker's turns until nothing is due; how many there were. A step that stays due fails the test instead of never ending."""
    for turns in range(MOST_TURNS):
        if not run_next():
            return turns
    raise AssertionError(f"Something is still due after {MOST_TURNS} turns.")


def make_due(*enrollments: Enrollment) -> None:
    """As if the time of what they do next had come, without the days before it."""
    past = datetime.now(UTC) - timedelta(minutes=1)
    ComingStep.objects.filter(enrollment__in=[one.pk for one in enrollments]).update(due_at=past)


def send_away(user: User, first: date, last: date) -> Absence:
    return Absence.objects.create(user=user, first=first, last=last)


def receive(record: Any, **values: Any) -> Activity:
    """An email from the person, as a mailbox adds it."""
    fields = {"outcome": "received", "type": "email", "address": record.email, **values}
    with operation("test", by=None):
        return Activity.objects.create(of=record.table, record=record.pk, **fields)


def state_of(record: Any) -> tuple[str, str]:
    """Of its last enrollment."""
    last = Enrollment.objects.of_record(record.table, record.pk).newest_first()[0]
    return last.state, last.stop_reason


def operations_of(kind: str) -> list[Operation]:
    return list(Operation.objects.filter(kind=kind, undoes=None).order_by("pk"))
