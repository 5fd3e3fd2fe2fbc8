"""What an undo that reverted only a part leaves for later, and what it says has to happen first."""

from typing import Any, NamedTuple

import pytest
from django.urls import reverse

from accounts.models import User
from crm.models import Operation, Task, Verdict
from crm.records.history.undo.field_reversal import preview_undo, revert_operation
from crm.records.history.undo.reversal_sql import ReversalUpdates
from crm.records.history.undo.undo_permission import UndoRefused, get_undo_obstacle, get_undoing_operations
from crm.records.history.undo.unreverted_rows import get_settled_rows
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, LeadValues
from leads.verbs import Assign, Edit, SetVip
from tests.decisions.undo.test_values import write

pytestmark = pytest.mark.django_db


class Kept(NamedTuple):
    """The undo of a change of the leads 1, 2 and 3: what it reverted and kept, and whether the rest can be undone."""

    changed: list[int]
    refused: dict[str, list[int]]
    settled: set[int]
    rest: bool


RESTS = {
    "everything went back": Kept([1, 2, 3], {}, {1, 2, 3}, False),
    "two belonged to a user who has left": Kept([1], {"owner_left": [2, 3]}, {1}, True),
    "a task was that of a user who has left": Kept([1, 2], {"user_left": [3]}, {1, 2}, True),
    "one is out of reach": Kept([1, 2], {"hidden": []}, {1, 2}, True),
    "one went back in part, because its owner has left": Kept([1, 2, 3], {"owner_left": [3]}, {1, 2}, True),
    "another lead has the value now": Kept([1, 2], {"value_taken": [3]}, {1, 2}, True),
    "one has changed since": Kept([1, 2], {"changed_since": [3]}, {1, 2}, False),
    "one is about an erased person": Kept([1, 2], {"erased": [3]}, {1, 2}, False),
    "one has changed since, another belonged to a user who has left": Kept(
        [1], {"changed_since": [2], "owner_left": [3]}, {1}, True
    ),
}


def undone_change(kept: Kept) -> tuple[Operation, Operation]:
    change = Operation.objects.create(kind="assign", table="lead", changed=3)
    values: dict[str, Any] = {"changed": len(kept.changed), "refused": len(kept.refused)}
    record = Operation.objects.create(kind="undo", table="lead", undoes=change, **values)
    found = [("changed", "", kept.changed), *(("refused", code, ids) for code, ids in kept.refused.items())]
    for word, reason, ids in found:
        Verdict.objects.create(
            operation=record, table="lead", word=word, reason=reason, ids=ids, count=len(ids) or 1
        )
    return change, record


@pytest.mark.parametrize("kept", RESTS.values(), ids=RESTS)
def test_which_rest_can_be_undone(kept):
    change, record = undone_change(kept)
    found = get_undoing_operations([change])
    assert (found.partly, found.done) == (({change.pk}, set()) if kept.rest else (set(), {change.pk}))
    assert get_settled_rows(change)["lead"] == kept.settled
    # Redone, nothing of it is undone any more.
    Operation.objects.create(kind="undo", table="lead", undoes=record, changed=1)
    assert get_undoing_operations([change]) == (set(), set())
    assert get_settled_rows(change) == {}


@pytest.fixture
def left(ann, bob, ben, make_lead):
    """Ann has assigned two leads of Bob and one of Ben to herself; Bob has left. The operation and the leads."""
    leads = [make_lead(owner=bob), make_lead(owner=bob), make_lead(owner=ben)]
    rows = Lead.objects.filter(pk__in=[lead.pk for lead in leads])
    record = carry_out(Assign(ann), rows, by=ann).operation
    User.objects.filter(pk=bob.pk).update(is_active=False)
    return record, leads


def owners(leads) -> list[User]:
    return [Lead.objects.get(pk=lead.pk).owner for lead in leads]


def test_an_undo_of_a_part_says_who_has_to_be_reactivated_and_is_completed_then(
    left, sign_in, ann, ada, bob, ben
):
    record, leads = left
    page = sign_in(ada).get(f"/admin/operations/{record.pk}/undo").text
    assert "This will undo the change to <b>1 lead</b>." in page
    assert "<b>2</b> records keep their new values: The previous owner is no longer active." in page
    assert "Reactivate Bob first. Then you can undo the rest." in page
    assert f'href="{reverse("user", args=[bob.pk])}"' in page
    revert_operation(record, by=ann)
    assert owners(leads) == [ann, ann, ben]
    with pytest.raises(UndoRefused, match="Reactivate Bob first"):
        revert_operation(record, by=ann)
    User.objects.filter(pk=bob.pk).update(is_active=True)
    assert preview_undo(record, ann).back == {"lead": sorted(lead.pk for lead in leads[:2])}
    rest = revert_operation(record, by=ann)
    assert rest.back == {"lead": sorted(lead.pk for lead in leads[:2])}
    assert rest.kept == {}
    assert owners(leads) == [bob, bob, ben]
    assert get_undo_obstacle(record, ann) == "This change has already been undone."


def test_the_undo_of_the_rest_leaves_what_has_gone_back_and_changed_since(left, ann, bob, ben):
    record, leads = left
    revert_operation(record, by=ann)
    carry_out(Assign(ann), Lead.objects.filter(pk=leads[2].pk), by=ann)
    User.objects.filter(pk=bob.pk).update(is_active=True)
    revert_operation(record, by=ann)
    assert owners(leads) == [bob, bob, ann]


def test_the_undo_of_the_rest_says_nothing_of_what_has_gone_back_and_is_out_of_reach_since(
    left, ann, bob, dan, departments
):
    record, leads = left
    revert_operation(record, by=ann)
    with operation("test", by=None):
        Lead.objects.filter(pk=leads[2].pk).update(owner=dan, department=departments.export)
    User.objects.filter(pk=bob.pk).update(is_active=True)
    ahead, undone = preview_undo(record, ann), revert_operation(record, by=ann)
    assert ahead.back == undone.back == {"lead": sorted(lead.pk for lead in leads[:2])}
    assert ahead.kept == undone.kept == {}


class Field(NamedTuple):
    """A field beside the owner, who has left. The undo reverts it, then a colleague writes `since`; after the undo of the rest it is
    `after`, and named if `kept`."""

    since: str = ""
    after: str = "Cluj"
    kept: bool = False


FIELDS = {
    "a value that has gone back isn't called changed": Field(),
    "a value that a colleague changed again is": Field("Sibiu", "Sibiu", kept=True),
    "a value that a colleague changed as the change had goes back again": Field("Arad"),
}


@pytest.mark.parametrize("case", FIELDS.values(), ids=FIELDS)
@pytest.mark.parametrize("of", ["a column", "a custom field"])
def test_the_rest_of_a_lead_goes_back(case, of, ann, ada, bob, ben, make_lead, make_field):
    lead = make_lead(owner=bob)
    name = "city" if of == "a column" else make_field("Place").name
    rows = Lead.objects.filter(pk=lead.pk)
    carry_out(Edit({name: "Cluj"}), rows, by=ada)
    with operation("test", table="lead", by=ann, matched=1, changed=1) as record:
        rows.update(owner=ben)
        write(lead.pk, {name: "Arad"})
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert preview_undo(record, ann).kept == {"lead": {"owner_left": [lead.pk]}}
    first = revert_operation(record, by=ann)
    assert (first.back, first.kept) == ({"lead": [lead.pk]}, {"lead": {"owner_left": [lead.pk]}})
    if case.since:
        carry_out(Edit({name: case.since}), rows, by=ada)
    User.objects.filter(pk=bob.pk).update(is_active=True)
    kept = {"lead": {"changed_since": [lead.pk]}} if case.kept else {}
    assert preview_undo(record, ann).kept == kept
    assert revert_operation(record, by=ann).kept == kept
    held = LeadValues.objects.filter(record=lead).first()
    now = rows.get()
    assert (now.owner, now.city if name == "city" else held.values[name]) == (bob, case.after)


def test_a_preview_names_the_owner_who_has_left_also_if_another_field_goes_back(ann, bob, ben, make_lead):
    lead = make_lead(owner=bob, city="Cluj")
    with operation("test", table="lead", by=ann, matched=1, changed=1) as record:
        Lead.objects.filter(pk=lead.pk).update(owner=ben, city="Arad")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert preview_undo(record, ann).kept == {"lead": {"owner_left": [lead.pk]}}


def test_tags_that_have_gone_back_are_nothing_more_to_undo(ann, bob, ben, make_lead, make_tag):
    lead, hot = make_lead(owner=bob), make_tag("hot")
    with operation("test", table="lead", by=ann, matched=1, changed=1) as record:
        Lead.objects.filter(pk=lead.pk).update(owner=ben, tags=[hot.pk])
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert revert_operation(record, by=ann).back == {"lead": [lead.pk]}
    assert Lead.objects.get(pk=lead.pk).tags == []
    assert preview_undo(record, ann).back == {"lead": []}
    with pytest.raises(UndoRefused, match="Reactivate Bob first"):
        revert_operation(record, by=ann)


def test_without_an_earlier_undo_a_value_that_is_as_before_counts_as_changed(ann, make_lead):
    lead = make_lead(city="Cluj")
    rows = Lead.objects.filter(pk=lead.pk)
    record = carry_out(Edit({"city": "Arad"}), rows, by=ann).operation
    carry_out(Edit({"city": "Cluj"}), rows, by=ann)
    updates = ReversalUpdates(record, "lead", Lead, ["city"], [], ann)
    assert updates.get_kept_rows() == {"changed_since": [lead.pk]}


def test_two_undos_are_undone_in_their_order(left, ann, bob):
    record, leads = left
    first = revert_operation(record, by=ann).operation
    User.objects.filter(pk=bob.pk).update(is_active=True)
    second = revert_operation(record, by=ann).operation
    assert get_undo_obstacle(first, ann) == "The rest of that change was undone later. Undo that first."
    revert_operation(second, by=ann)
    assert get_undo_obstacle(first, ann) == ""
    revert_operation(first, by=ann)
    assert owners(leads) == [ann, ann, ann]
    revert_operation(record, by=ann)
    assert bob in owners(leads)


def test_a_task_is_not_given_back_to_a_user_who_has_left(ann, bob, ben, make_lead):
    lead = make_lead(owner=ben)
    with operation("test", by=ann):
        task = Task.objects.create(of="lead", record=lead.pk, title="Call back", user=bob)
    with operation("test", by=ann, matched=1, changed=1) as record:
        Task.objects.filter(pk=task.pk).update(user=ben)
    User.objects.filter(pk=bob.pk).update(is_active=False)
    with pytest.raises(
        UndoRefused, match=r"The user whose task it was is no longer active. Reactivate Bob first"
    ):
        revert_operation(record, by=ann)
    assert Task.objects.get(pk=task.pk).user == ben


def test_a_change_that_changed_since_can_be_undone_only_once(ann, make_lead):
    lead = make_lead(city="Cluj")
    record = carry_out(Edit({"city": "Arad"}), Lead.objects.filter(pk=lead.pk), by=ann).operation
    carry_out(Edit({"city": "Iași"}), Lead.objects.filter(pk=lead.pk), by=ann)
    carry_out(SetVip(True), Lead.objects.filter(pk=lead.pk), by=ann)
    revert_operation(record, by=ann)
    assert get_undo_obstacle(record, ann) == "This change has already been undone."
