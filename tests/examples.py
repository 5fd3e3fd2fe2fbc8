"""How many cases tests try: EXAMPLES=10 tries ten times as many random ones, and of many similar ones the check tries some."""

import os
from collections.abc import Iterable, Sequence
from typing import Any

import pytest

TIMES = int(os.environ.get("EXAMPLES", "1"))


def one_in(number: int, cases: Iterable[Any]) -> list[Any]:
    """Each so many-th case is in the check, the others are asked at night. For the combinations of several lists, choose a number that
    divides none of their lengths: with another one, the same values would be left out every time."""
    return [
        case if place % number == 0 else pytest.param(*_values(case), marks=pytest.mark.nightly)
        for place, case in enumerate(cases)
    ]


def dealt(values: Sequence[Any], cases: Sequence[Any]) -> list[Any]:
    """Each value with its share of the cases, as if they were cards: in the check, each value meets some cases and each case one value.
    At night, each value meets all cases."""
    shares = [(value, cases[place :: len(values)]) for place, value in enumerate(values)]
    return shares + [pytest.param(value, cases, marks=pytest.mark.nightly) for value in values]


def one_of_each(groups: Iterable[Sequence[Any]]) -> list[Any]:
    """Two cases, each a list: in the check one member of each group, by turns, and at night the others."""
    now, later = [], []
    for place, group in enumerate(groups):
        for number, member in enumerate(group):
            (now if number == place % len(group) else later).append(member)
    return [
        pytest.param(now, id="one of each"),
        pytest.param(later, id="all others", marks=pytest.mark.nightly),
    ]


def _values(case: Any) -> tuple:
    return case if isinstance(case, tuple) else (case,)
