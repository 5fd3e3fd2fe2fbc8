"""Which leads wait for a user at 16:32 on the user's clock: those with a task, a first contact that is due, new ones and stuck ones."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from crm.models import Activity, Task
from crm.records.history.verb_execution import operation
from leads.models import Lead, QueueRules, QueueStep, Status
from leads.queue import waiting_leads
from leads.queue.waiting_leads import get_waiting_leads

BUCHAREST = ZoneInfo("Europe/Bucharest")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONG_AGO = datetime(2026, 1, 5, tzinfo=UTC)
OVERDUE, TODAY = ["task_overdue"], ["task_today"]


@pytest.fixture
def now(monkeypatch, bob):
    """16:32 in Bucharest, where Bob is, too."""
    bob.time_zone = "Europe/Bucharest"
    moment = timezone.now().astimezone(BUCHAREST).replace(hour=16, minute=32, second=0, microsecond=0)
    monkeypatch.setattr(timezone, "now", lambda: moment.astimezone(UTC))
    return moment


@pytest.fixture
def write(cast, departments):
    """write(lead, owner="bob", contact_due_at=…): without the triggers that would say otherwise."""

    def written(lead: Lead, **values: Any) -> None:
        if "owner" in values:
            values["owner"] = getattr(cast, values["owner"], None)
        if "department" in values:
            values["department"] = getattr(departments, values["department"])
        with operation("test", by=None):
            Lead.objects.filter(pk=lead.pk).update(**values)

    return written


def reasons_of(user: Any, rules: QueueRules | None = None, **values: Any) -> dict[int, list[str]]:
    places = get_waiting_leads(user, rules or QueueRules(), **values)
    return {place.lead: sorted(code for code, _moment in place.moments) for place in places}


class Case(NamedTuple):
    """A task of Bob's on a contacted lead: its day, counted from today, and its time. `done` is who has finished with the lead today, and
    when that ends."""

    reasons: list[str]
    day: int | None = 0
    at: time | None = None
    task: dict[str, Any] = {}
    lead: dict[str, Any] = {}
    rules: dict[str, int] = {}
    done: tuple[str, timedelta] | None = None


TASKS = {
    "of today": Case(TODAY),
    "of yesterday": Case(OVERDUE, -1),
    "of yesterday evening": Case(OVERDUE, -1, time(23)),
    "of tomorrow": Case([], 1),
    "without a day": Case([], None),
    "of this morning": Case(OVERDUE, 0, time(9)),
    "of this minute": Case(TODAY, 0, time(16, 32)),
    "of the minute before": Case(OVERDUE, 0, time(16, 31)),
    "of this evening": Case(TODAY, 0, time(19)),
    "that is completed": Case([], task={"done_at": timezone.now}),
    "in Trash": Case([], task={"deleted_at": timezone.now}),
    "of a colleague": Case([], task={"user": "ben"}),
    "on a contact with the number of the lead": Case([], task={"of": "contact"}),
    "on a lead in Trash": Case([], lead={"deleted_at": timezone.now}),
    "on a lead that was erased": Case([], lead={"erased_at": timezone.now}),
    "on the first lead of all": Case(TODAY, lead={"pk": 1}),
    "on a closed lead": Case(TODAY, lead={"status": "won"}),
    "on a lead that he may not change": Case([], lead={"owner": "ben"}),
    "on a lead that he has done": Case([], done=("bob", HOUR)),
    "on a lead that he had done until now": Case(TODAY, done=("bob", timedelta())),
    "on a lead that a colleague has done": Case(TODAY, done=("ben", HOUR)),
    "of today, while only overdue tasks are in the queue": Case([], rules={"task_today": 0}),
    "overdue, while only tasks of today are in the queue": Case([], -1, rules={"task_overdue": 0}),
    "overdue, while those alone are in the queue": Case(OVERDUE, -1, rules={"task_today": 0}),
    "of today, while those alone are in the queue": Case(TODAY, rules={"task_overdue": 0}),
    "while no task is in the queue": Case([], -1, rules={"task_today": 0, "task_overdue": 0}),
}


@pytest.mark.parametrize("case", TASKS.values(), ids=TASKS)
def test_a_lead_waits_for_whose_task_is_due(case, now, cast, make_lead, make_task):
    people = vars(cast)
    lead, task = (
        {
            name: people[value] if value in people else value() if callable(value) else value
            for name, value in values.items()
        }
        for values in (case.lead, case.task)
    )
    lead = make_lead(**{"owner": cast.bob, "status": "contacted"} | lead)
    day = None if case.day is None else now.date() + case.day * DAY
    made = make_task("Call", lead, user=task.pop("user", cast.bob), due_on=day, due_time=case.at)
    with operation("test", by=None) as record:
        Task.objects.filter(pk=made.pk).update(**task)
        if case.done:
            name, length = case.done
            QueueStep.objects.create(
                user=people[name], lead=lead.pk, day=now.date(), outcome="reached", operation=record.pk,
                until=now + length,
            )  # fmt: skip
    rules = QueueRules(**case.rules)
    assert reasons_of(cast.bob, rules) == ({lead.pk: case.reasons} if case.reasons else {})


def test_tasks_on_leads_of_colleagues_wait_for_who_may_change_them(now, ann, bob, make_lead, make_task):
    lead = make_lead(owner=bob, status="contacted")
    make_task("Call", lead, user=ann, due_on=now.date())
    assert (reasons_of(ann), reasons_of(bob)) == ({lead.pk: TODAY}, {})


class Stay(NamedTuple):
    """Bob's lead, in a status with a limit of three days for so long; the days of a colleague's task and of a planned meeting, counted
    from today."""

    stuck: bool
    stayed: timedelta = 30 * DAY
    status: dict[str, Any] = {}
    lead: dict[str, Any] = {}
    task: int | None = None
    meeting: int | None = None
    values: dict[str, Any] = {}
    rules: dict[str, int] = {}


STUCK = {
    "for longer than the limit": Stay(True),
    "since the end of the last day": Stay(True, 4 * DAY),
    "for a minute less": Stay(False, 4 * DAY - MINUTE),
    "in a status without a limit": Stay(False, status={"most_days": None}),
    "in a status with a longer limit": Stay(False, status={"most_days": 30}),
    "in a status with a limit of no day": Stay(True, 1 * DAY, status={"most_days": 0}),
    "in a closed status": Stay(False, status={"kind": "lost"}),
    "a colleague's lead": Stay(False, lead={"owner": "ben"}),
    "a lead in Trash": Stay(False, lead={"deleted_at": LONG_AGO}),
    "a lead that was erased": Stay(False, lead={"erased_at": LONG_AGO}),
    "with a task of today": Stay(False, task=0),
    "with a task of tomorrow": Stay(False, task=1),
    "with a task of yesterday": Stay(True, task=-1),
    "with a meeting this evening": Stay(False, meeting=0),
    "with a meeting tomorrow": Stay(False, meeting=1),
    "with a meeting yesterday": Stay(True, meeting=-1),
    "with a meeting that was held already": Stay(True, meeting=1, values={"outcome": ""}),
    "with a meeting in Trash": Stay(True, meeting=1, values={"deleted_at": LONG_AGO}),
    "while a contact with the number of the lead has a meeting": Stay(True, meeting=1, values={"of": "contact"}),
    "while stuck leads are in no queue": Stay(False, rules={"stuck": 0}),
}  # fmt: skip


@pytest.mark.parametrize("case", STUCK.values(), ids=STUCK)
def test_a_lead_waits_if_it_is_stuck(case, now, cast, make_lead, make_task, make_status, write):
    bob, ben = cast.bob, cast.ben
    status = make_status("Waiting", **{"kind": "contacted", "most_days": 3} | case.status)
    reason = {"lost_reason": Lead.lost_reason.get_queryset().first()} if case.status.get("kind") else {}
    lead = make_lead(owner=bob, status=status, **reason)
    # Days of 24 hours, also when the clocks have been changed.
    write(lead, status_since=now.astimezone(UTC) - case.stayed, **case.lead)
    if case.task is not None:
        make_task("Call", lead, user=ben, due_on=now.date() + case.task * DAY)
    if case.meeting is not None:
        values = {"type": "meeting", "of": "lead", "outcome": "planned", **case.values}
        with operation("test", by=None):
            at = now.replace(hour=20) + case.meeting * DAY
            Activity.objects.create(record=lead.pk, at=at, created_by=ben, **values)
    found = reasons_of(bob, QueueRules(**{"contact_overdue": 0, "contact_today": 0, "new": 0} | case.rules))
    assert found == ({lead.pk: ["stuck"]} if case.stuck else {})


def test_each_status_has_its_own_limit(now, bob, make_lead, make_status, write):
    leads = [make_lead(owner=bob, status=make_status(f"Step {days}", most_days=days)) for days in (3, 5, 8)]
    for lead in leads:
        write(lead, status_since=now - 7 * DAY)
    assert reasons_of(bob) == {lead.pk: ["stuck"] for lead in leads[:2]}


def test_without_any_limit_no_lead_is_stuck(now, bob, make_lead, write):
    with operation("test", by=None):
        Status.objects.update(most_days=None)
    write(make_lead(owner=bob, status="contacted"), status_since=now - 900 * DAY)
    assert reasons_of(bob) == {}


def test_the_score_of_a_lead_counts(now, bob, make_lead, write):
    lead, other = (make_lead(owner=bob, vip=True) for _each in range(2))
    write(lead, score=40, contact_due_at=None)
    write(other, contact_due_at=None)
    found = get_waiting_leads(bob, QueueRules())
    assert [(place.lead, place.vip, place.from_score) for place in found] == [
        (lead.pk, True, 40),
        (other.pk, True, 0),
    ]


# When the first contact with a new lead is due, counted from now, and why it waits. New leads themselves aren't in the queue.
CONTACTS: dict[str, tuple[timedelta | None, list[str], dict[str, Any], dict[str, int]]] = {
    "a minute ago": (-MINUTE, ["contact_overdue"], {}, {}),
    "now": (timedelta(), ["contact_overdue"], {}, {}),
    "in a minute": (MINUTE, ["contact_today"], {}, {}),
    "until the last minute of the day": (7 * HOUR + 27 * MINUTE, ["contact_today"], {}, {}),
    "until midnight": (7 * HOUR + 28 * MINUTE, [], {}, {}),
    "at no time": (None, [], {}, {}),
    "a minute ago, but there was a first contact": (-MINUTE, [], {"first_contacted_at": LONG_AGO}, {}),
    "a minute ago, with a colleague's lead": (-MINUTE, [], {"owner": "ben"}, {}),
    "a minute ago, while overdue contacts are in no queue": (-MINUTE, [], {}, {"contact_overdue": 0}),
    "in a minute, while overdue contacts are in no queue": (
        MINUTE,
        ["contact_today"],
        {},
        {"contact_overdue": 0},
    ),
    "a minute ago, while contacts of today are in no queue": (
        -MINUTE,
        ["contact_overdue"],
        {},
        {"contact_today": 0},
    ),
    "a minute ago, while no contacts are in the queue": (
        -MINUTE,
        [],
        {},
        {"contact_overdue": 0, "contact_today": 0},
    ),
}


@pytest.mark.parametrize(("due", "reasons", "values", "rules"), CONTACTS.values(), ids=CONTACTS)
def test_a_lead_waits_if_its_first_contact_is_due(due, reasons, values, rules, now, bob, make_lead, write):
    lead = make_lead(owner=bob)
    write(lead, contact_due_at=due if due is None else now + due, **values)
    assert reasons_of(bob, QueueRules(**{"new": 0} | rules)) == ({lead.pk: reasons} if reasons else {})


def test_the_day_of_a_first_contact_ends_on_the_clock_of_the_user(now, bob, make_lead, write):
    """In Auckland, the next day has begun."""
    lead = make_lead(owner=bob)
    write(lead, contact_due_at=now.replace(hour=0, minute=0) + DAY)
    assert reasons_of(bob, QueueRules(new=0)) == {}
    bob.time_zone = "Pacific/Auckland"
    assert reasons_of(bob, QueueRules(new=0)) == {lead.pk: ["contact_today"]}


# What differs from a new lead of Bob's, and whether it waits because it is new.
NEW: dict[str, tuple[dict[str, Any], dict[str, int], bool]] = {
    "a new lead": ({}, {}, True),
    "a lead in another status": ({"status": "qualified"}, {}, False),
    "a new lead that someone has contacted": ({"first_contacted_at": LONG_AGO}, {}, False),
    "a colleague's lead": ({"owner": "ben"}, {}, False),
    "a lead without an owner": ({"owner": ""}, {}, False),
    "while new leads are in no queue": ({}, {"new": 0}, False),
    "while nothing else is in the queue": (
        {},
        dict.fromkeys(
            ("stuck", "no_show", "contact_overdue", "contact_today", "task_overdue", "task_today"), 0
        ),
        True,
    ),
}


@pytest.mark.parametrize(("values", "rules", "waits"), NEW.values(), ids=NEW)
def test_a_lead_waits_if_it_is_new(values, rules, waits, now, bob, make_lead, write, statuses):
    lead = make_lead(owner=bob)
    given = {"contact_due_at": None} | values
    write(lead, **given | ({"status": getattr(statuses, given["status"])} if "status" in given else {}))
    assert reasons_of(bob, QueueRules(**rules)) == ({lead.pk: ["new"]} if waits else {})


def test_new_leads_of_every_pipeline_wait(now, bob, make_lead, renewals, write):
    leads = [make_lead(owner=bob), make_lead(owner=bob, status=renewals.statuses.get(name="New"))]
    for lead in leads:
        write(lead, contact_due_at=None)
    assert reasons_of(bob) == {lead.pk: ["new"] for lead in leads}


def test_another_viewer_gets_those_that_both_see(now, ann, bob, make_lead, make_task, write):
    here, there, task = (make_lead(owner=bob) for _each in range(3))
    write(there, department="export")
    write(task, department="export", status_id=make_lead(status="contacted").status_id)
    make_task("Call", task, user=bob, due_on=now.date())
    assert {*reasons_of(bob)} == {*reasons_of(bob, viewer=bob)} == {here.pk, there.pk, task.pk}
    assert {*reasons_of(bob, viewer=ann)} == {here.pk}


def test_nothing_waits_where_no_reason_counts(now, bob, make_lead):
    make_lead(owner=bob)
    rules = dict.fromkeys(
        ("stuck", "no_show", "contact_overdue", "contact_today", "task_overdue", "task_today", "new"), 0
    )
    assert reasons_of(bob, QueueRules(**rules)) == {}


@pytest.fixture
def only_two(monkeypatch):
    """As if each reason gave at most two leads."""
    monkeypatch.setattr(waiting_leads, "MOST", 2)
    for name in ("TASKS", "NO_SHOWS"):
        monkeypatch.setattr(waiting_leads, name, getattr(waiting_leads, name).replace("LIMIT 100", "LIMIT 2"))
    monkeypatch.setattr("crm.records.paging.compiled_statements._kept", {})


# When the tasks of three leads are due, and the two leads of which the queue has most.
FIRST_TASKS = {
    "the earliest days": ([(0, None), (-1, None), (-2, None)], [1, 2]),
    "the earliest times of a day": ([(0, time(15)), (0, time(9)), (0, time(12))], [1, 2]),
    "those without a time last": ([(0, None), (0, time(20)), (0, time(12))], [1, 2]),
    "the day before the time": ([(0, time(8)), (-1, time(20)), (-1, None)], [1, 2]),
    "those that were added first": ([(0, time(8))] * 3, [0, 1]),
}


@pytest.mark.parametrize(("tasks", "first"), FIRST_TASKS.values(), ids=FIRST_TASKS)
def test_of_many_tasks_the_first_ones_are_in_the_queue(
    tasks, first, now, only_two, bob, make_lead, make_task
):
    leads = [make_lead(owner=bob, status="won") for _task in tasks]
    for lead, (day, at) in zip(leads, tasks, strict=True):
        make_task("Call", lead, user=bob, due_on=now.date() + day * DAY, due_time=at)
    assert {*reasons_of(bob)} == {leads[place].pk for place in first}


def miss(lead: Lead, at: datetime, by: Any) -> None:
    Activity.objects.create(
        of="lead", record=lead.pk, type="meeting", outcome="no_show", at=at, created_by=by
    )


@pytest.mark.parametrize(
    ("code", "first"), {"new": [2, 0], "stuck": [1, 0], "contact_overdue": [1, 0], "no_show": [1, 0]}.items()
)
def test_of_many_leads_the_most_urgent_are_in_the_queue(
    code, first, now, only_two, bob, make_lead, make_status, write
):
    """New leads are most urgent while they are fresh; all others the longer they wait."""
    kind = "new" if code in ("new", "contact_overdue") else "contacted"
    status = make_status("Waiting", kind=kind, most_days=1 if code == "stuck" else None)
    leads = [make_lead(owner=bob, status=status) for _each in range(3)]
    for lead, days in zip(leads, (5, 8, 3), strict=True):
        since = now - days * DAY
        due = {"contact_due_at": since if code == "contact_overdue" else None}
        write(lead, status_since=since - 20 * DAY if code == "no_show" else since, **due)
        if code == "no_show":
            with operation("test", by=None):
                miss(lead, since, bob)
    rules = {
        name: 0 for name in ("new", "stuck", "contact_overdue", "contact_today", "no_show") if name != code
    }
    assert [place.lead for place in get_waiting_leads(bob, QueueRules(**rules))] == [
        leads[place].pk for place in first
    ]
