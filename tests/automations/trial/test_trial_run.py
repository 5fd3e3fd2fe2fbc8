"""What a trial says that an automation would have done: over recorded changes, by the records of then, without writing to them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from automations.models import Automation, AutomationTrial
from automations.trial.present_conditions import describe_present_conditions
from automations.trial.trial_run import OF_OWNER
from crm.models import Change, Operation
from crm.platform.jobs import JobProblem
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation

pytestmark = pytest.mark.django_db

Trigger = Automation.Trigger


def get_acted_records(trial: AutomationTrial) -> list[int]:
    rows = dict(Change.objects.filter(pk__in=trial.acted).values_list("pk", "row"))
    return [rows[pk] for pk in trial.acted]


def test_leads_that_were_added_are_counted_by_the_conditions_that_they_met_then(
    make_automation, try_out, make_lead, change
):
    """One met them only then, the other one only now."""
    met, unmet = make_lead("Ana Albu", city="Cluj"), make_lead("Jan Novák", city="Brno")
    change(met, city="Brno")
    change(unmet, city="Cluj")
    trial = try_out(make_automation(conditions="city.is=Cluj"))
    assert (trial.woken, trial.unmet, get_acted_records(trial)) == (2, 1, [met.pk])


def test_a_changed_field_wakes_once_for_each_operation_that_changed_it(
    make_automation, try_out, make_lead, change
):
    lead = make_lead(city="Brno")
    change(lead, city="Cluj")
    change(lead, vip=True)
    change(lead, city="Iași")
    automation = make_automation(trigger=Trigger.FIELD_CHANGED, trigger_values={"field": "city"})
    assert get_acted_records(try_out(automation)) == [lead.pk, lead.pk]
    only = make_automation(
        "To Cluj", trigger=Trigger.FIELD_CHANGED, trigger_values={"field": "city", "to": "Cluj"}
    )
    assert get_acted_records(try_out(only)) == [lead.pk]


def test_changes_before_the_period_are_not_tried(make_automation, try_out, make_lead):
    lead = make_lead()
    Change.objects.filter(row=lead.pk).update(at=timezone.now() - timedelta(days=40))
    automation = make_automation()
    assert (try_out(automation, days=30).woken, try_out(automation, days=90).woken) == (0, 1)


def test_undone_edits_and_imports_wake_as_they_would_for_the_worker(
    make_automation, try_out, make_lead, change, ada
):
    lead = make_lead(city="Brno")
    revert_operation(change(lead, city="Cluj"), by=ada)
    automation = make_automation(trigger=Trigger.FIELD_CHANGED, trigger_values={"field": "city"})
    assert try_out(automation).woken == 1
    Operation.objects.filter(kind="edit").update(channel="import")
    assert try_out(automation).woken == 0
    with operation("test", by=None):
        Automation.objects.filter(pk=automation.pk).update(for_imports=True)
    automation.refresh_from_db()
    assert try_out(automation).woken == 1


def test_only_records_that_the_reader_sees_are_tried(make_automation, try_out, make_lead, bob, ben):
    own, _other = make_lead("Ana Albu", owner=bob), make_lead("Jan Novák", owner=ben)
    assert get_acted_records(try_out(make_automation(), bob)) == [own.pk]


def test_what_the_owner_may_not_change_would_be_refused_by_the_scope_of_then(
    make_automation, try_out, make_lead, change, bob, ben
):
    then = make_lead("Ana Albu", owner=bob)
    now = make_lead("Jan Novák", owner=ben)
    change(then, owner=ben)
    change(now, owner=bob)
    trial = try_out(make_automation(owner=bob, steps=[("set", {"field": "city", "value": "Cluj"})]))
    assert get_acted_records(trial) == [then.pk]
    assert (trial.reasons, len(trial.refused)) == ([[OF_OWNER, 1]], 1)


def test_what_is_already_set_would_not_be_changed(make_automation, try_out, make_lead):
    make_lead(city="Cluj"), make_lead(city="Brno")
    trial = try_out(make_automation(steps=[("set", {"field": "city", "value": "Cluj"})]))
    assert (len(trial.acted), trial.unchanged) == (1, 1)


def test_a_lead_in_trash_today_counts_as_it_was_then(make_automation, try_out, make_lead, change):
    lead = make_lead(city="Cluj")
    with operation("test", by=None):
        type(lead).objects.filter(pk=lead.pk).update(deleted_at=timezone.now())
    trial = try_out(make_automation(conditions="city.is=Cluj"))
    assert get_acted_records(trial) == [lead.pk]


def test_a_trial_writes_nothing_but_its_result(make_automation, make_lead, try_out):
    make_lead()
    automation = make_automation()
    before = Change.objects.count(), Operation.objects.count()
    written = []

    def note(execute, sql, *rest):
        if not sql.lstrip().startswith(("SELECT", "WITH", "SAVEPOINT", "RELEASE")):
            written.append(sql.split()[:3])
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        try_out(automation)
    assert all('"automations_automationtrial"' in words for words in written)
    assert (Change.objects.count(), Operation.objects.count()) == before


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"conditions": "c999.is=A"}, "no longer exists"),
        ({"steps": [("tag", {"tags": ["999"]})]}, "no longer exists"),
        ({"steps": [("none such", {})]}, "no longer exists"),
    ],
    ids=["a condition on a field that is gone", "a tag that is gone", "an action that is gone"],
)
def test_an_automation_that_can_not_act_says_why(make_automation, try_out, values, problem):
    with pytest.raises(JobProblem, match=problem):
        try_out(make_automation(**values))


def test_an_inactive_owner_could_not_have_acted(make_automation, try_out, bob):
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    with pytest.raises(JobProblem, match="no longer active"):
        try_out(make_automation(owner=bob))


def test_a_trial_costs_the_same_number_of_queries_for_many_records(
    make_automation, try_out, make_lead, django_assert_max_num_queries
):
    automation = make_automation(conditions="city.is=Cluj")
    for number in range(12):
        make_lead(f"Lead {number}", city="Cluj")
    with django_assert_max_num_queries(16):
        assert len(try_out(automation).acted) == 12


@pytest.mark.parametrize(
    ("conditions", "named"),
    [
        ("city.is=Cluj", []),
        ("country=RO&vip=yes", []),
        ("created=last7", ["added last 7 days"]),
        ("created=between&created_from=2026-01-01", []),
        ("newsletter=receiving", ["newsletter receives newsletters"]),
        ("time_in_status.above=5", ["time in status is more than 5 days"]),
        ("value.above=5", []),
        ("tags=none", []),
        ("any.country=RO&any.created=today", ["added today"]),
        ("any.country=RO&any.city.is=Cluj", []),
        ("created=between&created_from=soon", []),
        ("created=between&created_from=2026-01-02&created_to=2026-01-01&vip=yes", []),
    ],
)
def test_conditions_that_only_today_knows_are_named(make_automation, ada, conditions, named):
    found = describe_present_conditions(make_automation(conditions=conditions), ada)
    assert [words.lower() for words in found] == named
