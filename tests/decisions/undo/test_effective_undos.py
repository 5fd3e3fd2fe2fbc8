"""Which undos among many operations still count, and what they have undone."""

import pytest

from crm.models import Operation
from tests.decisions.undo.test_guards import Of, made

pytestmark = pytest.mark.django_db

CASES: dict[str, tuple[dict[str, Of], dict[str, str]]] = {
    "no undo": ({"change": Of()}, {}),
    "an undo": ({"change": Of(), "undo": Of("change")}, {"undo": "change"}),
    "an undo that was undone": (
        {"change": Of(), "undo": Of("change"), "redo": Of("undo")},
        {"redo": "undo"},
    ),
    "an undo whose redo was undone": (
        {"change": Of(), "undo": Of("change"), "redo": Of("undo"), "again": Of("redo")},
        {"undo": "change", "again": "redo"},
    ),
    "an undo that was undone nine times": (
        {"change": Of(), "undo 0": Of("change")} | {f"undo {n}": Of(f"undo {n - 1}") for n in range(1, 10)},
        {f"undo {n}": f"undo {n - 1}" for n in (1, 3, 5, 7, 9)},
    ),
    "two undos of a change, each of a part": (
        {"change": Of(), "undo": Of("change"), "rest": Of("change")},
        {"undo": "change", "rest": "change"},
    ),
    "two undos of a change, the second of which was undone": (
        {"change": Of(), "undo": Of("change"), "rest": Of("change"), "redo": Of("rest")},
        {"undo": "change", "redo": "rest"},
    ),
    "undos of several changes": (
        {"change": Of(), "other": Of(), "undo": Of("other"), "third": Of(), "back": Of("change")},
        {"undo": "other", "back": "change"},
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_which_undos_count_and_what_they_have_undone(case):
    operations, expected = case
    found = made(operations)
    undos = Operation.objects.all().get_effective_undos()
    assert undos == {found[undo].pk: found[change].pk for undo, change in expected.items()}


def test_undos_of_earlier_operations_do_not_matter_to_a_later_one():
    found = made({"change": Of(), "undo": Of("change"), "later": Of(), "back": Of("later")})
    assert Operation.objects.after(found["later"].pk).get_effective_undos() == {
        found["back"].pk: found["later"].pk
    }
