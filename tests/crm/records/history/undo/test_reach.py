"""Who may undo, and what an undo skips: records that the user may not change now."""

import pytest

from accounts.models import Role
from accounts.roles.permissions import permissions_queryset
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused, get_undo_obstacle, is_undone
from crm.records.history.verb_execution import carry_out
from leads import verbs
from leads.models import Lead

pytestmark = pytest.mark.django_db


def changeable(user):
    return Lead.objects.present().changeable_by(user)


def test_an_undo_leaves_leads_that_its_author_may_no_longer_change(ann, ada, bob, departments, make_lead):
    mine, gone, shared = make_lead(), make_lead(), make_lead(shared=True)
    outcome = carry_out(verbs.SetVip(True), changeable(ann), by=ann)
    away = Lead.objects.filter(pk__in=[gone.pk, shared.pk])
    carry_out(verbs.ChangeDepartment(departments.export), away, by=ada)
    undone = revert_operation(outcome.operation, by=ann)
    assert undone.back == {"lead": [mine.pk]}
    assert undone.kept == {"lead": {"not_changeable": [shared.pk], "hidden": [gone.pk]}}
    assert set(Lead.objects.filter(vip=True)) == {gone, shared}
    kept = {verdict.reason: verdict.ids for verdict in undone.operation.verdicts.filter(word="refused")}
    assert kept == {"not_changeable": [shared.pk], "hidden": []}
    assert undone.operation.refused == 2


def test_an_undo_out_of_the_authors_reach_can_be_done_by_another_user(ann, ada, departments, make_lead):
    lead = make_lead()
    outcome = carry_out(verbs.ChangeDepartment(departments.export), changeable(ann), by=ann)
    with pytest.raises(UndoRefused, match="change any of these records"):
        revert_operation(outcome.operation, by=ann)
    assert not is_undone(outcome.operation)
    revert_operation(outcome.operation, by=ada)
    lead.refresh_from_db()
    assert lead.department == departments.sales


def test_an_undo_restores_nothing_to_a_department_out_of_the_users_reach(ann, ada, departments, make_lead):
    mine, foreign = make_lead(), make_lead(department=departments.export)
    carry_out(verbs.Delete(), changeable(ada), by=ada)
    outcome = carry_out(verbs.Purge(), Lead.objects.in_trash(), by=ada)
    type(outcome.operation).objects.filter(pk=outcome.operation.pk).update(by=ann)
    role = Role.objects.create(name="Purges its own")
    role.permissions.set(permissions_queryset(ada.rights - {"accounts.see_all"}))
    ann.groups.set([role])
    ann = type(ann).objects.with_rights().get(pk=ann.pk)
    undone = revert_operation(outcome.operation, by=ann)
    assert set(Lead.objects.values_list("pk", flat=True)) == {mine.pk}
    assert undone.kept == {"lead": {"hidden": [foreign.pk]}}


def test_only_permitted_users_can_undo(ann, oscar, bob, carla, ada, make_lead):
    make_lead()
    outcome = carry_out(verbs.SetVip(True), changeable(ann), by=ann)
    assert get_undo_obstacle(outcome.operation, ann) == ""
    assert get_undo_obstacle(outcome.operation, oscar) == ""
    assert get_undo_obstacle(outcome.operation, ada) == ""
    assert (
        get_undo_obstacle(outcome.operation, carla)
        == "You don’t have permission to change all of these records."
    )
    assert (
        get_undo_obstacle(outcome.operation, bob)
        == "You don’t have permission to change all of these records."
    )


def test_an_author_who_lost_the_permission_may_not_undo(ann, make_lead):
    make_lead()
    outcome = carry_out(verbs.Delete(), changeable(ann), by=ann)
    ann.groups.clear()
    ann = type(ann).objects.with_rights().get(pk=ann.pk)
    with pytest.raises(UndoRefused, match="You don’t have the permissions that this change requires"):
        revert_operation(outcome.operation, by=ann)
