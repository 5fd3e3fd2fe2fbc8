"""Whether an undo links a record to one that may be gone by now, in a custom field or as a parent company."""

from typing import Any, NamedTuple

import pytest

from crm.models import Change, Operation
from crm.records.custom_fields.undo import ValueUpdates
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Delete, Purge
from customers.models import Company
from leads.models import Lead
from tests.decisions.undo.test_values import changed, write

pytestmark = pytest.mark.django_db
HERE, GONE = "a company", 2**40


class Link(NamedTuple):
    """The link of a lead `before` a change, which also did something `to` rows with these numbers, and so did `others`. Whether the link
    goes back as a preview says, which knows what the undo brings back first, and once that is done."""

    before: Any = GONE
    to: tuple[tuple[str, int, str], ...] = ()
    others: tuple[tuple[str, int, str], ...] = ()
    ahead: bool = False
    after: bool = False


LINKS = {
    "to a company that is there": Link(HERE, ahead=True, after=True),
    "to none": Link(None, ahead=True, after=True),
    "to a company that is gone": Link(),
    "to a company that the change deleted": Link(to=(("company", GONE, "delete"),), ahead=True),
    "to a company that another change deleted": Link(others=(("company", GONE, "delete"),)),
    "to a company that the change edited, and another one deleted": Link(
        to=(("company", GONE, "update"),), others=(("company", GONE, "delete"),)
    ),
    "to a company beside one that the change deleted": Link(to=(("company", GONE + 1, "delete"),)),
    "to a company with the number of a contact that the change deleted": Link(
        to=(("contact", GONE, "delete"),)
    ),
}


@pytest.mark.parametrize("case", LINKS.values(), ids=LINKS)
def test_whether_a_link_goes_back(case, make_lead, make_company, make_field, ada):
    field, number = make_field("Introduced by", "link"), make_field("Number", "number")
    there, lead = make_company(), make_lead()
    before = there.pk if case.before is HERE else case.before
    # A number of another field is no link, whatever it is.
    changed(lead.pk, {field.name: before, number.name: GONE})
    record = changed(lead.pk, {field.name: make_company("Other").pk, number.name: 7})
    for done, steps in ((record, case.to), (Operation.objects.create(kind="test"), case.others)):
        for table, row, kind in steps:
            Change.objects.create(operation=done, table=table, row=row, kind=kind, version=1, fields={})

    def build(*names: str) -> ValueUpdates:
        return ValueUpdates(record, "lead", Lead, [*names], [], ada)

    ids = [lead.pk]
    assert build(field.name).get_revertible_ids() == (ids if case.ahead else [])
    assert build(field.name).get_kept_rows() == ({} if case.ahead else {"link_gone": ids})
    # Beside the link, the number goes back anyway.
    assert build(field.name, number.name).get_revertible_ids() == ids
    updates = build(field.name)
    with operation("undo", by=ada, undoes=record):
        updates.stage()
        assert updates.restore_values(ids) == (ids if case.after else [])


def test_of_two_links_each_is_judged_by_itself(make_lead, make_company, make_field, ada):
    one, other = (make_field(name, "link") for name in ("Introduced by", "Partner"))
    there, lead = make_company(), make_lead()
    changed(lead.pk, {one.name: GONE, other.name: there.pk})
    record = changed(lead.pk, {one.name: None, other.name: None})
    updates = ValueUpdates(record, "lead", Lead, [one.name, other.name], [], ada)
    assert updates.get_kept_rows() == {"link_gone": [lead.pk]}
    undone = revert_operation(record, by=ada)
    assert (undone.back["lead"], undone.kept["lead"]) == ([lead.pk], {"link_gone": [lead.pk]})
    assert Lead.objects.values_list(f"custom_values__values__{other.name}", flat=True).get() == there.pk


def test_a_preview_knows_that_a_parent_company_comes_back_first(make_company, ada):
    parent = make_company("Parent")
    child = make_company("Child", parent=parent)
    rows = Company.objects.filter(pk=parent.pk)
    carry_out(Delete(), rows, by=ada)
    record = carry_out(Purge(), rows, by=ada).operation
    ahead = preview_undo(record, ada)
    undone = revert_operation(record, by=ada)
    assert ahead.kept == undone.kept == {}
    assert undone.back["company"] == [parent.pk, child.pk]
    assert Company.objects.get(pk=child.pk).parent_id == parent.pk


# What a change wrote, and whether its undo waits for others who change parents: two companies could become each other's parents.
LOCKED = {"the parent": ("parent", True), "another field": ("city", False), "of a lead": ("lead", False)}


@pytest.mark.parametrize(("what", "waits"), LOCKED.values(), ids=LOCKED)
def test_which_undo_waits_for_other_changes_of_parents(
    what, waits, make_company, make_lead, ada, monkeypatch
):
    child, parent, lead = make_company("Child"), make_company("Parent"), make_lead()
    with operation("test", by=None, table="company", changed=1) as record:
        if what == "lead":
            write(lead.pk, {"city": "Cluj"})
        else:
            Company.objects.filter(pk=child.pk).update(
                **{"parent": parent} if what == "parent" else {"city": "Cluj"}
            )
    asked: list[int] = []
    monkeypatch.setitem(Company.undo.locks, "parent_id", lambda: asked.append(1))
    revert_operation(record, by=ada)
    assert bool(asked) is waits


def test_an_undo_says_how_long_it_took(make_lead, ada, monkeypatch):
    record = changed(make_lead().pk, {"city": "Cluj"})
    moments = iter([100.0, 100.25])
    monkeypatch.setattr("crm.records.history.undo.field_reversal.time.monotonic", lambda: next(moments))
    assert revert_operation(record, by=ada).operation.milliseconds == 250


# What is linked to an added company since, and whether the undo of adding it leaves it there.
USES = {
    "nothing": ("", False),
    "a lead": ("lead", True),
    "a company that the same change added": ("same", False),
}


@pytest.mark.parametrize(("what", "stays"), USES.values(), ids=USES)
def test_an_added_company_that_others_are_linked_to_stays(what, stays, make_lead, departments, ada):
    with operation("test", by=ada, table="company", changed=2) as record:
        company, other = (
            Company.objects.create(name=name, department=departments.sales) for name in ("One", "Other")
        )
        if what == "same":
            Company.objects.filter(pk=other.pk).update(parent=company)
    if what == "lead":
        make_lead(client=company)
    undone = revert_operation(record, by=ada)
    kept = {"company": {"worked_on_since": [company.pk]}} if stays else {}
    assert undone.kept == kept
    assert undone.back["company"] == ([other.pk] if stays else [company.pk, other.pk])
    assert (Company.objects.get(pk=company.pk).deleted_at is None) is stays
