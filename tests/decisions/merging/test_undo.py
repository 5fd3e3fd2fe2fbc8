"""Why a merge can't be undone, why an undone merge can't be repeated, and when half of one would be undone."""

from typing import Any, NamedTuple

import pytest
from django.utils import timezone

from crm.models import MergedRecord, Operation
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.undo.undo_result import UndoResult
from crm.records.history.verb_execution import operation
from duplicates.merging.undo import (
    GONE,
    IN_TRASH,
    MERGED_AGAIN,
    NOT_CHANGEABLE,
    _check_records,
    _get_merge_again_obstacle,
    _get_separation_obstacle,
    get_merged_pairs,
    get_undo_obstacle,
    write_merge_undo_consequences,
)

THERE, TRASH, LOST, MERGED = "there", "in Trash", "deleted permanently", "merged into another one"


class Case(NamedTuple):
    """What became of the kept and of the merged lead, and why they can't be separated, and merged again."""

    kept: str
    merged: str
    apart: str
    again: str


CASES = {
    "both are as the merge left them": Case(THERE, TRASH, "", IN_TRASH),
    "both are as before the merge": Case(THERE, THERE, "", ""),
    "the kept one is in Trash": Case(TRASH, TRASH, IN_TRASH, IN_TRASH),
    "only the kept one is in Trash": Case(TRASH, THERE, IN_TRASH, IN_TRASH),
    "the kept one is gone": Case(LOST, TRASH, GONE, GONE),
    "the merged one is gone": Case(THERE, LOST, GONE, GONE),
    "the kept one was merged": Case(MERGED, TRASH, MERGED_AGAIN, MERGED_AGAIN),
    "the merged one was merged": Case(THERE, MERGED, "", MERGED_AGAIN),
    "the kept one was merged and is in Trash": Case(f"{MERGED}, {TRASH}", TRASH, MERGED_AGAIN, MERGED_AGAIN),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_why_a_merge_is_not_undone_and_not_repeated(case, make_lead, django_assert_num_queries):
    # Two other leads that were merged without a hindrance.
    ids = [make_lead(deleted_at=timezone.now()).pk, make_lead().pk]
    rows = []
    for state in (case.merged, case.kept):
        lead = make_lead(deleted_at=timezone.now() if TRASH in state else None)
        if MERGED in state:
            rows.append(MergedRecord(table="lead", record=lead.pk, into=ids[1]))
        # A company with the same number that was merged says nothing.
        rows.append(MergedRecord(table="company", record=lead.pk, into=ids[1]))
        ids.append(lead.pk if state != LOST else 2**40 + lead.pk)
    with operation("test", by=None):
        MergedRecord.objects.bulk_create(rows)
    merged, kept = ids[2:]
    pairs = {merged: kept}
    assert str(_get_separation_obstacle("lead", pairs)) == str(case.apart)
    assert str(_get_merge_again_obstacle("lead", pairs)) == str(case.again)
    with django_assert_num_queries(0):
        assert (_get_separation_obstacle("lead", {}), _get_merge_again_obstacle("lead", {})) == ("", "")


def test_which_records_an_operation_merged_and_which_it_separated(db):
    with operation("merge", by=None) as other:
        MergedRecord.objects.create(table="lead", record=30, into=50)
    with operation("merge", by=None) as merge:
        row = MergedRecord.objects.create(table="lead", record=3, into=5)
        MergedRecord.objects.create(table="lead", record=4, into=5)
    assert (get_merged_pairs(other), get_merged_pairs(merge)) == (({30: 50}, {}), ({3: 5, 4: 5}, {}))
    with operation("undo", by=None) as undone:
        row.delete()
    assert (get_merged_pairs(undone), get_merged_pairs(merge)) == (({}, {3: 5}), ({4: 5}, {}))


# Why the merged records can't be separated, why the separated ones can't be merged again, and why the operation can't be undone.
OBSTACLES = {
    "none": ("", "", ""),
    "one of separating": ("in Trash", "", "in Trash"),
    "one of merging again": ("", "gone", "gone"),
    "both": ("in Trash", "gone", "in Trash"),
}


@pytest.mark.parametrize(("apart", "again", "why"), OBSTACLES.values(), ids=OBSTACLES)
def test_why_an_operation_that_merged_or_separated_is_not_undone(apart, again, why, monkeypatch):
    monkeypatch.setattr("duplicates.merging.undo.get_merged_pairs", lambda record: ({1: 2}, {3: 4}))
    for name, pairs, reason in (
        ("_get_separation_obstacle", {1: 2}, apart),
        ("_get_merge_again_obstacle", {3: 4}, again),
    ):
        monkeypatch.setattr(
            f"duplicates.merging.undo.{name}",
            lambda table, asked, pairs=pairs, reason=reason: reason if asked == pairs else "of others",
        )
    assert get_undo_obstacle(Operation(table="lead")) == why


KEPT, OTHER, STRANGER = 1, 2, 3
HALVES = {
    "all of it": ({}, True),
    "the kept one is out of reach": ({"not_changeable": [KEPT]}, False),
    "the merged one is out of sight": ({"hidden": [OTHER]}, False),
    "another record is out of reach": ({"not_changeable": [STRANGER]}, True),
    "a field was changed since": ({"changed_since": [KEPT, OTHER]}, True),
}


@pytest.mark.parametrize("case", HALVES.values(), ids=HALVES)
@pytest.mark.parametrize("merges", [True, False], ids=["merged again", "separated"])
def test_half_a_merge_is_not_undone(case, merges, monkeypatch):
    reasons, whole = case
    for name in ("_get_merge_again_obstacle", "_get_separation_obstacle"):
        monkeypatch.setattr(f"duplicates.merging.undo.{name}", lambda table, pairs: "")
    pairs = {OTHER: KEPT}
    merged, apart = (pairs, {}) if merges else ({}, pairs)
    outcome = UndoResult("lead", kept={"lead": reasons, "company": {"hidden": [KEPT, OTHER]}})
    if whole:
        _check_records("lead", merged, apart, outcome)
    else:
        with pytest.raises(UndoRefused, match=str(NOT_CHANGEABLE)):
            _check_records("lead", merged, apart, outcome)


def test_a_record_that_was_merged_again_at_the_last_moment_is_refused(monkeypatch):
    for name, why in (("_get_merge_again_obstacle", "again"), ("_get_separation_obstacle", "apart")):
        monkeypatch.setattr(f"duplicates.merging.undo.{name}", lambda table, pairs, why=why: f"not {why}")
    pairs = {OTHER: KEPT}
    for merged, apart, why in (({}, pairs, "not again"), (pairs, {}, "not apart")):
        with pytest.raises(UndoRefused, match=why):
            _check_records("lead", merged, apart, UndoResult("lead"))


class Undone(NamedTuple):
    """What an undo reverted or kept, of which verb and table, whether it separates records or merges them again, and what else it
    does then."""

    does: set[str]
    back: dict[str, Any] = {}
    kept: dict[str, Any] = {}
    verb: str = "merge"
    table: str = "lead"
    separates: bool = True


ROWS = {"merged_record": [5]}
ALWAYS = {"checks the records", "links", "custom links", "other moves", "newsletters"}
UNDONE = {
    "a merge of leads": Undone(ALWAYS | {"next actions", "says what was added since"}, ROWS),
    "a merge of companies": Undone(ALWAYS | {"parents", "says what was added since"}, ROWS, table="company"),
    "the undo of one": Undone(ALWAYS | {"next actions"}, ROWS, separates=False),
    "a merge that something kept": Undone(
        ALWAYS | {"next actions", "says what was added since"}, kept={"merged_record": {"hidden": [5]}}
    ),
    "a merge of which nothing was reverted": Undone(set()),
    "a merge of which only fields were reverted": Undone(
        set(), {"lead": [KEPT]}, {"lead": {"hidden": [OTHER]}}
    ),
    "another verb": Undone(set(), ROWS, verb="edit"),
}


@pytest.mark.parametrize("case", UNDONE.values(), ids=UNDONE)
def test_what_else_the_undo_of_a_merge_does(case, monkeypatch):
    done: set[str] = set()
    pairs = {OTHER: KEPT}
    for name, says in {
        "_check_records": "checks the records",
        "_restore_custom_link": "custom links",
        "move_untracked_rows_back": "other moves",
        "follow_newsletters": "newsletters",
        "rewrite_next_actions": "next actions",
        "_report_added_since": "says what was added since",
    }.items():
        monkeypatch.setattr(
            f"duplicates.merging.undo.{name}", lambda *told, says=says, **more: done.add(says)
        )
    monkeypatch.setattr(
        "duplicates.merging.undo._restore_link",
        lambda record, other, column, *told: done.add("parents" if column == "parent_id" else "links"),
    )
    monkeypatch.setattr("duplicates.merging.undo.get_moved_columns", lambda model: [(model, "known_id")])
    monkeypatch.setattr("duplicates.merging.undo.get_links_to_type", lambda table: ["link"])
    monkeypatch.setattr(
        "duplicates.merging.undo.get_merged_pairs",
        lambda undoing: ({}, pairs) if case.separates else (pairs, {}),
    )
    record = Operation(kind=case.verb, table=case.table)
    undoing = Operation(kind="undo", undoes=record, table=case.table)
    write_merge_undo_consequences(record, undoing, UndoResult(case.table, back=case.back, kept=case.kept))
    assert done == case.does
