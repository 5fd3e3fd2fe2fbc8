"""Verbs: what they change, what they refuse, and that the contract always applies."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError

from crm.models import Change, Operation, Verdict
from crm.records.history.verb_execution import OperationOpen, carry_out, judge, operation
from customers.models import ConversionRules
from leads.models import Lead
from leads.verbs import (
    AddTags,
    Assign,
    ChangeDepartment,
    Delete,
    Edit,
    Move,
    RemoveTags,
    Restore,
    SetVip,
    Take,
)


def changeable(user):
    return Lead.objects.present().changeable_by(user)


def test_a_verb_changes_the_leads_of_the_set_in_one_operation(ann, make_lead):
    first, second, other = make_lead("Ana One"), make_lead("Ana Two"), make_lead("Ana Three")
    outcome = carry_out(SetVip(True), changeable(ann).filter(pk__in=[first.pk, second.pk]), by=ann)
    assert outcome.changed == [first.pk, second.pk]
    assert Lead.objects.filter(vip=True).count() == 2
    record = Operation.objects.get(kind="vip")
    assert (record.by, record.changed, record.matched) == (ann, 2, 2)
    change = Change.objects.get(operation=record, row=first.pk)
    assert change.fields == {"vip": [False, True]}
    assert not Change.objects.filter(operation=record, row=other.pk).exists()


def test_leads_already_set_are_unchanged_and_leave_no_operation(ann, make_lead):
    lead = make_lead(vip=True)
    outcome = carry_out(SetVip(True), changeable(ann), by=ann)
    assert outcome.unchanged == [lead.pk]
    assert outcome.operation is None


def test_the_version_increases_only_when_a_lead_really_changes(ann, make_lead):
    lead = make_lead()
    with operation("test", by=ann):
        Lead.objects.filter(pk=lead.pk).update(city="Cluj")
        Lead.objects.filter(pk=lead.pk).update(city="Cluj")
    lead.refresh_from_db()
    assert lead.version == 2


def test_a_verb_requires_its_permission(bob, make_lead):
    make_lead(owner=bob)
    with pytest.raises(PermissionDenied):
        carry_out(Delete(), changeable(bob), by=bob)


def test_a_verb_on_a_slice_is_an_error(ann, make_lead):
    make_lead()
    with pytest.raises(ValueError, match="plain set"):
        carry_out(SetVip(True), changeable(ann)[:1], by=ann)


def test_an_operation_inside_an_operation_is_an_error(ann):
    with operation("test", by=ann), pytest.raises(OperationOpen), operation("test", by=ann):
        pass


def test_a_connection_that_is_lost_while_an_operation_opens_leaves_none_open(ann, monkeypatch):
    def lose(*_values) -> None:
        raise OperationalError("the connection is lost")

    with monkeypatch.context() as patched:
        patched.setattr("crm.records.history.verb_execution._set_current_operation", lose)
        with pytest.raises(OperationalError), operation("test", by=ann):
            pass
    with operation("test", by=ann) as record:
        assert record.pk


def test_entering_lost_without_a_reason_is_refused(ann, make_lead, statuses):
    lead = make_lead()
    outcome = carry_out(Move(statuses.lost), changeable(ann), by=ann)
    assert outcome.refused == {"needs_reason": [lead.pk]}


def test_entering_lost_with_a_reason_stores_it_and_leaving_clears_it(ann, make_lead, statuses, reasons):
    lead = make_lead()
    carry_out(Move(statuses.lost, reasons.budget, "Too dear"), changeable(ann), by=ann)
    lead.refresh_from_db()
    assert (lead.status, lead.lost_reason, lead.lost_remark) == (statuses.lost, reasons.budget, "Too dear")
    carry_out(Move(statuses.contacted), changeable(ann), by=ann)
    lead.refresh_from_db()
    assert (lead.lost_reason, lead.lost_remark) == (None, "")


def test_a_required_field_refuses_the_leads_that_lack_it(ann, make_lead, make_status):
    strict = make_status("Strict", required_fields=["email", "value"])
    full = make_lead("Ana Full", email="a@b.ro", value=10)
    poor = make_lead("Ana Poor", email="a@b.ro")
    poorer = make_lead("Ana Poorer")
    outcome = carry_out(Move(strict), changeable(ann), by=ann)
    assert outcome.changed == [full.pk]
    assert outcome.refused == {"needs:value": [poor.pk], "needs:email": [poorer.pk]}
    outcome = carry_out(Edit({"status": strict, "email": "", "value": 10}), changeable(ann), by=ann)
    assert outcome.refused == {"needs:email": [poor.pk, poorer.pk]}


def test_won_sets_the_conversion_time_and_leaving_clears_it(ann, make_lead, statuses):
    lead = make_lead()
    with operation("test", by=None):
        ConversionRules(pk=ConversionRules.ROW, automatic=False).save()
    carry_out(Move(statuses.won), changeable(ann), by=ann)
    lead.refresh_from_db()
    assert lead.converted_at is not None
    carry_out(Move(statuses.proposal), changeable(ann), by=ann)
    lead.refresh_from_db()
    assert lead.converted_at is None


def test_assigning_across_departments_moves_the_lead(ada, dan, departments, make_lead):
    lead = make_lead()
    carry_out(Assign(dan), changeable(ada), by=ada)
    lead.refresh_from_db()
    assert (lead.owner, lead.department) == (dan, departments.export)


def test_assigning_to_an_inactive_user_is_refused(ann, bob, make_lead):
    lead = make_lead()
    bob.is_active = False
    bob.save()
    outcome = carry_out(Assign(bob), changeable(ann), by=ann)
    assert outcome.refused == {"owner_inactive": [lead.pk]}


def test_the_new_owner_gets_one_notification_for_many_leads(ann, bob, make_lead):
    make_lead("Ana One")
    make_lead("Ana Two")
    carry_out(Assign(bob), changeable(ann), by=ann)
    assert [notice.parameters["count"] for notice in bob.notifications.all()] == [2]


def test_a_sales_rep_can_take_an_unassigned_lead_but_not_an_owned_one(bob, ben, make_lead):
    free, owned = make_lead("Ana Free"), make_lead("Ana Owned", owner=ben)
    outcome = carry_out(
        Take(bob), Lead.objects.present().takeable_by(bob), by=bob, wanted=[free.pk, owned.pk]
    )
    assert outcome.changed == [free.pk]
    assert outcome.hidden == 1


def test_changing_the_department_unassigns_an_owner_who_is_not_in_it(ann, bob, departments, make_lead):
    lead = make_lead(owner=bob)
    carry_out(ChangeDepartment(departments.export), changeable(ann), by=ann)
    lead.refresh_from_db()
    assert (lead.department, lead.owner) == (departments.export, None)


def test_tags_are_added_once_in_order_and_removed(ann, make_lead, make_tag):
    hot, cold = make_tag("hot"), make_tag("cold")
    lead = make_lead(tags=[cold.pk])
    carry_out(AddTags((hot, cold)), changeable(ann), by=ann)
    lead.refresh_from_db()
    assert lead.tags == [hot.pk, cold.pk]
    carry_out(RemoveTags((hot,)), changeable(ann), by=ann)
    lead.refresh_from_db()
    assert lead.tags == [cold.pk]


def test_delete_and_restore(ann, make_lead):
    lead = make_lead()
    carry_out(Delete(), changeable(ann), by=ann)
    assert not Lead.objects.present().exists()
    carry_out(Restore(), Lead.objects.in_trash().changeable_by(ann), by=ann)
    assert Lead.objects.present().get() == lead


def test_each_requested_lead_that_cannot_be_changed_has_its_reason(ann, bob, carla, departments, make_lead):
    mine = make_lead("Ana Mine")
    shared = make_lead("Ana Shared", department=departments.export, shared=True)
    foreign = make_lead("Ana Foreign", department=departments.export)
    binned = make_lead("Ana Binned")
    carry_out(Delete(), changeable(ann).filter(pk=binned.pk), by=ann)
    wanted = [mine.pk, shared.pk, foreign.pk, binned.pk, 999_999_999]
    for outcome in (
        judge(SetVip(True), changeable(ann), by=ann, wanted=wanted),
        carry_out(SetVip(True), changeable(ann), by=ann, wanted=wanted),
    ):
        assert outcome.changed == [mine.pk]
        assert outcome.refused == {
            "not_changeable": [shared.pk],
            "binned": [binned.pk],
            "gone": [999_999_999],
        }
        assert outcome.hidden == 1
        assert outcome.total == len(wanted)
    record = Operation.objects.get(kind="vip")
    assert record.refused == 4
    assert {(v.reason, v.count) for v in Verdict.objects.filter(operation=record, word="refused")} == {
        ("not_changeable", 1),
        ("binned", 1),
        ("gone", 1),
        ("hidden", 1),
    }
