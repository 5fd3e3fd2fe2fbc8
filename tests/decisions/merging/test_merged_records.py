"""What a merge writes: the values, tags, addresses and links of the kept records, what goes to Trash, and what stays as it was."""

from typing import Any

import pytest

from crm.models import MergedRecord, Operation, Verdict
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from customers.models import Company
from duplicates.merging.merge_verb import INCOMPLETE, ChangedMeanwhile, Merge, MergeGroup
from leads.models import Lead, LeadValues
from tests.customers.conftest import make_deal

__all__ = ["make_deal"]


def merge(verb: Merge, user: Any) -> Operation:
    rows = KINDS[verb.table].model.objects.present().changeable_by(user)
    return carry_out(verb, rows, by=user, wanted=verb.ids).operation


def read(lead: Lead, *names: str) -> tuple[Any, ...]:
    return Lead.objects.values_list(*names).get(pk=lead.pk)


def write_custom(lead: Lead, **values: Any) -> None:
    with operation("test", by=None):
        LeadValues.objects.create(record=lead, values=values)


def read_custom(lead: Lead) -> dict[str, Any]:
    found = LeadValues.objects.filter(record=lead).first()
    return found.values if found else {}


def test_the_kept_leads_get_what_they_lack_and_the_others_go_to_trash(make_lead, make_tag, make_field, ada):
    hot, cold = (make_tag(name).pk for name in ("hot", "cold"))
    plan, note = make_field("Plan"), make_field("Note")
    kept = make_lead("Ana Pop", city="Arad", email="ana@example.com", tags=[hot])
    merged = make_lead("Ana Pop", city="", country="DE", email="pop@example.com", phone="0722", tags=[cold])
    alike, same = make_lead("Ion Ene", tags=[hot]), make_lead("Ion Ene", tags=[hot])
    other = make_lead("Eva Ene", city="Cluj", tags=[cold])
    write_custom(merged, **{plan.name: "gold"})
    write_custom(other, **{note.name: "x"})
    other.refresh_from_db()
    groups = (
        MergeGroup(kept.pk, (merged.pk,), {"email": kept.pk}),
        MergeGroup(alike.pk, (same.pk,)),
    )
    record = merge(Merge("lead", groups), ada)
    # The address that isn't chosen goes where there is room, and of two countries the one that was changed last counts.
    names = ("city", "country", "email", "second_email", "phone", "tags")
    assert read(kept, *names) == (
        "Arad", "DE", "ana@example.com", "pop@example.com", "0722", sorted([hot, cold]),
    )  # fmt: skip
    assert (read_custom(kept), read_custom(alike), read_custom(other)) == (
        {plan.name: "gold"},
        {},
        {note.name: "x"},
    )
    assert read(alike, "tags") == ([hot],)
    assert read(other, "city", "tags", "version") == ("Cluj", [cold], other.version)
    trash = set(Lead.objects.exclude(deleted_at=None).values_list("pk", flat=True))
    assert trash == {merged.pk, same.pk}
    pairs = {(row.table, row.record, row.into) for row in MergedRecord.objects.all()}
    assert pairs == {("lead", merged.pk, kept.pk), ("lead", same.pk, alike.pk)}
    assert Merge.get_label(record.parameters, KINDS["lead"]) == "Merge 4 records"


def test_records_of_other_types_that_move_along_belong_to_the_merge(make_lead, make_deal, make_company, ada):
    kept, merged = make_lead(), make_lead()
    deal, _other = make_deal(lead=merged), make_deal(lead=kept)
    record = merge(Merge("lead", (MergeGroup(kept.pk, (merged.pk,)),)), ada)
    moved = Verdict.objects.filter(operation=record, word="changed").exclude(table="lead")
    assert [(row.table, row.ids) for row in moved] == [("deal", [deal.pk])]
    # A company whose parent is merged is a record of the type that is merged: it is no other one that moves along.
    parents = [make_company(name) for name in ("Omnia", "Omnia SRL")]
    child = make_company("Child", parent=parents[1])
    record = merge(Merge("company", (MergeGroup(parents[0].pk, (parents[1].pk,)),)), ada)
    assert Company.objects.get(pk=child.pk).parent_id == parents[0].pk
    found = Verdict.objects.filter(operation=record, word="changed").values_list("table", "ids")
    assert [sorted(ids) for table, ids in found if table == "company"] == [sorted(one.pk for one in parents)]


# Which of two companies has the other one, and which one a third, as its parent; and the parent of the kept one then.
PARENTS = {
    "the kept one has none": ("", "third", "third"),
    "the kept one belongs to the merged one": ("merged", "", ""),
    "the merged one belongs to the kept one": ("", "kept", ""),
}


@pytest.mark.parametrize(("of_kept", "of_merged", "after"), PARENTS.values(), ids=PARENTS)
def test_no_company_becomes_its_own_parent_by_a_merge(of_kept, of_merged, after, make_company, ada):
    made = {name: make_company(name) for name in ("kept", "merged", "third")} | {"": None}
    for name, parent in (("kept", of_kept), ("merged", of_merged)):
        with operation("test", by=None):
            Company.objects.filter(pk=made[name].pk).update(parent=made[parent])
    merge(Merge("company", (MergeGroup(made["kept"].pk, (made["merged"].pk,)),)), ada)
    assert Company.objects.get(pk=made["kept"].pk).parent == made[after]


# What became of the two records since the form was shown, and which of them are named then.
MEANWHILE: dict[str, tuple[str, str, list[str]]] = {
    "nothing": ("", "", []),
    "the kept one was changed": ("changed", "", ["kept"]),
    "both were changed": ("changed", "changed", ["kept", "merged"]),
    "the merged one was deleted permanently": ("", "gone", ["merged"]),
}


@pytest.mark.parametrize(("kept", "merged", "named"), MEANWHILE.values(), ids=MEANWHILE)
def test_records_that_arent_as_the_form_showed_them_are_named(kept, merged, named, make_lead, ada):
    leads = {"kept": make_lead(), "merged": make_lead()}
    other = make_lead()
    versions = {lead.pk: lead.version for lead in leads.values()}
    with operation("test", by=None):
        Lead.objects.filter(pk=other.pk).update(city="Cluj")
        for name, since in (("kept", kept), ("merged", merged)):
            rows = Lead.objects.filter(pk=leads[name].pk)
            if since == "changed":
                rows.update(city="Cluj")
            elif since:
                rows.delete()
    verb = Merge("lead", (MergeGroup(leads["kept"].pk, (leads["merged"].pk,)),), versions)
    if named:
        with pytest.raises(ChangedMeanwhile) as found:
            verb.lock_after_rows()
        assert found.value.ids == [leads[name].pk for name in named]
    else:
        verb.lock_after_rows()


def test_a_group_of_which_the_kept_record_is_gone_changes_nothing(make_lead, ada):
    kept, merged, third = make_lead(), make_lead(), make_lead()
    gone = 2**40 + kept.pk
    record = merge(Merge("lead", (MergeGroup(gone, (kept.pk,)), MergeGroup(merged.pk, (gone + 1,)))), ada)
    assert not Lead.objects.exclude(deleted_at=None).exists()
    assert not MergedRecord.objects.exists()
    assert read(third, "version") == (third.version,)
    refused = Verdict.objects.filter(operation=record, word="refused", reason=INCOMPLETE)
    assert sorted(pk for row in refused for pk in row.ids) == [kept.pk, merged.pk]


@pytest.mark.parametrize(
    "groups", [[(1, (1,))], [(1, (2, 2))], [(1, (2,)), (3, (2,))], [(1, (2,)), (1, (3,))]]
)
def test_a_record_is_in_one_group_only_and_once(groups):
    with pytest.raises(ValueError, match="one group only"):
        Merge("lead", tuple(MergeGroup(kept, merged) for kept, merged in groups))


@pytest.mark.parametrize(
    ("parameters", "label"),
    [({"records": 1}, "Merge 1 record"), ({"records": 3}, "Merge 3 records"), ({}, "Merge 0 records")],
)
def test_what_a_merge_is_called(parameters, label):
    assert Merge.get_label(parameters, KINDS["lead"]) == label
