"""What waits for another transaction is judged by what that transaction wrote, not by what was there before."""

import pytest

from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead
from tests.crossing import crossed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def changeable(user):
    return Lead.objects.present().changeable_by(user)


def test_a_verb_does_not_change_a_lead_that_leaves_the_scope_while_the_verb_waits(
    ann, ada, departments, make_lead
):
    lead = make_lead()
    outcome = crossed(
        lambda: carry_out(verbs.ChangeDepartment(departments.export), changeable(ada), by=ada),
        lambda: carry_out(verbs.SetVip(True), changeable(ann), by=ann, wanted=[lead.pk]),
    )
    assert (outcome.changed, outcome.hidden) == ([], 1)
    lead.refresh_from_db()
    assert not lead.vip


def test_an_undo_does_not_change_a_lead_that_leaves_the_scope_while_the_undo_waits(
    ann, ada, departments, make_lead
):
    lead = make_lead()
    record = carry_out(verbs.SetVip(True), changeable(ann), by=ann).operation
    refused = crossed(
        lambda: carry_out(verbs.ChangeDepartment(departments.export), changeable(ada), by=ada),
        lambda: revert_operation(record, by=ann),
    )
    assert isinstance(refused, UndoRefused)
    assert str(refused) == "You can’t change any of these records now."
    lead.refresh_from_db()
    assert lead.vip


def test_the_second_of_two_undos_finds_the_operation_undone(ann, make_lead):
    make_lead()
    record = carry_out(verbs.SetVip(True), changeable(ann), by=ann).operation
    refused = crossed(lambda: revert_operation(record, by=ann), lambda: revert_operation(record, by=ann))
    assert isinstance(refused, UndoRefused)
    assert str(refused) == "This change has already been undone."
    assert not Lead.objects.filter(vip=True).exists()
