"""The calls of a minute and the records of an hour are counted by the clock: a test that reaches such a limit stops it, because the
minute may end between two of its calls."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.house.tests.test_waiting import FILES

# So few that a test may reach them.
LIMIT = re.compile(r"(calls_a_minute|records_per_hour)['\"]?\s*[=:]\s*\d\b")
CLOCK = "stopped_clock"
# Tests with a limit that make one call, or expect the same of all.
ALLOWED = {
    "test_a_token_with_a_limit_gets_the_number_of_calls_left",
    "test_an_access_ends_after_an_hour_and_is_renewed_with_all_that_was_chosen",
    "test_the_secret_of_an_address_is_in_no_log",
}


def find_running_clocks(source: str) -> Iterator[str]:
    """The tests that set such a limit while the clock goes on."""
    if not LIMIT.search(source):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            said = ast.unparse(node)
            if LIMIT.search(said) and CLOCK not in said:
                yield node.name


def test_a_test_of_what_is_counted_by_the_clock_stops_it():
    assert {name for file in FILES.values() for name in find_running_clocks(file.read_text())} == ALLOWED


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def test_a(umbra):\n    umbra(calls_a_minute=2)", True),
        ("def test_a(assistant):\n    assistant(limits={'records_per_hour': 2})", True),
        ("def test_a(umbra, stopped_clock):\n    umbra(calls_a_minute=2)", False),
        ("@usefixtures('stopped_clock')\ndef test_a(umbra):\n    umbra(calls_a_minute=2)", False),
        ("def test_a(umbra):\n    umbra(calls_a_minute=60)", False),
    ],
)
def test_a_running_clock_is_found(source, found):
    assert bool([*find_running_clocks(source)]) == found
