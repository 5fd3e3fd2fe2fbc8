"""Automations by the clock: who is due, once for each occasion, and nothing of what was due before they were turned on."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.working_time.calendar import Calendars
from automations.models import Automation, AutomationClock, AutomationRun, WakingOperation
from automations.running import waking_queue
from automations.running.waking_queue import run_due_clock
from crm.models import Activity, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from leads import verbs
from leads.models import Lead
from tests.automations.automating import Result, make_automation, outcomes_of, work, written_by

pytestmark = pytest.mark.django_db

DATE = {
    "trigger": "date",
    "trigger_values": {"field": "next_action_on", "side": "before", "days": 2, "time": "08:00"},
}
QUIET = {"trigger": "quiet", "trigger_values": {"quiet": 2, "time": "08:00"}}
DAILY = {"trigger": "daily", "trigger_values": {"on": "each_day", "time": "08:00"}}
OVERDUE = {"trigger": "task_overdue", "trigger_values": {"days": 1, "time": "08:00"}}


def look(now: datetime) -> None:
    """The looks of all automations until this moment."""
    with transaction.atomic():
        while run_due_clock(now):
            pass


def on(user: Any, day: date, hour: int = 8) -> datetime:
    return Calendars().get_for_user(user).get_moment(day, time(hour))


def today(user: Any) -> date:
    return timezone.localdate(timezone=user.zone)


def set_task(lead: Lead, day: date, user: Any) -> None:
    carry_out(
        verbs.Edit({"next_action": "Call", "next_action_on": day}), Lead.objects.filter(pk=lead.pk), by=user
    )


def set_field(ann: Any, lead: Lead, name: str, value: Any) -> None:
    carry_out(verbs.Edit({name: value}), Lead.objects.filter(pk=lead.pk), by=ann)


def test_a_date_that_comes_near_is_acted_on_once(ann, make_lead):
    automation = make_automation("Near", ann, **DATE)
    day = today(ann) + timedelta(days=5)
    lead, other = make_lead(), make_lead()
    set_task(lead, day, ann)
    set_task(other, day + timedelta(days=1), ann)
    look(on(ann, day - timedelta(days=2)) - timedelta(minutes=1))
    assert outcomes_of(automation) == []
    for _number in range(2):
        look(on(ann, day - timedelta(days=2)))
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]
    [record] = written_by(automation)
    assert (record.channel, record.by, record.parameters["waking"]) == ("automation", ann, 0)
    run = AutomationRun.objects.get()
    assert (run.waking, run.occasion) == (0, f"{day} next_action_on before 2")


def test_a_changed_date_is_a_new_occasion_and_the_same_date_is_not(ann, make_lead):
    automation, lead = make_automation("Near", ann, **DATE), make_lead()
    day = today(ann) + timedelta(days=5)
    set_task(lead, day, ann)
    look(on(ann, day - timedelta(days=2)))
    # The clock is set back, as if the holidays had changed: the log knows that it was done.
    AutomationClock.objects.update(looked_at=timezone.now(), next_at=timezone.now())
    look(on(ann, day - timedelta(days=2)))
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]
    set_task(lead, day + timedelta(days=3), ann)
    look(on(ann, day + timedelta(days=1)))
    assert [pk for pk, _outcome in outcomes_of(automation)] == [lead.pk, lead.pk]


def test_a_date_that_passed_before_the_automation_was_turned_on_is_left_alone(ann, make_lead):
    lead = make_lead()
    set_task(lead, today(ann) + timedelta(days=1), ann)
    automation = make_automation("Near", ann, **DATE)
    look(on(ann, today(ann) + timedelta(days=9)))
    assert outcomes_of(automation) == []


def test_what_became_due_while_no_worker_ran_is_done_when_one_is_back(ann, make_lead):
    automation, leads = make_automation("Near", ann, **DATE), [make_lead() for _number in range(3)]
    for number, lead in enumerate(leads):
        set_task(lead, today(ann) + timedelta(days=4 + number), ann)
    look(on(ann, today(ann) + timedelta(days=9)))
    assert sorted(outcomes_of(automation)) == [(lead.pk, Result.ACTED) for lead in leads]


def test_turning_off_and_on_starts_the_clock_again(ann, make_lead):
    automation, lead = make_automation("Near", ann, **DATE), make_lead()
    day = today(ann) + timedelta(days=5)
    set_task(lead, day, ann)
    later = on(ann, day)
    with operation("test", by=None):
        Automation.objects.update(turned_on=False)
    assert not AutomationClock.objects.exists()
    look(later)
    with operation("test", by=None):
        Automation.objects.update(turned_on=True)
    AutomationClock.objects.update(looked_at=later, next_at=later)
    look(later + timedelta(days=1))
    assert outcomes_of(automation) == []


def test_an_edit_of_the_trigger_starts_the_clock_again_and_a_new_name_does_not(ann):
    automation = make_automation("Near", ann, **DATE)
    then = timezone.now() - timedelta(days=3)
    AutomationClock.objects.update(looked_at=then, next_at=then)
    with operation("test", by=None):
        Automation.objects.update(name="Nearer")
    assert AutomationClock.objects.get().looked_at == then
    with operation("test", by=None):
        Automation.objects.update(trigger_values={**automation.trigger_values, "days": 4})
    assert AutomationClock.objects.get().looked_at > then


@pytest.mark.parametrize("type_of", ["date", "moment"])
def test_a_custom_date_is_a_date_too(ann, make_field, make_lead, type_of):
    field = make_field("Renewal", type=type_of)
    values = {"field": field.name, "side": "after", "days": 1, "time": "08:00"}
    automation, lead = make_automation("After", ann, trigger="date", trigger_values=values), make_lead()
    make_lead()
    day = today(ann) + timedelta(days=3)
    value = day if type_of == "date" else on(ann, day, 23)
    set_field(ann, lead, field.name, value)
    look(on(ann, day))
    assert outcomes_of(automation) == []
    look(on(ann, day + timedelta(days=1)))
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]


def test_a_date_field_that_is_gone_turns_the_automation_off(ann):
    values = {"field": "c999999", "side": "on", "days": 0, "time": "08:00"}
    automation = make_automation("After", ann, trigger="date", trigger_values=values)
    look(on(ann, today(ann) + timedelta(days=2)))
    automation.refresh_from_db()
    assert automation.off_reason == Automation.OffReason.CONDITIONS
    assert not AutomationClock.objects.exists()


def get_quiet_day(user: Any, number: int) -> date:
    """The day on which what last happened today is so many whole working days ago."""
    return Calendars().get_for_user(user).add_working_days(today(user), number + 1)


def test_a_record_is_quiet_once_for_each_quiet_time(ann, make_lead):
    automation, lead = (
        make_automation("Hello", ann, ("add_note", {"text": "Still there?"}), **QUIET),
        make_lead(),
    )
    look(on(ann, get_quiet_day(ann, 2)) - timedelta(minutes=1))
    assert outcomes_of(automation) == []
    for days in (0, 1, 5, 12):
        look(on(ann, get_quiet_day(ann, 2)) + timedelta(days=days))
    # What the automation did, a note, is no end of the quiet time.
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]


HAPPENINGS = {
    "a change by a person": lambda lead, by: set_field(by, lead, "zip", "60200"),
    "a note": lambda lead, by: carry_out(
        AddActivity(by, "note", "Spoke"), Lead.objects.filter(pk=lead.pk), by=by
    ),
    "a note that an automation edited": lambda lead, by: (
        carry_out(AddActivity(by, "note", "Spoke"), Lead.objects.filter(pk=lead.pk), by=by),
        _edit_notes_as_automation(),
    ),
    "an undo": lambda lead, by: revert_operation(
        carry_out(verbs.Edit({"zip": "1"}), Lead.objects.filter(pk=lead.pk), by=by).operation, by=by
    ),
    "a change by an automation": lambda lead, by: _edit_as(lead, by, "automation"),
    "a note by an automation": lambda lead, by: carry_out(
        AddActivity(by, "note", "Still there?"), Lead.objects.filter(pk=lead.pk), by=by, channel="automation"
    ),
    "a change by Leadwell itself": lambda lead, by: _edit_as(lead, by, "system"),
    "nothing": lambda lead, by: None,
}
ENDS_NOTHING = (
    "a change by an automation",
    "a note by an automation",
    "a change by Leadwell itself",
    "nothing",
)


def _edit_as(lead: Lead, by: Any, channel: str) -> None:
    carry_out(verbs.Edit({"zip": "60200"}), Lead.objects.filter(pk=lead.pk), by=by, channel=channel)


def _edit_notes_as_automation() -> None:
    with operation("test", by=None, channel="automation"):
        Activity.objects.update(text="Spoke again")


def _age(lead: Lead, days: int) -> None:
    """As if the lead had been added, with its history, so many days ago."""
    then = timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL leadwell.machine = 'on'")
        cursor.execute(
            "UPDATE leads_lead SET created_at = created_at - %s, updated_at = updated_at - %s", [then, then]
        )
        cursor.execute("UPDATE crm_change SET at = at - %s", [then])
        cursor.execute("SET LOCAL leadwell.machine = ''")


@pytest.mark.parametrize("name", HAPPENINGS)
def test_what_counts_as_something_that_happened(ann, make_lead, name):
    """The lead is ten days old; what happens now begins another quiet time, or not."""
    lead = make_lead()
    _age(lead, 10)
    automation = make_automation("Hello", ann, **QUIET)
    HAPPENINGS[name](lead, ann)
    look(on(ann, get_quiet_day(ann, 2)))
    expected = [] if name in ENDS_NOTHING else [(lead.pk, Result.ACTED)]
    assert outcomes_of(automation) == expected


def test_a_planned_meeting_keeps_a_record_from_being_quiet(ann, make_lead, make_activity_at):
    automation, lead = make_automation("Hello", ann, **QUIET), make_lead()
    make_activity_at(lead, timezone.now() + timedelta(days=20))
    look(on(ann, get_quiet_day(ann, 2)))
    assert outcomes_of(automation) == []


@pytest.fixture
def make_activity_at(ann):
    def make(lead: Lead, moment: datetime):
        with operation("test", by=ann):
            return Activity.objects.create(
                of="lead", record=lead.pk, type="meeting", outcome="planned", at=moment, created_by=ann
            )

    return make


def test_a_task_that_is_overdue_wakes_an_automation_for_its_record_once(ann, make_lead):
    automation, lead = make_automation("Late", ann, **OVERDUE), make_lead()
    calendar = Calendars().get_for_user(ann)
    day = calendar.get_next_working_day(today(ann) + timedelta(days=3))
    set_task(lead, day, ann)
    due = calendar.add_working_days(day, 1)
    look(on(ann, due) - timedelta(minutes=1))
    assert outcomes_of(automation) == []
    for days in range(4):
        look(on(ann, due) + timedelta(days=days))
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]


def test_a_task_that_is_done_in_time_is_not_overdue(ann, make_lead):
    automation, lead = make_automation("Late", ann, **OVERDUE), make_lead()
    day = today(ann) + timedelta(days=3)
    set_task(lead, day, ann)
    with operation("test", by=ann):
        Task.objects.update(done_at=timezone.now())
    look(on(ann, day + timedelta(days=7)))
    assert outcomes_of(automation) == []


def test_a_daily_automation_acts_each_day_and_once_after_days_without_a_worker(ann, make_lead):
    automation = make_automation("Daily", ann, ("add_note", {"text": "Look"}), conditions="vip=yes", **DAILY)
    lead, _other = make_lead(vip=True), make_lead()
    first = today(ann) + timedelta(days=1)
    look(on(ann, first))
    look(on(ann, first, 20))
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]
    look(on(ann, first + timedelta(days=4)))
    assert [run.occasion for run in AutomationRun.objects.order_by("pk")] == [
        f"{first}",
        f"{first + timedelta(days=4)}",
    ]


def test_a_daily_automation_of_working_days_rests_on_the_others(ann, make_lead):
    make_lead()
    values = {"on": "working_days", "time": "08:00"}
    automation = make_automation(
        "Daily", ann, ("add_note", {"text": "x"}), trigger="daily", trigger_values=values
    )
    calendar = Calendars().get_for_user(ann)
    day = today(ann) + timedelta(days=1)
    while calendar.is_working_day(day):
        day += timedelta(days=1)
    AutomationClock.objects.update(looked_at=on(ann, day, 7), next_at=on(ann, day, 7))
    look(on(ann, day, 9))
    assert outcomes_of(automation) == []
    look(on(ann, calendar.get_next_working_day(day)))
    assert len(outcomes_of(automation)) == 1


def test_an_automation_by_the_clock_is_woken_by_no_change(ann, make_lead):
    make_automation("Daily", ann, **DAILY)
    make_lead()
    assert not WakingOperation.objects.exists()


def test_records_that_the_owner_does_not_see_are_left_alone(bob, ann, lead_of, departments):
    """Bob sees his own leads."""
    automation = make_automation("Near", bob, **DATE)
    day = today(bob) + timedelta(days=5)
    with operation("test", by=None):
        own, others = lead_of(owner=bob), lead_of(owner=ann, department=departments.export)
        for lead in (own, others):
            lead.next_action_on, lead.next_action = day, "Call"
            lead.save(force_insert=True)
    look(on(bob, day - timedelta(days=2)))
    assert dict(outcomes_of(automation)) == {own.pk: Result.ACTED, others.pk: Result.UNSEEN}


def test_what_the_clock_did_is_undone_as_a_whole(ann, make_lead):
    automation = make_automation("Daily", ann, ("add_task", {"title": "Call", "days": "1"}), **DAILY)
    lead = make_lead()
    look(on(ann, today(ann) + timedelta(days=1)))
    [record] = written_by(automation)
    revert_operation(record, by=ann)
    assert not Task.objects.present().filter(record=lead.pk).exists()
    look(on(ann, today(ann) + timedelta(days=1), 23))
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]


def test_a_fault_is_not_tried_again_the_same_day(ann, make_lead, monkeypatch):
    automation = make_automation("Daily", ann, **DAILY)
    lead = make_lead()

    def fail(*told):
        raise ZeroDivisionError

    monkeypatch.setattr(waking_queue, "run_automation", fail)
    look(on(ann, today(ann) + timedelta(days=1)))
    look(on(ann, today(ann) + timedelta(days=1), 12))
    assert outcomes_of(automation) == [(lead.pk, Result.FAULT)]


def test_the_worker_looks_at_the_clock_in_its_turns(ann, make_lead):
    automation, lead = make_automation("Daily", ann, **DAILY), make_lead()
    then = timezone.now() - timedelta(days=1, minutes=1)
    AutomationClock.objects.update(looked_at=then, next_at=then)
    work()
    assert outcomes_of(automation) == [(lead.pk, Result.ACTED)]
