"""Merging: what the kept record gets, what moves to it, and what can't be merged."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from crm.models import Activity, MergedRecord, Task
from crm.platform.sql.unrecorded_writes import write_without_history
from crm.records.history import verbs
from crm.records.history.merged_records import get_survivors
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.work.activities.verbs import AddActivity
from customers.models import Company, Deal, DealContact, Employment
from duplicates.merging.merge_verb import ChangedMeanwhile, Merge, MergeGroup
from duplicates.models import Distinction
from leads.models import Lead, Newsletter, StatusMove, Unsubscribe
from tests.duplicates.conftest import merge


def changed_later(lead, minutes: int) -> None:
    with write_without_history():
        Lead.objects.filter(pk=lead.pk).update(updated_at=timezone.now() + timedelta(minutes=minutes))


def test_the_newest_value_that_is_not_empty_is_kept(ann, make_lead):
    one = make_lead("Ana Albu", city="Cluj", zip="400001", email="one@a.example")
    two = make_lead("Ana Albu", city="Iași", phone="0722 123 456", phone_normal="+40722123456")
    three = make_lead("Ana Albu", city="Arad", website="a.example")
    changed_later(two, 2)
    changed_later(three, 1)
    merge(ann, one.pk, [two.pk, three.pk])
    one.refresh_from_db()
    assert (one.zip, one.email, one.website) == ("400001", "one@a.example", "a.example")
    assert (one.city, one.phone, one.phone_normal) == ("Iași", "0722 123 456", "+40722123456")


def test_chosen_values_win_with_what_belongs_to_them(ann, bob, ben, make_lead, statuses, reasons):
    one = make_lead("Ana Albu", city="Cluj", value=5, currency="EUR", owner=ben)
    two = make_lead("Ana Albu", status="lost", lost_reason=reasons.budget, value=7, currency="RON", owner=bob)
    merge(ann, one.pk, [two.pk], status=two.pk, value=two.pk, owner=two.pk, city=two.pk)
    one.refresh_from_db()
    assert (one.status, one.lost_reason) == (statuses.lost, reasons.budget)
    assert (one.value, one.currency, one.owner, one.city) == (7, "RON", bob, "")
    assert StatusMove.objects.filter(lead=two.pk, left=None).count() == 1
    assert StatusMove.objects.filter(lead=one.pk, undone=False).count() == 2


def test_status_owner_and_scope_stay_those_of_the_kept_lead(ann, bob, make_lead, statuses):
    one, two = make_lead("Ana Albu"), make_lead("Ana Albu", status="qualified", owner=bob, shared=True)
    merge(ann, one.pk, [two.pk])
    one.refresh_from_db()
    assert (one.status, one.owner, one.shared) == (statuses.new, None, False)


def test_tags_are_united_and_activities_tasks_and_deals_move(ann, make_lead, make_tag, make_task, make_deal):
    tags = [make_tag(name).pk for name in ("hot", "cold")]
    one, two = make_lead("Ana Albu", tags=tags[:1]), make_lead("Ana Albu", tags=tags[1:], next_action="Call")
    make_task("Visit", two)
    deal = make_deal(lead=two)
    carry_out(AddActivity(ann, "call", "Hello", "reached"), Lead.objects.filter(pk=two.pk), by=ann)
    outcome = merge(ann, one.pk, [two.pk])
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.tags == sorted(tags)
    assert {task.record for task in Task.objects.all()} == {one.pk}
    assert (one.next_action, two.next_action) == ("Call", "")
    assert Activity.objects.get().record == one.pk
    assert one.first_contacted_at
    assert two.first_contacted_at is None
    assert Deal.objects.get(pk=deal.pk).lead == one
    assert two.deleted_at
    assert get_survivors("lead", [two.pk]) == {two.pk: one.pk}
    assert {verdict.table for verdict in outcome.operation.verdicts.all()} == {"lead", "deal"}


def test_a_unique_value_of_a_merged_record_goes_to_the_kept_one_and_back(ann, make_lead, make_field):
    field = make_field("Plan", is_unique=True)
    one, two = make_lead("Ana Albu"), make_lead("Ana Albu")
    carry_out(verbs.Edit({field.name: "gold"}), Lead.objects.filter(pk=two.pk), by=ann)
    outcome = merge(ann, one.pk, [two.pk])
    assert Lead.objects.get(pk=one.pk).custom_values.values == {field.name: "gold"}
    undone = revert_operation(outcome.operation, by=ann)
    assert undone.kept == {}
    assert not Lead.objects.get(pk=one.pk).custom_values.values
    assert not Lead.objects.get(pk=two.pk).deleted_at
    revert_operation(undone.operation, by=ann)
    assert Lead.objects.get(pk=one.pk).custom_values.values == {field.name: "gold"}


def test_a_field_that_the_user_may_not_edit_is_only_filled(ann, ada, make_lead, make_field):
    hidden = make_field("Grade", roles=[ada.groups.get().pk])
    rows = [make_lead("Ana Albu"), make_lead("Ana Albu"), make_lead("Ana Pop"), make_lead("Ana Pop")]
    for lead, value in zip(rows[1:], "ABC", strict=True):
        carry_out(verbs.Edit({hidden.name: value}), Lead.objects.filter(pk=lead.pk), by=ada)
    merge(ann, rows[0].pk, [rows[1].pk])
    merge(ann, rows[2].pk, [rows[3].pk])
    found = [Lead.objects.get(pk=rows[place].pk).custom_values.values for place in (0, 2)]
    assert found == [{hidden.name: "A"}, {hidden.name: "B"}]
    with pytest.raises(PermissionDenied):
        merge(ann, rows[0].pk, [rows[2].pk], **{hidden.name: rows[2].pk})


def test_contacts_take_deals_leads_and_positions_along_and_each_once(
    ann, make_contact, make_company, make_deal, make_lead, statuses
):
    company = make_company()
    one, two = make_contact(email="one@a.example"), make_contact(company=company)
    deal = make_deal(contact=two)
    lead = make_lead(status="won", client_contact=two)
    with operation("test", by=None):
        for contact in (one, two):
            DealContact.objects.create(deal=deal, contact=contact, role="Legal")
            Employment.objects.create(contact=contact, company=company, role="Buyer")
        DealContact.objects.create(deal=deal, contact=two, role="Finance")
    merge(ann, one.pk, [two.pk], table="contact")
    deal.refresh_from_db()
    lead.refresh_from_db()
    one.refresh_from_db()
    assert (deal.contact, lead.client_contact, one.company) == (one, one, company)
    # The main contact of a deal is on it once.
    assert not DealContact.objects.present().of_record(deal).exists()
    assert Employment.objects.present().filter(contact=one).count() == 1


def test_a_person_is_on_a_deal_once_after_a_merge_and_undo_brings_both_back(ann, make_contact, make_deal):
    one, two = make_contact("Ana Albu"), make_contact("Ana Albu")
    deal = make_deal(owner=ann)
    with operation("test", by=None):
        DealContact.objects.create(deal=deal, contact=one, role="")
        DealContact.objects.create(deal=deal, contact=two, role="Legal")
    record = merge(ann, one.pk, [two.pk], table="contact").operation
    entries = DealContact.objects.present().of_record(deal).order_by("pk")
    assert list(entries.values_list("contact", "role")) == [(one.pk, "Legal")]
    revert_operation(record, by=ann)
    assert list(entries.values_list("contact", "role")) == [(one.pk, ""), (two.pk, "Legal")]


def test_the_email_and_the_phone_that_are_not_chosen_go_into_the_empty_fields(ann, make_contact):
    one = make_contact(email="one@a.example", phone="0722 111 222", phone_normal="+40722111222")
    two = make_contact(email="two@a.example", phone="021 333 444", phone_normal="+4021333444")
    record = merge(ann, one.pk, [two.pk], table="contact", email=one.pk, phone=one.pk).operation
    one.refresh_from_db()
    assert (one.email, one.second_email) == ("one@a.example", "two@a.example")
    assert (one.phone, one.mobile, one.mobile_normal) == ("0722 111 222", "021 333 444", "+4021333444")
    revert_operation(record, by=ann)
    one.refresh_from_db()
    assert (one.email, one.second_email, one.mobile, one.mobile_normal) == ("one@a.example", "", "", "")


@pytest.mark.parametrize("kept", ["top", "middle", "bottom"])
def test_merged_companies_stay_in_their_tree(kept, ann, make_company):
    """above ← top ← between ← bottom, and another one below each: no company is above itself after the merge."""
    above = make_company("Above")
    top = make_company("Omnia", parent=above)
    between = make_company("Between", parent=top)
    bottom = make_company("Omnia", parent=between)
    middle = make_company("Omnia", parent=top)
    below = make_company("Below", parent=bottom)
    found = {"top": top, "middle": middle, "bottom": bottom}
    survivor = found.pop(kept)
    outcome = merge(ann, survivor.pk, [one.pk for one in found.values()], table="company")
    parents = dict(Company.objects.values_list("pk", "parent"))
    assert (parents[survivor.pk], parents[between.pk], parents[below.pk]) == (
        above.pk,
        survivor.pk,
        survivor.pk,
    )
    undone = revert_operation(outcome.operation, by=ann)
    assert undone.kept == {}
    assert dict(Company.objects.values_list("pk", "parent")) == {
        above.pk: None,
        top.pk: above.pk,
        between.pk: top.pk,
        bottom.pk: between.pk,
        middle.pk: top.pk,
        below.pk: bottom.pk,
    }


def test_leads_of_different_clients_are_not_merged(ann, make_lead, make_contact):
    one, two = (
        make_lead(status="won", client_contact=make_contact(name)) for name in ("Ana Albu", "Ion Pop")
    )
    outcome = merge(ann, one.pk, [two.pk])
    assert not outcome.changed
    assert outcome.refused == {"merge_several_clients": [one.pk, two.pk]}
    assert not MergedRecord.objects.exists()


def test_the_converted_lead_is_the_one_that_is_kept_and_keeps_its_values(
    ann, make_lead, make_contact, make_tag
):
    tag = make_tag("hot")
    one = make_lead("Ana Albu", city="Cluj", tags=[tag.pk])
    two = make_lead("Ana Albu", status="won", client_contact=make_contact())
    assert merge(ann, one.pk, [two.pk]).refused == {"merge_into_converted": [one.pk, two.pk]}
    merge(ann, two.pk, [one.pk])
    two.refresh_from_db()
    assert (two.city, two.tags) == ("", [tag.pk])


def test_an_unsubscribed_person_stays_unsubscribed(ann, make_lead):
    Unsubscribe.objects.create(email_key="two@a.example")
    one, two = make_lead(email="one@a.example"), make_lead(email="two@a.example")
    merge(ann, one.pk, [two.pk], email=one.pk)
    assert Unsubscribe.objects.filter(email_key="two@a.example").exists()
    assert make_lead(email="two@a.example").newsletter.state == Newsletter.State.UNSUBSCRIBED


def test_what_is_not_the_same_as_a_merged_record_is_not_the_same_as_the_kept_one(ann, make_lead):
    one, two, other = make_lead(), make_lead(), make_lead()
    with operation("test", by=None):
        Distinction.objects.create(
            first_table="lead", first_record=two.pk, second_table="lead", second_record=other.pk
        )
    merge(ann, one.pk, [two.pk])
    assert Distinction.objects.filter(first_record=one.pk, second_record=other.pk).exists()


def test_many_groups_are_one_operation(ann, make_lead):
    rows = [make_lead(f"Ana {place}") for place in range(6)]
    groups = tuple(MergeGroup(rows[place].pk, (rows[place + 1].pk,)) for place in (0, 2, 4))
    ids = [row.pk for row in rows]
    outcome = carry_out(Merge("lead", groups), Lead.objects.present().changeable_by(ann), by=ann, wanted=ids)
    assert outcome.operation.changed == 6
    assert get_survivors("lead", ids) == {rows[place + 1].pk: rows[place].pk for place in (0, 2, 4)}
    with pytest.raises(ValueError, match="one group only"):
        Merge("lead", (MergeGroup(1, (2,)), MergeGroup(2, (3,))))


def test_records_that_the_user_cannot_change_are_left_out(ann, bob, dan, make_lead, departments):
    one, two = make_lead(), make_lead()
    foreign = make_lead(department=departments.export)
    shared = make_lead(department=departments.export, shared=True)
    outcome = merge(ann, one.pk, [two.pk, foreign.pk, shared.pk])
    assert outcome.changed == [one.pk, two.pk]
    assert outcome.refused == {"not_changeable": [shared.pk]}
    assert outcome.hidden == 1
    assert set(Lead.objects.present()) == {one, foreign, shared}


def test_a_merge_requires_the_permission_to_delete(someone_with, make_lead):
    user = someone_with("view_lead", "change_lead")
    with pytest.raises(PermissionDenied):
        merge(user, make_lead().pk, [make_lead().pk])


def test_a_record_that_has_changed_since_it_was_shown_stops_the_merge(ann, make_lead):
    one, two = make_lead(), make_lead()
    carry_out(verbs.Edit({"city": "Cluj"}), Lead.objects.filter(pk=two.pk), by=ann)
    with pytest.raises(ChangedMeanwhile) as stopped:
        merge(ann, one.pk, [two.pk], versions={one.pk: one.version, two.pk: two.version})
    assert stopped.value.ids == [two.pk]
    assert not MergedRecord.objects.exists()


def test_a_merged_record_is_not_restored_but_can_be_deleted_permanently(ada, make_lead):
    one, two = make_lead(), make_lead()
    merge(ada, one.pk, [two.pk])
    trash = Lead.objects.in_trash().changeable_by(ada)
    outcome = carry_out(verbs.Restore(), trash, by=ada, wanted=[two.pk])
    assert outcome.refused == {"merged": [two.pk]}
    carry_out(verbs.Purge(), trash, by=ada)
    assert not Lead.objects.filter(pk=two.pk).exists()
    assert get_survivors("lead", [two.pk]) == {two.pk: one.pk}


def test_two_leads_take_few_queries(ann, make_lead, django_assert_max_num_queries):
    one, two = make_lead(city="Cluj"), make_lead(city="Iași", email="a@a.example")
    with django_assert_max_num_queries(40):
        merge(ann, one.pk, [two.pk])


def test_500_leads_take_as_few_queries(ann, lead_of, django_assert_max_num_queries):
    with operation("test", by=None):
        rows = Lead.objects.bulk_create(lead_of(f"Ana {place}", city=f"City {place}") for place in range(500))
    with django_assert_max_num_queries(40):
        merge(ann, rows[0].pk, [row.pk for row in rows[1:]])
    assert Lead.objects.present().count() == 1
