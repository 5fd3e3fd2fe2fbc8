"""Where an import goes on, how fast it is, and what its file is called on its pages."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from crm.imports.own import elsewhere, file_in_words, pace
from crm.models import Import

# Seconds since the start, rows done and all rows: rows per second and seconds left.
PACES: dict[str, tuple[float | None, int, int, dict[str, int]]] = {
    "it hasn't begun": (None, 0, 100, {}),
    "no row is done": (10, 0, 100, {}),
    "less than a second": (0.9, 50, 100, {}),
    "a second": (1, 50, 100, {"rate": 50, "left": 1}),
    "half of it": (10, 50, 100, {"rate": 5, "left": 10}),
    "a quarter of it": (10, 50, 200, {"rate": 5, "left": 30}),
    "all but one row": (100, 99_999, 100_000, {"rate": 1000, "left": 1}),
    "all rows": (10, 100, 100, {}),
    "more rows than were expected": (10, 101, 100, {}),
}


@pytest.mark.parametrize("case", PACES.values(), ids=PACES)
def test_how_fast_a_job_is_and_how_long_it_takes(case, stopped_clock):
    seconds, done, total, expected = case
    begun = None if seconds is None else stopped_clock - timedelta(seconds=seconds)
    assert pace(SimpleNamespace(started_at=begun, done=done, total=total)) == expected


READY: dict[str, Any] = {"working": False, "state": "columns", "rows_kept": True}
STEPS = {
    "the step that is open": ({}, False),
    "a step that is over": ({"state": "plan"}, True),
    "while a job works": ({"working": True}, True),
    "the rows were deleted": ({"rows_kept": False}, True),
}


@pytest.mark.parametrize("case", STEPS.values(), ids=STEPS)
def test_which_steps_of_an_import_are_open(case):
    values, is_elsewhere = case
    found = elsewhere(SimpleNamespace(pk=1, **READY | values), "columns", "values")
    assert (found is not None) == is_elsewhere


FILES = {
    "leads.xlsx, sheet “May”, 1 row, 2 columns": {"sheet": "May", "rows": 1, "columns": [{}, {}]},
    "leads.xlsx, 2 rows, 1 column": {"rows": 2, "columns": [{}]},
}


@pytest.mark.parametrize("words", FILES)
def test_what_a_file_is_called(words):
    assert file_in_words(Import(name="leads.xlsx", **FILES[words])) == words
