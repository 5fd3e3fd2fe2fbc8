"""What a run does: who meets the conditions, what is written, and what is said of the others."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from automations.models import Automation, AutomationRun, WakingOperation
from automations.running import waking_queue
from crm.models import Notification, Operation, Task
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads import verbs
from leads.models import Lead
from tests.automations.automating import Result, make_automation, outcomes_of, work, written_by

pytestmark = pytest.mark.django_db


def test_a_lead_that_is_added_wakes_an_automation_which_acts_in_one_operation_of_its_owner(ann, make_lead):
    automation = make_automation("Brno", ann)
    lead = make_lead()
    waking = Operation.objects.latest("pk")
    assert WakingOperation.objects.get().waiting == [automation.pk]
    work()
    lead.refresh_from_db()
    assert lead.city == "Brno"
    record = Operation.objects.latest("pk")
    assert (record.kind, record.by, record.channel, record.changed) == (
        "run_automation",
        ann,
        "automation",
        1,
    )
    assert record.parameters == {"automation": automation.pk, "depth": 1, "waking": waking.pk}
    run = AutomationRun.objects.get()
    assert (run.outcome, run.record, run.waking, run.written) == (Result.ACTED, lead.pk, waking.pk, record.pk)


def test_only_records_that_meet_the_conditions_are_changed(ann, lead_of):
    automation = make_automation("Brno", ann, conditions="vip=yes")
    with operation("test", by=ann):
        for vip in (True, False):
            lead_of(vip=vip).save(force_insert=True)
    work()
    no, yes = sorted(Lead.objects.all(), key=lambda lead: lead.vip)
    assert (yes.city, no.city) == ("Brno", "")
    assert dict(outcomes_of(automation)) == {yes.pk: Result.ACTED, no.pk: Result.UNMET}


def test_conditions_that_can_not_be_read_turn_the_automation_off_and_change_nothing(ann, ada, make_lead):
    automation = make_automation("Brno", ann, conditions="gone.is=1")
    lead = make_lead()
    work()
    automation.refresh_from_db()
    assert (automation.turned_on, automation.off_reason) == (False, Automation.OffReason.CONDITIONS)
    lead.refresh_from_db()
    assert lead.city == ""
    assert set(Notification.objects.filter(kind="automation_off").values_list("user", flat=True)) == {
        ann.pk,
        ada.pk,
    }


def test_a_record_of_another_department_stays_as_it_is(ann, departments, make_lead):
    automation = make_automation("Brno", ann)
    lead = make_lead(department=departments.export)
    work()
    lead.refresh_from_db()
    assert lead.city == ""
    assert outcomes_of(automation) == [(lead.pk, Result.UNSEEN)]


def test_a_record_that_its_owner_sees_but_may_not_change_is_refused_with_the_reason(
    ann, departments, make_lead
):
    automation = make_automation("Brno", ann)
    lead = make_lead(department=departments.export, shared=True)
    work()
    lead.refresh_from_db()
    assert lead.city == ""
    run = AutomationRun.objects.get()
    assert (run.outcome, run.reasons, run.written) == (Result.REFUSED, [[0, "not_changeable"]], None)
    assert written_by(automation) == []


def test_each_refused_step_is_in_the_log_with_the_reason_of_its_verb_and_the_others_are_done(
    ann, make_lead, make_status
):
    status = make_status("Checked", required_fields=["phone"])
    make_automation(
        "Check",
        ann,
        ("move", {"status": str(status.pk)}),
        ("set", {"field": "city", "value": "Brno"}),
    )
    lead = make_lead()
    work()
    lead.refresh_from_db()
    run = AutomationRun.objects.get()
    assert (lead.city, lead.status.key) == ("Brno", "new")
    assert (run.outcome, run.reasons) == (Result.ACTED, [[0, "needs:phone"]])


def test_what_is_set_already_writes_no_operation(ann, make_lead):
    automation = make_automation("Brno", ann)
    lead = make_lead(city="Brno")
    work()
    assert outcomes_of(automation) == [(lead.pk, Result.UNCHANGED)]
    assert written_by(automation) == []


def test_an_owner_who_is_no_longer_active_turns_the_automation_off(ann, ada, make_lead):
    automation = make_automation("Brno", ann)
    ann.is_active = False
    ann.save(update_fields=["is_active"])
    lead = make_lead()
    work()
    automation.refresh_from_db()
    lead.refresh_from_db()
    assert (automation.off_reason, lead.city) == (Automation.OffReason.OWNER_INACTIVE, "")
    assert list(Notification.objects.filter(kind="automation_off").values_list("user", flat=True)) == [ada.pk]


def test_an_owner_who_lost_the_permission_turns_the_automation_off(ann, make_lead):
    automation = make_automation("Brno", ann)
    ann.groups.clear()
    lead = make_lead()
    work()
    automation.refresh_from_db()
    lead.refresh_from_db()
    assert (automation.off_reason, lead.city) == (Automation.OffReason.OWNER_PERMISSIONS, "")


def test_a_step_that_names_a_user_who_has_left_turns_the_automation_off(ann, bob, make_lead):
    automation = make_automation("To Bob", ann, ("assign", {"owner": str(bob.pk)}))
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    make_lead()
    work()
    automation.refresh_from_db()
    assert automation.off_reason == Automation.OffReason.CONDITIONS


def test_records_beyond_the_limit_of_an_hour_are_skipped_with_one_notification(ann, ada, lead_of):
    automation = make_automation("Brno", ann, most_an_hour=3)
    for _number in range(2):
        with operation("test", by=ann):
            for _lead in range(2):
                lead_of().save(force_insert=True)
    work()
    found = [outcome for _pk, outcome in outcomes_of(automation)]
    assert found == [Result.ACTED, Result.ACTED, Result.ACTED, Result.LIMIT]
    assert Lead.objects.filter(city="Brno").count() == 3
    with operation("test", by=ann):
        lead_of().save(force_insert=True)
    work()
    notices = Notification.objects.filter(kind="automation_limit")
    assert sorted(notices.values_list("user", flat=True)) == sorted([ann.pk, ada.pk])


def test_five_faults_in_a_row_turn_the_automation_off_and_the_others_go_on(ann, make_lead, monkeypatch):
    broken, well = make_automation("Broken", ann), make_automation("Well", ann)
    carry_on = waking_queue.run_automation

    def run(automation, *rest):
        if automation == broken:
            raise ZeroDivisionError
        return carry_on(automation, *rest)

    monkeypatch.setattr(waking_queue, "run_automation", run)
    leads = [make_lead() for _number in range(6)]
    work()
    broken.refresh_from_db()
    assert broken.off_reason == Automation.OffReason.FAULTS
    assert [outcome for _pk, outcome in outcomes_of(broken)] == [Result.FAULT] * 5
    assert outcomes_of(well) == [(lead.pk, Result.ACTED) for lead in leads]


def test_faults_with_a_success_in_between_are_not_in_a_row(ann, make_lead, monkeypatch):
    automation, runs = make_automation("Brno", ann), []
    carry_on = waking_queue.run_automation

    def run(*told):
        runs.append(told)
        if len(runs) != 3:
            raise ZeroDivisionError
        return carry_on(*told)

    monkeypatch.setattr(waking_queue, "run_automation", run)
    for _number in range(7):
        make_lead()
    work()
    automation.refresh_from_db()
    assert automation.turned_on


def test_an_import_wakes_only_automations_that_are_also_for_imports(ann, lead_of):
    others, imports = make_automation("Others", ann), make_automation("Imports", ann, for_imports=True)
    with operation("import", by=ann, table="lead", channel="import"):
        lead_of().save(force_insert=True)
    work()
    assert outcomes_of(others) == []
    assert [outcome for _pk, outcome in outcomes_of(imports)] == [Result.ACTED]


def test_an_undo_wakes_no_automation(ann, make_lead):
    lead = make_lead()
    automation = make_automation("Changed", ann, trigger="field_changed", trigger_values={"field": "zip"})
    done = carry_out(verbs.Edit({"zip": "60200"}), Lead.objects.changeable_by(ann), by=ann)
    work()
    before = AutomationRun.objects.count()
    undo = revert_operation(done.operation, by=ann).operation
    assert not WakingOperation.objects.exists()
    revert_operation(undo, by=ann)
    assert work() == 0
    assert AutomationRun.objects.count() == before == 1
    revert_operation(written_by(automation)[0], by=ann)
    assert work() == 0
    lead.refresh_from_db()
    assert (lead.zip, lead.city) == ("60200", "")


def test_what_an_automation_did_is_undone_as_a_whole(ann, bob, make_tag, make_lead):
    tag = make_tag("Hot")
    automation = make_automation(
        "All",
        ann,
        ("set", {"field": "city", "value": "Brno"}),
        ("assign", {"owner": str(bob.pk)}),
        ("tag", {"tags": [str(tag.pk)]}),
        ("add_task", {"title": "Call", "days": "1", "user": ""}),
    )
    lead = make_lead(owner=ann)
    work()
    lead.refresh_from_db()
    assert (lead.city, lead.owner, lead.tags, Task.objects.present().count()) == ("Brno", bob, [tag.pk], 1)
    [record] = written_by(automation)
    result = revert_operation(record, by=ann)
    lead.refresh_from_db()
    assert result.kept_count == 0
    assert (lead.city, lead.owner, lead.tags, Task.objects.present().count()) == ("", ann, [], 0)


def test_a_new_lead_costs_no_more_statements_with_twenty_automations_that_do_not_match(ann, lead_of):
    def count_statements() -> int:
        with CaptureQueriesContext(connection) as found, operation("test", by=ann):
            lead_of().save(force_insert=True)
        return len(found)

    without = count_statements()
    for number in range(20):
        make_automation(f"Rule {number}", ann, conditions="vip=yes")
    WakingOperation.objects.all().delete()
    assert count_statements() == without
    assert len(WakingOperation.objects.get().waiting) == 20


def test_an_automation_that_was_off_does_not_act_on_what_came_before_it_was_turned_on(ann, make_lead):
    make_automation("On", ann)
    later = make_automation("Later", ann, turned_on=False)
    lead = make_lead()
    with operation("test", by=None):
        Automation.objects.update(turned_on=True)
    work()
    assert outcomes_of(later) == []
    lead.refresh_from_db()
    assert lead.city == "On"
