"""Which recorded change of an activity, a booked meeting or a sequence wakes an automation for the record: that of its own row, while
others beside it would."""

from typing import Any, NamedTuple

import pytest

from automations.definition.trigger_types import waking_changes_queryset
from automations.models import Automation
from automations.running.woken_records import get_woken_records
from bookings.models import Booking, BookingPage
from crm.models import Activity, Change, Operation
from crm.records.history.verb_execution import operation
from intake.forms.questions import FormQuestion
from intake.models import Submission, WebForm
from leads.models import Source
from sequences.models import Enrollment
from tests.sequences.sequencing import build_step, make_sequence, start

pytestmark = pytest.mark.django_db

ADDED: dict[str, Any] = {"kind": "insert"}
MEETING: dict[str, Any] = {"type": "meeting", "outcome": "planned"}
EMAIL: dict[str, Any] = {"type": "email", "outcome": "received"}
CALL: dict[str, Any] = {"type": "call", "outcome": "reached"}


def diff(**fields: Any) -> dict[str, Any]:
    return {"kind": "update", "fields": fields}


OVER = diff(outcome=["planned", ""])
MOVED, CANCELED = diff(at=["2026-12-01", "2026-12-02"]), diff(deleted_at=[None, "2026-12-01"])


class Case(NamedTuple):
    """A trigger with its values, the activity that is changed, and its change."""

    trigger: str
    activity: dict[str, Any]
    change: dict[str, Any]
    wakes: bool
    values: dict[str, Any] = {}
    booked: bool = False


CASES = {
    "a call": Case("activity", CALL, ADDED, True),
    "a call of the chosen type": Case("activity", CALL, ADDED, True, {"type": "call"}),
    "a meeting, for calls": Case("activity", MEETING, ADDED, False, {"type": "call"}),
    "an email isn't logged": Case("activity", EMAIL, ADDED, False),
    "a private call": Case("activity", CALL | {"private": True}, ADDED, False),
    "a call on another type of record": Case("activity", CALL | {"of": "company"}, ADDED, False),
    "a call that is changed": Case("activity", CALL, diff(outcome=["missed", "reached"]), False),
    "an email in": Case("email_received", EMAIL, ADDED, True),
    "an email out": Case("email_received", EMAIL | {"outcome": "sent"}, ADDED, False),
    "an automatic reply": Case("email_received", EMAIL | {"outcome": "automatic"}, ADDED, False),
    "a call isn't an email": Case("email_received", CALL | {"outcome": ""}, ADDED, False),
    "a private email": Case("email_received", EMAIL | {"private": True}, ADDED, False),
    "an email on another type of record": Case("email_received", EMAIL | {"of": "company"}, ADDED, False),
    "an email that is moved": Case("email_received", EMAIL, diff(record=[1, 2]), False),
    "a planned meeting is over": Case("meeting_held", MEETING, OVER, True),
    "a no-show came after all": Case("meeting_held", MEETING, diff(outcome=["no_show", ""]), True),
    "a meeting that was held is planned": Case("meeting_held", MEETING, diff(outcome=["", "planned"]), False),
    "a planned meeting becomes a no-show": Case(
        "meeting_held", MEETING, diff(outcome=["planned", "no_show"]), False
    ),
    "a meeting is logged afterwards": Case("meeting_held", MEETING, ADDED, False),
    "a held meeting has another subject": Case("meeting_held", MEETING, diff(subject=["a", ""]), False),
    "a call that was planned": Case("meeting_held", CALL, OVER, False),
    "a private meeting is over": Case("meeting_held", MEETING | {"private": True}, OVER, False),
    "a meeting on another type of record is over": Case(
        "meeting_held", MEETING | {"of": "company"}, OVER, False
    ),
    "a no-show": Case("no_show", MEETING, diff(outcome=["planned", "no_show"]), True),
    "a no-show that came after all": Case("no_show", MEETING, diff(outcome=["no_show", ""]), False),
    "a no-show of a call": Case("no_show", CALL, diff(outcome=["planned", "no_show"]), False),
    "a meeting is booked": Case("booking_made", MEETING, ADDED, True, booked=True),
    "a meeting is planned, but not booked": Case("booking_made", MEETING, ADDED, False),
    "a private meeting is booked": Case(
        "booking_made", MEETING | {"private": True}, ADDED, False, booked=True
    ),
    "a booked meeting is moved": Case("booking_moved", MEETING, MOVED, True, booked=True),
    "a meeting that wasn't booked is moved": Case("booking_moved", MEETING, MOVED, False),
    "a booked meeting isn't moved by its subject": Case(
        "booking_moved", MEETING, diff(subject=["", "a"]), False, booked=True
    ),
    "a booked meeting is added, not moved": Case("booking_moved", MEETING, ADDED, False, booked=True),
    "a booked meeting is canceled": Case("booking_canceled", MEETING, CANCELED, True, booked=True),
    "a meeting that wasn't booked is deleted": Case("booking_canceled", MEETING, CANCELED, False),
    "a canceled meeting is restored": Case(
        "booking_canceled", MEETING, diff(deleted_at=["2026-12-01", None]), False, booked=True
    ),
    "a canceled meeting is canceled at another time": Case(
        "booking_canceled", MEETING, diff(deleted_at=["2026-12-01", "2026-12-02"]), False, booked=True
    ),
    "a booked meeting is moved, not canceled": Case("booking_canceled", MEETING, MOVED, False, booked=True),
}


@pytest.fixture
def add_activity(ann, make_lead):
    """add_activity(values, booked=True): an activity on a lead of its own."""

    def add(values: dict[str, Any], *, booked: bool = False) -> Activity:
        lead = make_lead()
        given = {"of": "lead", "record": lead.pk, "created_by": ann, **values}
        if given.pop("private", False):
            given["private_to"] = ann
        with operation("test", by=None):
            made = Activity.objects.create(at="2026-12-01T10:00Z", **given)
            if booked:
                form, page = _get_page(ann, lead)
                sent = Submission.objects.create(form=form, state="lead", address="", nonce=str(made.pk))
                Booking.objects.create(page=page, submission=sent, activity=made, zone="UTC")
        return made

    return add


def _get_page(ann: Any, lead: Any) -> tuple[WebForm, BookingPage]:
    form = WebForm.objects.first()
    if form is None:
        asked, given = [FormQuestion("email", required=True).as_json()], {"name": "Some", "slug": "some"}
        source = Source.objects.order_by("pk")[0]
        form = WebForm.objects.create(department=lead.department, source=source, questions=asked, **given)
        BookingPage.objects.create(form=form, people=[ann.pk], **given)
    return form, BookingPage.objects.get()


def make_automation(owner: Any, trigger: str, values: dict[str, Any]) -> Automation:
    with operation("test", by=None):
        return Automation.objects.create(
            name=trigger, owner=owner, table_of="lead", trigger=trigger, trigger_values=values
        )


def find_woken(automation: Automation, table: str, row: int, change: dict[str, Any]) -> list[int]:
    record = Operation.objects.create(kind="test")
    Change.objects.create(operation=record, row=row, version=1, table=table, **change)
    woken = get_woken_records(record, [automation]).get(automation.pk, [])
    rows = waking_changes_queryset(automation, Change.objects.filter(operation=record))
    assert rows.exists() is bool(woken)
    return woken


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_which_change_of_an_activity_wakes_an_automation(case, add_activity, ann):
    # Each of these alone would do.
    for one in (CALL, EMAIL, MEETING):
        add_activity(one, booked=True)
    activity = add_activity(case.activity, booked=case.booked)
    found = make_automation(ann, case.trigger, case.values)
    woken = find_woken(found, "activity", activity.pk, case.change)
    assert woken == ([activity.record] if case.wakes else [])
    # Only the changes of activities count, whatever has the same number.
    assert find_woken(found, "task", activity.pk, case.change) == []


class End(NamedTuple):
    """What an automation waits for, how the sequence ended, and in whose operation the record was put into it."""

    values: dict[str, Any]
    change: dict[str, Any]
    wakes: bool
    started_by: str = ""


FINISHED, REPLIED = diff(state=["running", "finished"]), diff(state=["running", "stopped"], stop_reason=["", "replied"])  # fmt: skip
ENDS = {
    "finished": End({}, FINISHED, True),
    "stopped": End({}, REPLIED, True),
    "going on again": End({}, diff(state=["stopped", "running"]), False),
    "stopped after it had finished": End({}, diff(state=["finished", "stopped"]), False),
    "another column": End({}, diff(author_id=[1, 2]), False),
    "started": End({}, ADDED, False),
    "of the sequence": End({"sequence": "own"}, FINISHED, True),
    "of another sequence": End({"sequence": "other"}, FINISHED, False),
    "the reason": End({"reason": "replied"}, REPLIED, True),
    "another reason": End({"reason": "meeting"}, REPLIED, False),
    "finished, for a reason": End({"reason": "replied"}, FINISHED, False),
    "all steps are done": End({"reason": "finished"}, FINISHED, True),
    "stopped before all steps are done": End({"reason": "finished"}, REPLIED, False),
    "the automation itself started it": End({}, FINISHED, False, "itself"),
    "another automation started it": End({}, FINISHED, True, "other"),
}


@pytest.mark.parametrize("case", ENDS.values(), ids=ENDS)
def test_which_end_of_a_sequence_wakes_an_automation(case, ann, make_lead):
    own = make_sequence("Own", build_step("call", title="Call"))
    other = make_sequence("Other", build_step("call", title="Call"))
    lead, beside = (make_lead(email=f"{name}@example.cz", owner=ann) for name in ("a", "b"))
    start(own, ann, lead)
    start(other, ann, beside)
    numbers = {"own": own.pk, "other": other.pk}
    values = {name: numbers.get(value, value) for name, value in case.values.items()}
    found, another = make_automation(ann, "sequence_ended", values), make_automation(ann, "added", {})
    by_name = {"itself": found.pk, "other": another.pk}
    # The other record was put into its sequence by this automation.
    started = {lead.pk: by_name.get(case.started_by), beside.pk: found.pk}
    for record, automation in started.items():
        parameters = {"automation": automation} if automation else {}
        made = Operation.objects.create(kind="start_sequence", parameters=parameters)
        with operation("test", by=None):
            Enrollment.objects.filter(record=record).update(started=made.pk)
    enrollment = Enrollment.objects.get(record=lead.pk)
    woken = find_woken(found, "enrollment", enrollment.pk, case.change)
    assert woken == ([lead.pk] if case.wakes else [])
    assert find_woken(found, "activity", enrollment.pk, case.change) == []
