"""What using a ready-made pipeline does to each existing row: nothing that is used, or that someone here has named, is lost."""

from typing import NamedTuple

import pytest

from leads.ready_pipelines.row_fate import Fate, Match, RowState, decide_fate, takes_values


class Case(NamedTuple):
    """A row, what happens to it, and whether it gets the values of the pipeline's row."""

    row: RowState
    fate: Fate
    takes_values: bool = False


NAME, KEY = Match.NAME, Match.KEY
CASES = {
    "unused and shipped": Case(RowState(), Fate.RETIRED),
    "unused and named here": Case(RowState(is_ready=False), Fate.KEPT),
    "used and shipped": Case(RowState(is_used=True), Fate.KEPT),
    "used and named here": Case(RowState(is_used=True, is_ready=False), Fate.KEPT),
    "new records start in it": Case(RowState(is_start=True), Fate.KEPT),
    "retired, and not asked for": Case(RowState(retired=True), Fate.LEFT_RETIRED),
    "retired and used, and not asked for": Case(RowState(retired=True, is_used=True), Fate.LEFT_RETIRED),
    "same name and same values": Case(RowState(NAME), Fate.UNCHANGED, True),
    "same name and other values": Case(RowState(NAME, differs=True), Fate.CHANGED, True),
    "same name, other values, used": Case(RowState(NAME, differs=True, is_used=True), Fate.KEPT),
    "same name, used": Case(RowState(NAME, is_used=True), Fate.KEPT),
    "same name, retired": Case(RowState(NAME, retired=True, differs=True), Fate.RESTORED, True),
    "same name, retired and used": Case(RowState(NAME, retired=True, is_used=True, differs=True), Fate.RESTORED),
    "same name where records start, but it would close them": Case(
        RowState(NAME, is_start=True, differs=True, closes=True), Fate.KEPT
    ),
    "same name where records start": Case(RowState(NAME, is_start=True, differs=True), Fate.CHANGED, True),
    "same meaning": Case(RowState(KEY, differs=True, renames=True), Fate.RENAMED, True),
    "same meaning where records start": Case(
        RowState(KEY, differs=True, renames=True, is_start=True), Fate.RENAMED, True
    ),
    "same meaning, used": Case(RowState(KEY, differs=True, renames=True, is_used=True), Fate.KEPT),
    "same meaning, named here": Case(RowState(KEY, differs=True, renames=True, is_ready=False), Fate.KEPT),
    "same meaning, retired": Case(RowState(KEY, differs=True, renames=True, retired=True), Fate.RESTORED, True),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_happens_to_a_row(case):
    assert (decide_fate(case.row), takes_values(case.row)) == (case.fate, case.takes_values)
