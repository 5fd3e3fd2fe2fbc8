"""Run now, an automation is for the records that are as its trigger says: a table of triggers and of the leads that each selects."""

from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.working_time.calendar import Calendars
from automations.run_now.matching_records import build_selection_query
from automations.run_now.run_preview import find_ids_to_run
from automations.run_now.trigger_state import keep_woken_ones
from automations.running.quiet_records import find_quiet_records
from crm.models import FrozenSet
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from leads.verbs import Edit, Move
from tests.automations.automating import make_automation

pytestmark = pytest.mark.django_db

# Trigger, its values, the leads. Monday, 2026-12-07 at 12:00 is now.
CASES: dict[str, tuple[str, dict[str, Any], set[str]]] = {
    "added": ("added", {}, {"new", "contacted", "vip", "late", "soon"}),
    "gets a status": ("status_entered", {"status": "contacted"}, {"contacted"}),
    "leaves a status": ("status_left", {"status": "contacted"}, {"new", "contacted", "vip", "late", "soon"}),
    "a field changes": ("field_changed", {"field": "vip"}, {"new", "contacted", "vip", "late", "soon"}),
    "a field changes to a value": ("field_changed", {"field": "vip", "to": True}, {"vip"}),
    "a field changes to none": ("field_changed", {"field": "owner", "to": None}, {"new"}),
    "a date comes near": (
        "date",
        {"field": "next_action_on", "side": "before", "days": 3, "time": "08:00"},
        {"soon"},
    ),
    "a date has passed": (
        "date",
        {"field": "next_action_on", "side": "after", "days": 1, "time": "08:00"},
        {"late"},
    ),
    "a task is overdue": ("task_overdue", {"days": 1, "time": "08:00"}, {"late"}),
    "each day": ("daily", {"on": "days", "time": "08:00"}, {"new", "contacted", "vip", "late", "soon"}),
}


@pytest.fixture
def now(ann):
    found = Calendars().get_for_user(User.objects.get(pk=ann.pk))
    return datetime.combine(datetime(2026, 12, 7), time(12), found.zone)


@pytest.fixture
def leads(ann, now, make_lead, statuses):
    """By their last names; each has an owner but one."""
    named = {name: make_lead(name, owner=ann) for name in ("contacted", "vip", "late", "soon")}
    named["new"] = make_lead("new", owner=None)
    for name, verb in {
        "contacted": Move(statuses.contacted),
        "vip": Edit({"vip": True}),
        "late": Edit({"next_action": "Call", "next_action_on": now.date() - timedelta(days=4)}),
        "soon": Edit({"next_action": "Call", "next_action_on": now.date() + timedelta(days=2)}),
    }.items():
        carry_out(verb, Lead.objects.filter(pk=named[name].pk), by=ann)
    return named


@pytest.mark.parametrize(("trigger", "values", "expected"), CASES.values(), ids=CASES.keys())
def test_each_trigger_selects_the_records_that_are_as_it_says(
    ann, now, leads, statuses, trigger, values, expected
):
    if "status" in values:
        values = values | {"status": getattr(statuses, values["status"]).pk}
    automation = make_automation("Some", ann, trigger=trigger, trigger_values=values)
    found = keep_woken_ones(automation, Lead.objects.present(), now)
    assert {name for name, lead in leads.items() if found.filter(pk=lead.pk).exists()} == expected


def test_quiet_records_are_those_to_which_nothing_has_happened_for_at_least_so_long(ann, make_lead):
    lead = make_lead(owner=ann)
    automation = make_automation("Hello", ann, trigger="quiet", trigger_values={"quiet": 2, "time": "08:00"})
    rows = Lead.objects.filter(pk=lead.pk)
    assert not keep_woken_ones(automation, rows).exists()
    for days in (10, 400):
        assert keep_woken_ones(automation, rows, timezone.now() + timedelta(days=days)).exists()


def test_of_a_frozen_set_only_its_own_records_are_looked_at(ann, make_lead):
    quiet, other = make_lead(owner=ann), make_lead(owner=ann)
    frozen = FrozenSet.objects.create(user=ann, table="lead", ids=[quiet.pk], count=1)
    first, end = timezone.now() - timedelta(days=1), timezone.now() + timedelta(days=1)
    kind = KINDS["lead"]
    assert [pk for pk, _at in find_quiet_records(kind, first, end)] == [quiet.pk, other.pk]
    assert [pk for pk, _at in find_quiet_records(kind, first, end, among=frozen)] == [quiet.pk]
    automation = make_automation("Hello", ann, trigger="quiet", trigger_values={"quiet": 2, "time": "08:00"})
    for days, expected in ((0, []), (10, [quiet])):
        now, rows = timezone.now() + timedelta(days=days), Lead.objects.filter(pk=quiet.pk)
        assert list(keep_woken_ones(automation, rows, now, among=frozen)) == expected


def test_the_selection_is_shown_with_what_the_trigger_adds_to_the_conditions(ann, statuses):
    values = {"trigger": "status_entered", "trigger_values": {"status": statuses.contacted.pk}}
    both = make_automation("Both", ann, conditions="country=RO", **values)
    same = make_automation("Same", ann, conditions=f"status={statuses.new.pk}", **values)
    assert build_selection_query(both) == f"country=RO&status={statuses.contacted.pk}"
    assert build_selection_query(same) == f"status={statuses.new.pk}"
    assert build_selection_query(make_automation("Every", ann)) == "all=1"


def test_a_record_that_has_moved_on_since_the_preview_is_left_alone(ann, leads, statuses):
    values = {"trigger": "status_entered", "trigger_values": {"status": statuses.contacted.pk}}
    automation = make_automation("Contacted", ann, **values)
    lead = leads["contacted"]
    frozen = FrozenSet.objects.create(user=ann, table="lead", ids=[lead.pk], count=1)
    user = User.objects.with_rights().get(pk=ann.pk)
    assert find_ids_to_run(automation, frozen, user, skips_acted=False) == [lead.pk]
    carry_out(Move(statuses.qualified), Lead.objects.filter(pk=lead.pk), by=ann)
    assert find_ids_to_run(automation, frozen, user, skips_acted=False) == []
