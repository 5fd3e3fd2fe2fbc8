"""Which leads are in the queue because they didn't come to their last meeting: those for which nothing was done since or is planned."""

from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from crm.models import Activity, Task
from crm.records.history.verb_execution import operation
from leads.models import Lead, QueueRules
from leads.queue.waiting_leads import NO_SHOW_DAYS, get_waiting_leads

pytestmark = pytest.mark.django_db
BEFORE, AFTER, AHEAD = timedelta(days=-3), timedelta(hours=-20), timedelta(days=2)
HOUR = timedelta(hours=1)


class Case(NamedTuple):
    """What else there is of a lead that didn't come to a meeting a day ago: activities as their values, at a time from now on, and
    tasks as the days until they are due, or the hours since they were completed."""

    waits: bool
    activities: tuple = ()
    due: int | None = None
    undated: bool = False
    completed: int | None = None
    meeting: tuple = ()
    status: str = "contacted"
    # Days since the lead got its status.
    stayed: int = 30


def act(kind: str, at: timedelta, outcome: str = "", **values: Any) -> tuple:
    return tuple({"type": kind, "outcome": outcome, "away": at, **values}.items())


CASES = {
    "nothing else": Case(True),
    "a call before": Case(True, (act("call", BEFORE, "reached"),)),
    "a meeting that was held before": Case(True, (act("meeting", BEFORE),)),
    "a call since": Case(False, (act("call", AFTER, "reached"),)),
    "a call since that no one answered": Case(False, (act("call", AFTER, "no_answer"),)),
    "an email since": Case(False, (act("email", AFTER, "sent"),)),
    "an answer since": Case(False, (act("email", AFTER, "received"),)),
    "an email that waits to be sent": Case(False, (act("email", AFTER, "sending"),)),
    "an email that couldn't be sent": Case(True, (act("email", AFTER, "failed"),)),
    "an automatic reply": Case(True, (act("email", AFTER, "automatic"),)),
    "a note since": Case(False, (act("note", AFTER),)),
    "a file since": Case(True, (act("file", AFTER),)),
    "a call that was deleted": Case(True, (act("call", AFTER, "reached", deleted=True),)),
    "another meeting that was held": Case(False, (act("meeting", AFTER),)),
    "another meeting that is planned": Case(False, (act("meeting", AHEAD, "planned"),)),
    "another meeting that goes on": Case(False, (act("meeting", -HOUR, "planned"),)),
    "another no-show since: that one counts": Case(True, (act("meeting", AFTER, "no_show"),)),
    "a task of tomorrow": Case(False, due=1),
    "a task without a day": Case(True, undated=True),
    "a task completed since": Case(False, completed=5),
    "a task completed before": Case(True, completed=60),
    "a task completed when the meeting began": Case(True, completed=24),
    "moved to another status since": Case(False, stayed=0),
    "moved to another status when the meeting began": Case(True, stayed=1),
    "a closed lead": Case(False, status="won"),
    "the meeting was held": Case(False, meeting=(("outcome", ""),)),
    "the meeting was deleted": Case(False, meeting=(("deleted", True),)),
    "the meeting is too long ago": Case(False, meeting=(("away", timedelta(days=-NO_SHOW_DAYS) - HOUR),)),
    "the meeting isn't too long ago yet": Case(
        True, meeting=(("away", timedelta(days=-NO_SHOW_DAYS) + HOUR),)
    ),
    "a call that isn't reached, but a no-show is of meetings only": Case(
        True, (act("call", BEFORE, "no_answer"),)
    ),
}


@pytest.fixture(autouse=True)
def now(monkeypatch):
    """The clock stands still."""
    moment = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: moment)


def add(lead: Lead, **values: Any) -> None:
    given = {"type": "meeting", "outcome": "no_show", "away": -timedelta(days=1), **values}
    at = timezone.now() + given.pop("away")
    deleted = at if given.pop("deleted", False) else None
    Activity.objects.create(of="lead", record=lead.pk, at=at, deleted_at=deleted, **given)


def make_case(case: Case, lead: Lead, bob: Any) -> None:
    with operation("test", by=None):
        add(lead, created_by=bob, **dict(case.meeting))
        for activity in case.activities:
            add(lead, created_by=bob, **dict(activity))
        task = {"of": "lead", "record": lead.pk, "user": bob, "title": "Call"}
        if case.due is not None:
            Task.objects.create(**task, due_on=timezone.localdate() + timedelta(days=case.due))
        if case.undated:
            Task.objects.create(**task)
        if case.completed is not None:
            done = timezone.now() - timedelta(hours=case.completed)
            Task.objects.create(**task, done_at=done, done_by=bob)
        since = timezone.now() - timedelta(days=case.stayed)
        Lead.objects.filter(pk=lead.pk).update(status_since=since)


def get_reasons(user: Any, rules: QueueRules) -> list[str]:
    return [reason.code for place in get_waiting_leads(user, rules) for reason in place.reasons]


# Nothing else puts the lead into the queue.
ALONE = QueueRules(contact_overdue=0, task_overdue=0, contact_today=0, task_today=0, new=0, stuck=0)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_keeps_a_lead_that_did_not_come_in_the_queue(case, make_lead, bob):
    make_case(case, make_lead("Jan Novák", owner=bob, status=case.status), bob)
    assert get_reasons(bob, ALONE) == (["no_show"] if case.waits else [])


def test_it_is_in_the_queue_of_its_owner_whoever_had_the_meeting(make_lead, ann, bob, ben):
    make_case(CASES["nothing else"], make_lead("Jan Novák", owner=bob, status="contacted"), ben)
    assert [get_reasons(user, ALONE) for user in (ann, bob, ben)] == [[], ["no_show"], []]


def test_the_private_meeting_of_a_colleague_puts_no_lead_into_the_queue(make_lead, bob, ben):
    lead = make_lead("Jan Novák", owner=bob, status="contacted")
    make_case(Case(False, meeting=(("private_to", ben),)), lead, ben)
    assert get_reasons(bob, ALONE) == []


def test_the_weight_zero_turns_the_reason_off(make_lead, bob):
    make_case(CASES["nothing else"], make_lead("Jan Novák", owner=bob, status="contacted"), bob)
    assert "no_show" not in get_reasons(bob, QueueRules(no_show=0))
    assert "no_show" in get_reasons(bob, QueueRules())
