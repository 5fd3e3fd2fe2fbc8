"""A linked record that is deleted permanently, restored or merged: its links are emptied or follow, and an undo brings them back."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.history.verbs import Delete, Purge
from crm.records.kinds.kind_registry import KINDS
from crm.records.kinds.reasons import get_reason_sentence
from duplicates.merging.moved_counts import describe_moved_items
from tests.crm.fields.custom.links.conftest import link, linked_pk
from tests.duplicates.conftest import merge


def purge(record, *, by):
    rows = type(record).objects.filter(pk=record.pk)
    carry_out(Delete(), rows, by=by)
    return carry_out(Purge(), rows, by=by)


def undo_last(*, by):
    return revert_operation(Operation.objects.latest("pk"), by=by)


def test_deleting_a_record_keeps_the_links_to_it(field, lead, omnia, bob, ada):
    link(field, lead, omnia, by=bob)
    carry_out(Delete(), type(omnia).objects.filter(pk=omnia.pk), by=ada)
    assert linked_pk(field, lead) == omnia.pk


def test_deleting_a_record_permanently_empties_the_links_to_it_and_an_undo_brings_them_back(
    field, lead, omnia, bob, ada
):
    link(field, lead, omnia, by=bob)
    purge(omnia, by=ada)
    assert linked_pk(field, lead) is None
    undo_last(by=ada)
    assert type(omnia).objects.filter(pk=omnia.pk).exists()
    assert linked_pk(field, lead) == omnia.pk


def test_a_retired_link_is_emptied_too(make_field, lead, omnia, bob, ada):
    retired = make_field("Old link", "link", retired=True)
    link(retired, lead, omnia, by=ada)
    purge(omnia, by=ada)
    assert linked_pk(retired, lead) is None


def test_two_records_that_link_to_each_other_are_deleted_permanently_and_come_back_linked(
    make_field, make_company, ada
):
    field = make_field("Sister", "link", of="company")
    one, other = make_company("One"), make_company("Other")
    link(field, one, other, by=ada)
    link(field, other, one, by=ada)
    rows = type(one).objects.filter(pk__in=[one.pk, other.pk])
    carry_out(Delete(), rows, by=ada)
    carry_out(Purge(), rows, by=ada)
    undo_last(by=ada)
    assert (linked_pk(field, one), linked_pk(field, other)) == (other.pk, one.pk)


def test_an_undo_does_not_link_to_a_record_that_is_gone(field, lead, omnia, make_company, bob, ada):
    link(field, lead, omnia, by=bob)
    link(field, lead, make_company("Vega"), by=bob)
    changed = Operation.objects.latest("pk")
    purge(omnia, by=ada)
    outcome = revert_operation(changed, by=ada)
    assert outcome.kept == {"lead": {"link_gone": [lead.pk]}}
    assert get_reason_sentence("link_gone")
    assert linked_pk(field, lead) != omnia.pk


def test_a_link_to_a_record_that_is_gone_is_refused(field, lead, omnia, bob, ada):
    purge(omnia, by=ada)
    outcome = link(field, lead, omnia, by=bob)
    assert outcome.refused == {f"link_gone:{field.name}": [lead.pk]}


def test_the_undo_of_adding_a_company_keeps_it_once_a_lead_links_to_it(field, lead, bob, sign_in):
    sign_in(bob).post(
        "/admin/companies/new", {"name": "Vega", "department": lead.department_id, "owner": bob.pk}
    )
    vega = KINDS["company"].model.objects.get(name="Vega")
    added = Operation.objects.latest("pk")
    link(field, lead, vega, by=bob)
    outcome = revert_operation(added, by=bob)
    vega.refresh_from_db()
    assert vega.deleted_at is None
    assert outcome.kept


@pytest.fixture
def twins(make_company, bob):
    return make_company("Omnia", owner=bob), make_company("Omnia SRL", owner=bob)


def test_a_merge_moves_the_links_to_the_kept_record_and_its_undo_moves_them_back(
    field, lead, twins, bob, ann
):
    kept, merged = twins
    link(field, lead, merged, by=bob)
    merge(ann, kept.pk, [merged.pk], table="company")
    assert linked_pk(field, lead) == kept.pk
    undo_last(by=ann)
    assert linked_pk(field, lead) == merged.pk


def test_a_merge_moves_links_that_its_user_may_not_change_and_its_undo_does_too(
    field, twins, make_lead, carla, departments, ann, ada
):
    kept, merged = twins
    foreign = make_lead("Far Away", owner=carla, department=departments.export)
    link(field, foreign, merged, by=ada)
    merge(ann, kept.pk, [merged.pk], table="company")
    assert linked_pk(field, foreign) == kept.pk
    outcome = undo_last(by=ann)
    assert linked_pk(field, foreign) == merged.pk
    assert "lead" not in outcome.kept


def test_a_merge_moves_the_links_of_a_field_that_its_user_may_not_edit(make_field, lead, twins, ann, ada):
    closed = make_field("Closed link", "link", editors=[ada.groups.get().pk])
    kept, merged = twins
    link(closed, lead, merged, by=ada)
    merge(ann, kept.pk, [merged.pk], table="company")
    assert linked_pk(closed, lead) == kept.pk
    undo_last(by=ann)
    assert linked_pk(closed, lead) == merged.pk


def test_a_merged_record_does_not_link_to_itself(make_field, twins, bob, ann):
    field = make_field("Sister", "link", of="company")
    kept, merged = twins
    link(field, kept, merged, by=bob)
    merge(ann, kept.pk, [merged.pk], table="company")
    assert linked_pk(field, kept) is None
    undo_last(by=ann)
    assert linked_pk(field, kept) == merged.pk


def test_a_value_that_the_kept_record_gets_does_not_link_it_to_itself(make_field, twins, bob, ann):
    field = make_field("Sister", "link", of="company")
    kept, merged = twins
    link(field, merged, kept, by=bob)
    merge(ann, kept.pk, [merged.pk], table="company")
    assert linked_pk(field, kept) is None
    undo_last(by=ann)
    assert linked_pk(field, kept) is None
    assert linked_pk(field, merged) == kept.pk


def test_the_page_of_a_merge_counts_the_links_that_move(
    field, lead, twins, bob, ann, make_lead, carla, departments
):
    kept, merged = twins
    foreign = make_lead("Far Away", owner=carla, department=departments.export)
    for row in (lead, foreign):
        link(field, row, merged, by=ann if row is lead else carla)
    kind = KINDS["company"]
    assert describe_moved_items(kind, [kept.pk, merged.pk], ann) == {merged.pk: "1 lead (Introduced by)"}
