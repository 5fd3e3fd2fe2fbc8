"""What an outcome in the queue writes beside its tasks, what a skip leaves, and how both are called in the history."""

from datetime import date, time, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from crm.models import Activity, Task, Verdict
from crm.records.history.verb_execution import operation
from leads.models import Lead, QueueHold, QueueRules, QueueStep
from leads.queue import outcome_recording as recording
from leads.queue.outcome_recording import (
    OutcomeDetails,
    OutcomeRefused,
    QueueOutcome,
    _build_next_task,
    _carry_out_part,
    record_outcome,
    restore_skipped_leads,
)
from leads.queue.outcomes import get_outcomes

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def get_outcome(lead: Lead, code: str) -> Any:
    return next(one for one in get_outcomes(lead, QueueRules()) if one.code == code)


# The outcome and the note of the user, and what is logged: its type, its outcome and its text.
LOGGED = {
    "a call": ("reached", "", [("call", "reached", "")]),
    "a call with a note": ("reached", "Likes it", [("call", "reached", "Likes it")]),
    "a call that no one answered": ("no_answer", "", [("call", "no_answer", "")]),
    "no call, with a note": ("tomorrow", "On holiday", [("note", "", "On holiday")]),
    "no call, without a note": ("tomorrow", "", []),
}


@pytest.mark.parametrize(("code", "note", "logged"), LOGGED.values(), ids=LOGGED)
def test_what_an_outcome_logs(code, note, logged, bob, make_lead, make_task):
    lead = make_lead(owner=bob, status="contacted")
    make_lead(owner=bob, status="contacted")
    make_task("Call", lead, user=bob, due_on=timezone.localdate() - DAY)
    record_outcome(bob, lead, get_outcome(lead, code), OutcomeDetails(note=note))
    found = Activity.objects.order_by("pk").values_list("record", "type", "outcome", "text")
    assert list(found) == [(lead.pk, *one) for one in logged]


# What the hint of an outcome promises: due tasks move to that day, and a lead without one gets a task for it.
PUT_OFF = {"tomorrow": "Reschedules due tasks for tomorrow, or adds a task if none is due.",
           "next_week": "Reschedules due tasks for next Monday, or adds a task if none is due."}  # fmt: skip


@pytest.mark.parametrize("has_task", [True, False])
@pytest.mark.parametrize(("code", "hint"), PUT_OFF.items())
def test_what_is_put_off_reschedules_due_tasks_or_adds_one_as_its_hint_says(
    code, hint, has_task, bob, make_lead, make_task
):
    lead, today = make_lead(owner=bob, status="qualified"), timezone.localdate()
    if has_task:
        make_task("Call", lead, user=bob, due_on=today - DAY)
    outcome = get_outcome(lead, code)
    assert outcome.hint == hint
    record_outcome(bob, lead, outcome, OutcomeDetails())
    (task,) = Task.objects.present().of_record("lead", lead.pk)
    assert (task.title == "Call", task.done_at, task.due_on > today) == (has_task, None, True)


# Whether the lead has an owner and the user may take leads; who owns it afterwards, None if the outcome is refused.
TAKES = ("leads.take_lead",)
OWNERS = {
    "a lead without an owner is taken": ("", True, "bob"),
    "his own lead stays his": ("bob", True, "bob"),
    "a lead without an owner, and he may not take leads": ("", False, None),
    "a colleague's lead": ("ben", True, None),
}


@pytest.mark.parametrize(("owner", "takes", "after"), OWNERS.values(), ids=OWNERS)
def test_whose_a_lead_is_after_an_outcome(owner, takes, after, cast, make_lead):
    bob, owners = cast.bob, {"": None, "bob": cast.bob, "ben": cast.ben}
    lead, other = make_lead(owner=owners[owner], status="contacted"), make_lead(status="contacted")
    QueueHold.objects.create(lead=lead.pk, user=bob, until=timezone.now() + DAY)
    QueueHold.objects.create(lead=other.pk, user=bob, until=timezone.now() + DAY)
    if not takes:
        vars(bob).update(granted_permissions=bob.get_all_permissions() - {*TAKES})
    outcome = get_outcome(lead, "reached")
    if after is None:
        with pytest.raises(OutcomeRefused):
            record_outcome(bob, lead, outcome, OutcomeDetails())
        return
    record = record_outcome(bob, lead, outcome, OutcomeDetails())
    lead.refresh_from_db()
    other.refresh_from_db()
    assert (lead.owner, other.owner) == (owners[after], None)
    assert (record.matched, record.changed) == (1, 1)
    # It is given to no one else any more.
    assert list(QueueHold.objects.values_list("lead", flat=True)) == [other.pk]


# What comes of a part of an outcome, and why the whole is refused then; None if it goes on.
PARTS = {
    "it changes the lead": ({"changed": [7]}, None),
    "the lead is so already": ({"unchanged": [7]}, None),
    "it is refused": ({"refused": {"closed": [7]}}, ["closed"]),
    "it is refused for two reasons": ({"refused": {"closed": [7], "erased": [8]}}, ["closed", "erased"]),
    "it is refused for one of two leads": ({"changed": [7], "refused": {"closed": [8]}}, ["closed"]),
    "the lead isn't there": ({}, ["not_changeable"]),
}


@pytest.mark.parametrize(("result", "codes"), PARTS.values(), ids=PARTS)
def test_an_outcome_is_written_whole_or_not_at_all(result, codes, monkeypatch):
    outcome = SimpleNamespace(**{"changed": [], "unchanged": [], "refused": {}} | result)
    monkeypatch.setattr(recording, "carry_out", lambda *told, **values: outcome)
    record: Any = SimpleNamespace(by=None)
    if codes is None:
        _carry_out_part(None, None, record)
    else:
        with pytest.raises(OutcomeRefused) as refused:
            _carry_out_part(None, None, record)
        assert refused.value.codes == codes


# The outcome, the day and time that the user chose, what the status proposes, and the title and the day of the next call.
MONDAY = date(2026, 6, 1)
CALLS = {
    "as the status proposes": ("reached", MONDAY, None, "Send an offer", "Send an offer", MONDAY),
    "the status proposes nothing": ("reached", MONDAY, None, "", "Call again", MONDAY),
    "at a time that was agreed on": ("reached", MONDAY, time(14), "Send an offer", "Call back", MONDAY),
    "as the outcome says": ("wrong_number", MONDAY, None, "Send an offer", "Find the right number", MONDAY),
    "as the outcome says, at a time": ("wrong_number", MONDAY, time(14), "", "Find the right number", MONDAY),
    "without a day, tomorrow": ("wrong_number", None, None, "", "Find the right number", None),
}


@pytest.mark.parametrize(("code", "day", "at", "prompt", "title", "due"), CALLS.values(), ids=CALLS)
def test_the_next_call(code, day, at, prompt, title, due, bob, make_lead, monkeypatch):
    lead = make_lead(owner=bob, status="contacted")
    outcome = get_outcome(lead, code)
    lead.status.next_action_prompt = prompt
    if outcome.status:
        outcome.status.next_action_prompt = prompt
    planned = _build_next_task(bob, lead, outcome, day, at).task
    tomorrow = timezone.localdate(timezone=bob.zone) + DAY
    assert (planned["title"], planned["due_on"], planned["due_time"]) == (title, due or tomorrow, at)
    assert (planned["type"], planned["user"]) == ("call", bob)


# Steps of the queue: whose, how many days ago, what it was and for how many hours it still is; and whether the lead comes back.
STEPS = {
    "a skipped lead": ("bob", 0, "skipped", 1, True),
    "a lead that a colleague has skipped": ("ben", 0, "skipped", 1, False),
    "a lead with an outcome": ("bob", 0, "reached", 1, False),
    "a lead that is back already": ("bob", 0, "skipped", -1, False),
    "a lead of yesterday": ("bob", 1, "skipped", 1, False),
}


@pytest.mark.parametrize(("whose", "ago", "outcome", "hours", "back"), STEPS.values(), ids=STEPS)
def test_which_skipped_leads_come_back(whose, ago, outcome, hours, back, cast, make_lead):
    lead, today = make_lead(owner=cast.bob), timezone.localdate(timezone=cast.bob.zone)
    with operation("test", by=None) as record:
        QueueStep.objects.create(
            user=getattr(cast, whose), lead=lead.pk, day=today - ago * DAY, outcome=outcome, operation=record.pk,
            until=timezone.now() + timedelta(hours=hours),
        )  # fmt: skip
    restored = restore_skipped_leads(cast.bob)
    assert (restored and (restored.kind, restored.changed)) == (("queue_return", 1) if back else None)
    assert QueueStep.objects.exists() is not back


def test_those_that_come_back_are_in_the_order_of_their_numbers(bob, make_lead):
    ids = [make_lead(owner=bob).pk for _each in range(3)]
    with operation("test", by=None) as record:
        QueueStep.objects.bulk_create(
            QueueStep(
                user=bob, lead=pk, day=timezone.localdate(timezone=bob.zone), outcome="skipped", operation=record.pk,
                until=timezone.now() + DAY,
            )
            for pk in reversed(ids)
        )  # fmt: skip
    assert Verdict.objects.get(operation=restore_skipped_leads(bob)).ids == ids


# What the history says, by the outcome and the category of the status that the lead got.
LABELS = {
    "a call": ("reached", None, "Queue: Reached"),
    "a call that moved the lead": ("reached", "contacted", "Queue: Reached"),
    "a move is called like its status": ("qualified", "qualified", "Queue: Qualified"),
    "one that no longer exists": ("gone", None, "Queue: "),
}


@pytest.mark.parametrize(("code", "status", "label"), LABELS.values(), ids=LABELS)
def test_what_the_history_calls_an_outcome(code, status, label, statuses):
    if status == "qualified":
        # Not like its category.
        with operation("test", by=None):
            type(statuses.qualified).objects.filter(pk=statuses.qualified.pk).update(name="Budget known")
        label = "Queue: Budget known"
    pk = getattr(statuses, status).pk if status else None
    assert QueueOutcome.get_label({"outcome": code, "status": pk}, None) == label
