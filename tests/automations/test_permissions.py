"""Who may set up automations, and in whose name."""

import pytest

from automations.forms import owners_queryset
from automations.models import Automation, AutomationRun
from automations.permissions import OF_COMPANY_MANAGERS
from automations.switching import turn_off, turn_on
from crm.models import Operation
from crm.records.history.undo.field_reversal import UndoRefused, revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.visible_operations import describe_operation
from leads import verbs
from leads.models import Lead
from tests.automations.automating import make_automation, work, written_by

pytestmark = pytest.mark.django_db


def test_administrators_and_company_managers_may_set_up_automations_and_no_one_else(cast):
    allowed = [name for name, user in vars(cast).items() if user.has_perms(OF_COMPANY_MANAGERS)]
    assert sorted(allowed) == ["ada", "conrad"]
    partly = [name for name, user in vars(cast).items() if any(map(user.has_perm, OF_COMPANY_MANAGERS))]
    assert sorted(partly) == ["ada", "conrad"]


def test_no_one_can_let_an_automation_act_with_more_permissions_than_their_own(cast):
    make_automation("Of Ada", cast.ada)
    make_automation("Of Conrad", cast.conrad)
    make_automation("Of Ann", cast.ann)

    def changeable(user) -> list[str]:
        return sorted(Automation.objects.changeable_by(user).values_list("name", flat=True))

    assert changeable(cast.ada) == ["Of Ada", "Of Ann", "Of Conrad"]
    assert changeable(cast.conrad) == ["Of Ann", "Of Conrad"]
    assert cast.ada not in owners_queryset(cast.conrad)
    assert cast.conrad in owners_queryset(cast.conrad)
    assert cast.ada in owners_queryset(cast.ada)


def test_an_undo_of_a_change_of_an_automation_needs_the_same_permission(cast):
    automation = make_automation("Of Ada", cast.ada)
    record = turn_off(automation, by=cast.ada)
    with pytest.raises(UndoRefused):
        revert_operation(record, by=cast.conrad)
    revert_operation(record, by=cast.ada)
    automation.refresh_from_db()
    assert automation.turned_on


def test_turning_on_and_off_is_a_change_of_settings_with_its_name_and_an_undo(ada):
    automation = make_automation("One", ada, turned_on=False, off_reason=Automation.OffReason.FAULTS)
    record = turn_on(automation, by=ada)
    automation.refresh_from_db()
    assert (automation.turned_on, automation.off_reason) == (True, "")
    assert describe_operation(record, ada) == "Turn on the automation “One”"
    revert_operation(record, by=ada)
    automation.refresh_from_db()
    assert (automation.turned_on, automation.off_reason) == (False, Automation.OffReason.FAULTS)


def test_the_operation_of_a_run_has_the_name_of_its_automation_for_everyone(ann, bob, make_lead):
    automation = make_automation("Brno", ann)
    make_lead(owner=bob)
    work()
    [record] = written_by(automation)
    assert describe_operation(record, bob) == "Automation “Brno”"


def test_the_timeline_says_which_automation_changed_a_record(sign_in, ann, make_lead):
    make_automation("To Brno", ann)
    lead = make_lead(owner=ann)
    work()
    page = sign_in(ann).get(f"/admin/leads/{lead.pk}").content.decode()
    assert "<b>Automation “To Brno”</b>" in page


def test_records_that_are_deleted_permanently_leave_the_log(ada, make_lead):
    make_automation("One", ada)
    make_lead()
    work()
    assert AutomationRun.objects.count() == 1
    carry_out(verbs.Delete(), Lead.objects.changeable_by(ada), by=ada)
    work()
    carry_out(verbs.Purge(), Lead.objects.in_trash().changeable_by(ada), by=ada)
    assert AutomationRun.objects.count() == 0
    assert Operation.objects.filter(kind="run_automation").exists()
