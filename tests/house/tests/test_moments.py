"""A test asks for the time when it runs: many are imported a quarter of an hour before they do, and a day may end meanwhile."""

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest

from tests.house.tests.test_waiting import FILES

AHEAD = "some day that is still to come, and nothing compares it with today"
# Where the time of the import does.
ALLOWED = {
    "bookings/conftest.py": AHEAD,
    "calendars/connections/test_syncing.py": AHEAD,
    "calendars/test_busy_times.py": AHEAD,
    "calendars/test_coming_in.py": AHEAD,
    "calendars/test_faults.py": AHEAD,
    "calendars/test_figures.py": AHEAD,
    "calendars/test_going_out.py": AHEAD,
    "calendars/test_recurrence.py": AHEAD,
    "calendars/test_second_server.py": AHEAD,
}
CLOCK = re.compile(r"(^|\.)(now|utcnow|today|localdate|localtime|time\.time)$")
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def get_parts_run_at_once(node: ast.AST) -> Iterator[ast.AST]:
    """What Python runs when it comes to this place: of a function, only its decorators and defaults."""
    yield node
    children: list[ast.AST] = [*ast.iter_child_nodes(node)]
    if isinstance(node, FUNCTIONS):
        defaults = [*node.args.defaults, *filter(None, node.args.kw_defaults)]
        children = [*getattr(node, "decorator_list", []), *defaults]
    for child in children:
        yield from get_parts_run_at_once(child)


def find_questions(nodes: list[ast.AST], askers: set[str]) -> list[int]:
    """The lines that ask for the time, or call one of these functions, which do."""
    return sorted(
        {
            part.lineno
            for node in nodes
            for part in get_parts_run_at_once(node)
            if isinstance(part, ast.Call)
            and (
                ast.unparse(part.func) in askers
                # A moment can be given to localdate() and localtime().
                or (
                    CLOCK.search(ast.unparse(part.func))
                    and not (part.args and "local" in ast.unparse(part.func))
                )
            )
        }
    )


@cache
def read_askers(file: str) -> frozenset[str]:
    """The functions of this file that ask for the time, and those that it takes from other files."""
    tree = ast.parse(FILES[file].read_text())
    return frozenset(find_askers(tree))


def find_askers(tree: ast.Module) -> set[str]:
    askers = set()
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tests."):
            source = "/".join(node.module.split(".")[1:]) + ".py"
            known = read_askers(source) if source in FILES else set()
            askers |= {one.asname or one.name for one in node.names if one.name in known}
    before = None
    while before != askers:
        before = {*askers}
        askers |= {
            node.name
            for node in tree.body
            if isinstance(node, ast.FunctionDef) and find_questions([*node.body], askers)
        }
    return askers


def find_questions_at_import(source: str) -> list[int]:
    tree = ast.parse(source)
    return find_questions([tree], find_askers(tree))


# A module that is a program isn't imported.
@pytest.mark.parametrize("file", [file for file in FILES if not file.endswith("__main__.py")])
def test_no_module_asks_for_the_time_when_it_is_imported(file):
    if file not in ALLOWED:
        assert find_questions_at_import(FILES[file].read_text()) == []


def test_each_file_that_may_ask_does():
    assert [file for file in ALLOWED if not find_questions_at_import(FILES[file].read_text())] == []


@pytest.mark.parametrize(
    "source",
    [
        "NOW = timezone.now()",
        "DAY: date = date.today() + timedelta(days=3)",
        "CASES = {'today': Case(at=localdate())}",
        "SECONDS = time.time()",
        "class Case:\n    at = datetime.now(UTC)",
        "def build(at=timezone.now()): pass",
        "@pytest.mark.parametrize('at', [timezone.now()])\ndef test_a(at): pass",
        "def tell():\n    return in_days(1)\ndef in_days(days):\n    return now() + days\nDAY = tell()",
        "from tests.crm.work.invitations.inviting import in_days as day\nDAY = day(1)",
    ],
)
def test_a_moment_of_the_import_is_found(source):
    assert find_questions_at_import(source)


@pytest.mark.parametrize(
    "source",
    [
        "def test_a():\n    assert timezone.now()",
        "CASES = {'today': lambda: timezone.now()}",
        "def later():\n    return lambda: timezone.now()\nCASES = {'later': later()}",
        "DAY = timezone.localdate(MOMENT)",
        "TEN = time(10)",
    ],
)
def test_a_moment_of_the_test_is_left_alone(source):
    assert not find_questions_at_import(source)
