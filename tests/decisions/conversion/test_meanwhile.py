"""Whether a conversion page comes back because a matching record was added after it was opened."""

import pytest

from customers.conversion.conversion_plan import NEW, NONE
from customers.conversion.displayed_matches import get_unseen_matches

CASES = {
    "nothing matches": (NEW, [], [], []),
    "the page had the match and a new record was chosen": (NEW, ["7"], [7], []),
    "a match was added since": (NEW, [], [7], [7]),
    "a second match was added since": (NEW, ["7"], [7, 8], [8]),
    "a match of the page is gone": (NEW, ["7"], [], []),
    "no record was chosen": (NONE, [], [7], []),
    "an existing record was chosen": ("7", ["7"], [7, 8], []),
    "another record was chosen": ("other", [], [7], []),
    "nothing was chosen": (None, [], [7], []),
    "the page names something else than numbers": (NEW, ["x", ""], [7], [7]),
}


@pytest.mark.parametrize(("chosen", "shown", "found", "comes_back_for"), CASES.values(), ids=CASES.keys())
def test_a_conversion_page_comes_back_for_new_matches(chosen, shown, found, comes_back_for):
    assert get_unseen_matches(chosen, shown, found) == comes_back_for
