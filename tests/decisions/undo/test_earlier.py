"""Which earlier undos of a change count, and why an undo that reverts nothing is refused."""

from typing import NamedTuple

import pytest

from accounts.users.undo_check import get_undo_remedy
from crm.models import Operation
from crm.records.history.undo.undo_permission import _is_undone_further
from crm.records.history.undo.undo_result import UndoResult
from crm.records.history.undo.unreverted_rows import (
    get_nothing_reverted_sentence,
    get_remedy,
    get_settled_rows,
    get_undos_in_effect,
)
from tests.decisions.undo.test_guards import Of, made
from tests.decisions.undo.test_rest import RESTS, undone_change

pytestmark = pytest.mark.django_db


class Nothing(NamedTuple):
    """What an undo of leads kept, by reason, if it reverted `back`, after an `earlier` one of the same change; and the sentence with
    which it is refused, if it is."""

    kept: dict[str, list[int]]
    says: str = ""
    back: list[int] = []
    earlier: bool = False


OUT_OF_REACH = "You can’t change any of these records now."
CLOSED = "Only other roles can edit the fields that it changed."
LEFT = "The previous owner is no longer active. Reactivate the user first. Then you can undo the rest."
NO_MORE = "Nothing more of this change can be undone."
NOTHINGS = {
    "it reverts something": Nothing({"hidden": [2], "not_editable": [3], "owner_left": [4]}, back=[1], earlier=True),
    "all has changed since": Nothing({"changed_since": [1]}),
    "all has changed since an earlier undo": Nothing({"changed_since": [1]}, NO_MORE, earlier=True),
    "all is out of reach": Nothing({"hidden": [1]}, OUT_OF_REACH),
    "all may only be read": Nothing({"not_changeable": [1]}, OUT_OF_REACH, earlier=True),
    "no field may be edited": Nothing({"not_editable": [1]}, CLOSED, earlier=True),
    "some is out of reach, and of the rest no field may be edited": Nothing(
        {"hidden": [1], "not_editable": [2]}, OUT_OF_REACH
    ),
    "the owner has left": Nothing({"owner_left": [1]}, LEFT),
    "most has changed since, and one owner has left": Nothing(
        {"changed_since": [1, 2], "owner_left": [3]}, LEFT, earlier=True
    ),
    "one owner has left, and no field of another record may be edited": Nothing(
        {"owner_left": [1], "not_editable": [2]}, CLOSED
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOTHINGS.values(), ids=NOTHINGS)
def test_why_an_undo_that_reverts_nothing_is_refused(case, ann):
    change = Operation.objects.create(kind="assign", table="lead", changed=3)
    if case.earlier:
        Operation.objects.create(kind="undo", table="lead", undoes=change, changed=1)
    own = Operation.objects.create(kind="undo", table="lead", undoes=change, by=ann)
    outcome = UndoResult("lead", back={"lead": case.back}, kept={"lead": case.kept}, operation=own)
    assert get_nothing_reverted_sentence(change, outcome) == case.says


def test_what_helps_against_a_reason(ann):
    change = Operation.objects.create(kind="assign", table="lead", changed=3)
    assert get_remedy("owner_left", change, ann) == get_undo_remedy(change, ann)
    assert get_remedy("hidden", change, ann) == ("The rest can be undone later, as soon as this changes.", "")
    assert get_remedy("changed_since", change, ann) is None


IN_EFFECT: dict[str, tuple[dict[str, Of], list[str]]] = {
    "no undo": ({}, []),
    "two undos, the older one first": ({"undo": Of("change"), "second": Of("change")}, ["undo", "second"]),
    "an undo that was undone": ({"undo": Of("change"), "redo": Of("undo"), "second": Of("change")}, ["second"]),
    "an undo that was undone in part": ({"undo": Of("change", 2, 2), "redo": Of("undo", 2, 1)}, []),
    "an undo in parts counts as a whole": ({"undo": Of("change", 2, 2)}, ["undo"]),
}  # fmt: skip


@pytest.mark.parametrize("case", IN_EFFECT.values(), ids=IN_EFFECT)
def test_which_undos_of_a_change_are_in_effect(case, db):
    operations, names = case
    found = made({"change": Of(), **operations})
    assert get_undos_in_effect(found["change"]) == [found[name] for name in names]


@pytest.mark.parametrize("as_part", [False, True], ids=["a change in parts", "a part"])
def test_of_a_change_in_parts_nothing_is_settled_by_itself(as_part, db):
    change, record = undone_change(RESTS["everything went back"])
    if as_part:
        whole = Operation.objects.create(kind="assign", table="lead", part_count=2)
        Operation.objects.filter(pk=change.pk).update(part_of=whole, part=1)
    else:
        Operation.objects.filter(pk=change.pk).update(part_count=2)
    change.refresh_from_db()
    assert get_undos_in_effect(change) == [record]
    assert get_settled_rows(change) == {}


FURTHER: dict[str, tuple[bool, dict[str, Of]]] = {
    "no later undo": (False, {}),
    "an older undo": (False, {"before": Of("change")}),
    "a later undo": (True, {"later": Of("change")}),
    "a later undo that reverted nothing": (False, {"later": Of("change", changed=0)}),
    "a later undo that was undone": (False, {"later": Of("change"), "redo": Of("later")}),
    "a later undo that was undone and undone again": (
        True, {"later": Of("change"), "redo": Of("later"), "third": Of("redo")}
    ),
    "of two later undos, one that was undone": (
        True, {"later": Of("change"), "redo": Of("later"), "third": Of("change")}
    ),
    "a later undo of another change": (False, {"other": Of(), "later": Of("other")}),
}  # fmt: skip


@pytest.mark.parametrize("case", FURTHER.values(), ids=FURTHER)
def test_whether_a_change_was_undone_further_later(case, db):
    further, operations = case
    before = {name: of for name, of in operations.items() if name == "before"}
    after = {name: of for name, of in operations.items() if name not in before}
    found = made({"change": Of(), **before, "undo": Of("change"), **after})
    assert _is_undone_further(found["undo"]) is further


def test_of_a_part_only_the_whole_is_asked_whether_it_was_undone_further(db):
    found = made({"change": Of(parts=2, done=2), "undo": Of("change", 2, 2), "later": Of("change", 2, 2)})
    part = found["change"].parts.get(part=0)
    first, _second = (found[name].parts.get(part=0) for name in ("undo", "later"))
    Operation.objects.filter(part=0, part_of__in=[found["undo"], found["later"]]).update(undoes=part)
    first.refresh_from_db()
    assert not _is_undone_further(first)
    assert _is_undone_further(found["undo"])
