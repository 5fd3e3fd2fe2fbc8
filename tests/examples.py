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


def _values(case: Any) -> tuple:
    return case if isinstance(case, tuple) else (case,)
