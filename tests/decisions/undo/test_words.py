"""What the page of an undo says that it would take back: what was added moves to Trash, the rest only changes."""

from typing import NamedTuple

import pytest

from crm.records.history.undo.undo_result import UndoResult


class Case(NamedTuple):
    """The ids that go back and those among them that were added, by table; and in words what was added, what was changed, and
    both."""

    back: dict[str, list[int]]
    created: dict[str, list[int]]
    added: str
    changed: str
    both: str
    of: str = "lead"


CASES = {
    "leads that were changed": Case({"lead": [1, 2]}, {}, "", "2 leads", "2 leads"),
    "leads that were added": Case({"lead": [1, 2, 3]}, {"lead": [1, 2, 3]}, "3 leads", "", "3 leads"),
    "some added and some changed": Case({"lead": [1, 2, 3]}, {"lead": [3]}, "1 lead", "2 leads", "3 leads"),
    "one added, which nothing was changed in": Case({"lead": [1]}, {"lead": [1]}, "1 lead", "", "1 lead"),
    "changed leads and what they became": Case(
        {"lead": [1, 2], "company": [7], "contact": [8, 9]}, {"company": [7], "contact": [8, 9]},
        "1 company, 2 contacts", "2 leads", "2 leads, 1 company, 2 contacts",
    ),
    "leads of which none goes back": Case({"lead": []}, {}, "", "0 leads", "0 leads"),
    "settings": Case({"source": [1]}, {"source": [1]}, "", "", "", of="source"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_an_undo_takes_back(case):
    outcome = UndoResult(case.of, back=case.back, created=case.created)
    assert (outcome.created_counts_text, outcome.changed_counts_text) == (case.added, case.changed)
    assert outcome.reverted_counts_text == case.both
    known = [ids for table, ids in case.created.items() if table != "source"]
    assert outcome.created_count == sum(map(len, known))
