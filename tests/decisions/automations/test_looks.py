"""Which triggers are offered for which records, when an automation looks again, and what it finds after a pause of the worker."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.working_time.calendar import USUAL_WEEK, WorkingCalendar
from automations.definition.trigger_types import TRIGGERS, get_status_column, get_triggers_for
from automations.definition.wait_step import Wait
from automations.models import Automation
from automations.running.clock_days import get_next_look_of
from automations.running.due_records import DueRecord, find_due_records
from automations.running.step_plan import NotReady, check_owner, find_wait
from crm.models import Activity
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead

BUCHAREST = ZoneInfo("Europe/Bucharest")
CALENDAR = WorkingCalendar(USUAL_WEEK, frozenset(), BUCHAREST)
OF_STATUS = {"status_entered", "status_left"}
OF_BOOKINGS = {"booking_made", "booking_moved", "booking_canceled"}
OF_MAILINGS = {"mailing_answered", "mailing_opened", "mailing_clicked", "mailing_bounced"}
EVERY = set(TRIGGERS)
# The record type, the column of its status, and the triggers that it has not.
OFFERED = {
    "lead": ("status_id", set()),
    "contact": ("", OF_STATUS | OF_BOOKINGS),
    "company": ("", OF_STATUS | OF_BOOKINGS | OF_MAILINGS | {"sequence_ended"}),
    "deal": ("status_id", OF_BOOKINGS | OF_MAILINGS | {"sequence_ended"}),
    "request": ("state", OF_BOOKINGS | {"sequence_ended"}),
}


@pytest.mark.parametrize(("name", "column", "missing"), [(name, *case) for name, case in OFFERED.items()])
def test_which_triggers_are_offered(name, column, missing):
    kind = KINDS[name]
    assert get_status_column(kind) == column
    assert EVERY - {found.code for found in get_triggers_for(kind)} == missing


def test_a_trigger_that_needs_a_status_and_is_for_some_records_is_offered_to_those_with_both():
    both = replace(TRIGGERS["status_left"], kinds=("lead", "contact"))
    offered = {name for name in OFFERED if both.is_offered_for(KINDS[name])}
    assert offered == {"lead"}


def at(day: int, clock: str) -> datetime:
    """In November 2026; the 26th is a Thursday."""
    return datetime.combine(date(2026, 11, day), time.fromisoformat(clock), BUCHAREST)


def by_clock(trigger: str, **values: Any) -> Automation:
    return Automation(table_of="lead", trigger=trigger, trigger_values={"time": "08:00", **values})


# The automation, whether it is on, and when it looks again on Thursday at nine.
LOOKS: dict[str, tuple[Automation, bool, datetime | None]] = {
    "daily": (by_clock("daily", on="each_day"), True, at(27, "08:00")),
    "later today": (by_clock("daily", on="each_day", time="09:30"), True, at(26, "09:30")),
    "at this moment": (by_clock("daily", on="each_day", time="09:00"), True, at(27, "09:00")),
    "turned off": (by_clock("daily", on="each_day"), False, None),
    "for meetings, which are looked for all the time": (
        by_clock("meeting_time", number=1, unit="hours", side="before"), True, None,
    ),
    "not by the clock": (Automation(table_of="lead", trigger="added"), True, None),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(("automation", "on", "moment"), LOOKS.values(), ids=LOOKS)
def test_when_an_automation_looks_again(automation, on, moment, bob, monkeypatch):
    with operation("test", by=None):
        User.objects.filter(pk=bob.pk).update(time_zone="Europe/Bucharest")
    monkeypatch.setattr(timezone, "now", lambda: at(26, "09:00").astimezone(UTC))
    automation.owner, automation.turned_on = User.objects.get(pk=bob.pk), on
    assert get_next_look_of(automation) == moment


# On which days a daily automation acts, from when until when no one looked, and the day for which it acts.
DAYS: dict[str, tuple[str, datetime, datetime, date | None]] = {
    "one day": ("each_day", at(25, "08:00"), at(26, "08:00"), date(2026, 11, 26)),
    "before its time": ("each_day", at(25, "08:00"), at(26, "07:59"), None),
    "several days, of which the last one counts": (
        "all",
        at(20, "08:00"),
        at(26, "09:00"),
        date(2026, 11, 26),
    ),
    "on a Sunday": ("each_day", at(21, "08:00"), at(22, "08:00"), date(2026, 11, 22)),
    "on a Sunday, on working days": ("working_days", at(21, "08:00"), at(22, "08:00"), None),
    "until a Sunday, on working days": ("working_days", at(19, "08:00"), at(22, "09:00"), date(2026, 11, 20)),
}


@pytest.mark.django_db
@pytest.mark.parametrize(("on", "after", "until", "day"), DAYS.values(), ids=DAYS)
def test_for_which_day_a_daily_automation_acts_after_a_pause(on, after, until, day, make_lead):
    lead = make_lead()
    found = find_due_records(by_clock("daily", on=on), CALENDAR, after, until)
    assert found == ([DueRecord(lead.pk, day.isoformat(), day)] if day else [])


@pytest.mark.django_db
def test_a_look_finds_what_became_due_since_the_last_one(ann, make_lead):
    leads = [make_lead() for _number in range(2)]
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[0].pk).update(next_action_on=date(2026, 11, 25), next_action="Call")
        Activity.objects.create(
            of="lead",
            record=leads[1].pk,
            type="meeting",
            outcome="planned",
            at=at(26, "00:30"),
            created_by=ann,
        )
    by_date = by_clock("date", field="next_action_on", side="after", days=1)
    found = find_due_records(by_date, CALENDAR, at(24, "08:00"), at(27, "07:00"))
    assert [(one.record, one.since) for one in found] == [(leads[0].pk, date(2026, 11, 25))]
    assert find_due_records(by_date, CALENDAR, at(26, "08:00"), at(27, "07:00")) == []
    before = by_clock("meeting_time", number=1, unit="hours", side="before")
    found = find_due_records(before, CALENDAR, at(25, "23:00"), at(25, "23:30"))
    assert [(one.record, one.since) for one in found] == [(leads[1].pk, date(2026, 11, 25))]
    # It has begun.
    assert find_due_records(before, CALENDAR, at(25, "23:00"), at(26, "00:30")) == []
    assert find_due_records(before, CALENDAR, at(25, "23:30"), at(26, "00:00")) == []


@pytest.mark.django_db
def test_the_owner_of_an_automation_is_active_and_may_do_its_steps(ann, bob):
    plain = Automation(table_of="lead", steps=[])
    check_owner(plain, bob)
    bob.is_active = False
    with pytest.raises(NotReady) as inactive:
        check_owner(plain, bob)
    assert inactive.value.reason == Automation.OffReason.OWNER_INACTIVE
    ann.granted_permissions = ann.granted_permissions - {"leads.view_lead"}
    with pytest.raises(NotReady) as missing:
        check_owner(plain, ann)
    assert missing.value.reason == Automation.OffReason.OWNER_PERMISSIONS


# The steps, W for a wait, and the number of the wait that counts.
WAITS = {"": None, "a": None, "W": None, "aW": None, "aWb": 1, "Wb": 0, "aWbWc": 1, "abW": None, "WW": 0}


@pytest.mark.parametrize(("steps", "number"), WAITS.items())
def test_the_first_wait_counts_unless_nothing_comes_after_it(steps, number):
    wait = Wait(1, "hours", None)
    found = find_wait([wait if one == "W" else object() for one in steps])
    assert found == (None if number is None else (number, wait))
