"""Tests wait for events and never for time, none gives up before a busy machine is done, and only what runs at night measures
seconds."""

import ast
import re
from collections.abc import Iterator

import pytest

from crm.platform.configuration.environment import ROOT
from tests.waiting import PATIENCE

TESTS = ROOT / "tests"
SEPARATE = {"waiting.py", "failover"}
# What takes the seconds after which it gives up as its only argument.
WAITS = {"join", "settimeout", "wait"}
CLOCKS = {"monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"}
SLOW_SERVER = "a server that is slow by itself, because the product has to give it up"
SLOW_STATEMENT = "a statement that is slow by itself, because the product has to end or to note it"
SLOW_BODY = "a body that arrives slowly, because the product has to cut it off"
# Where a pause is what a test gives the product, and nobody waits for it.
LOADS = {
    "accounts/single_sign_on/providing.py": SLOW_SERVER,
    "accounts/push/pushing.py": SLOW_SERVER,
    "api/webhooks/listening.py": SLOW_SERVER,
    "api/calls/test_bodies.py": SLOW_BODY,
    "browser/window.py": "a browser says some things only when it is asked again, and its page goes on meanwhile",
    "crm/platform/monitoring/test_gathering.py": SLOW_STATEMENT,
    "crm/platform/monitoring/test_queries.py": SLOW_STATEMENT,
    "crm/scaling/months/things.py": "a copy of rows that goes on until a lock is gone, whatever lock_timeout is",
    "crm/platform/web/test_slow_forms.py": SLOW_BODY,
    "crm/platform/web/test_transactions.py": SLOW_STATEMENT,
    "hard/at_size/mailing_process.py": "a program for the tests of sizes at night",
    "hard/at_once/test_conversion.py": "a request that has a lock for a moment, beside others",
    "hard/faults/test_import_killed.py": "a worker is killed at any moment, and each moment is a right one",
    "hard/sync/leads_program.py": "a program waits as long as a reply of Leadwell tells it to",
    "hard/server/test_json_lines.py": "a lock that makes a page slow, because the product has to note it",
    "house/tests/test_waiting.py": "examples",
    "crm/records/listing/test_costs.py": SLOW_STATEMENT,
    "crm/transfer/exports/test_jobs.py": SLOW_STATEMENT,
    "mailboxes/connections/test_broken.py": SLOW_SERVER,
    "mailboxes/connections/test_fetching.py": SLOW_SERVER,
    "crm/scaling/replicas/test_states.py": SLOW_STATEMENT,
    "crm/platform/files/store/ways.py": SLOW_SERVER,
}
# A file without one of these words neither pauses nor measures, and reading it as a syntax tree takes most of the time.
WORDS = re.compile("sleep|wait_for_timeout|Event|" + "|".join(CLOCKS))
LIMITS = re.compile(r"timeout=|\.(" + "|".join(WAITS) + r")\(")
# Where a limit is what the test is about, or a pause between two questions.
EARLY = {
    "crm/platform/audit/receiving.py": "a pause between two bytes",
}
FILES = {
    str(path.relative_to(TESTS)): path
    for path in sorted(TESTS.rglob("*.py"))
    if path.relative_to(TESTS).parts[0] not in SEPARATE and path.stat().st_size
}


def runs_elsewhere(node: ast.AST) -> bool:
    """Whether these are tests of the night, or of lost parts of a cluster."""
    marks = getattr(node, "decorator_list", [])
    if isinstance(node, ast.Module):
        marks = [
            part.value for part in node.body if isinstance(part, ast.Assign) and named(part, "pytestmark")
        ]
    return any(re.search(r"mark\.(nightly|failover)\b", ast.unparse(mark)) for mark in marks)


def named(assign: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in assign.targets)


def parts(node: ast.AST) -> Iterator[ast.AST]:
    if not runs_elsewhere(node):
        yield node
        for child in ast.iter_child_nodes(node):
            yield from parts(child)


def called(node: ast.AST) -> str:
    """The last name of what is called: "sleep" for time.sleep(1)."""
    return ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""


def sleeps(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and "pg_sleep(" in node.value
    fresh = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Event().wait")
    return fresh or called(node) in ("sleep", "wait_for_timeout")


def pauses(source: str) -> list[int]:
    """The lines that sleep."""
    return sorted({node.lineno for node in parts(ast.parse(source)) if sleeps(node)})


def ends_early(node: ast.AST) -> bool:
    """Whether this call gives up after a number of seconds below PATIENCE."""
    if not isinstance(node, ast.Call):
        return False
    limits = [keyword.value for keyword in node.keywords if keyword.arg in ("timeout", "connect_timeout")]
    if isinstance(node.func, ast.Attribute) and node.func.attr in WAITS and len(node.args) == 1:
        limits += node.args
    seconds = [limit.value for limit in limits if isinstance(limit, ast.Constant)]
    return any(isinstance(number, int | float) and number < PATIENCE for number in seconds)


def given_up(source: str) -> list[int]:
    """The lines that wait for less than PATIENCE."""
    return sorted({node.lineno for node in parts(ast.parse(source)) if ends_early(node)})


def measured(source: str) -> list[int]:
    """The lines that assert something about a clock, or about a name of what was computed from it in the same function."""
    return sorted(
        {
            line
            for node in parts(ast.parse(source))
            if isinstance(node, ast.FunctionDef)
            for line in measured_in(node)
        }
    )


def measured_in(function: ast.FunctionDef) -> Iterator[int]:
    inside = sorted(
        (node for node in parts(function) if hasattr(node, "lineno")), key=lambda node: node.lineno
    )
    times: set[str] = set()

    def of_a_clock(value: ast.AST) -> bool:
        return any(
            called(node) in CLOCKS or (isinstance(node, ast.Name) and node.id in times)
            for node in ast.walk(value)
        )

    for node in inside:
        if isinstance(node, ast.Assign) and of_a_clock(node.value):
            times |= {
                one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)
            }
        elif isinstance(node, ast.Assert) and of_a_clock(node.test):
            yield node.lineno


@pytest.mark.parametrize("file", FILES)
def test_no_test_sleeps_in_order_to_wait_or_measures_seconds(file):
    source = FILES[file].read_text()
    if not WORDS.search(source):
        return
    assert measured(source) == []
    if file not in LOADS:
        assert pauses(source) == []


@pytest.mark.parametrize("file", FILES)
def test_no_test_gives_up_before_a_busy_machine_is_done(file):
    source = FILES[file].read_text()
    if LIMITS.search(source) and file not in EARLY:
        assert given_up(source) == []


def test_each_file_that_may_give_up_early_does_so():
    assert [file for file in EARLY if not given_up(FILES[file].read_text())] == []


def test_each_file_that_may_have_a_pause_has_one():
    assert [file for file in LOADS if not pauses(FILES[file].read_text())] == []


@pytest.mark.parametrize(
    "line",
    [
        "time.sleep(1)",
        "await asyncio.sleep(1)",
        "sleep(1)",
        "page.wait_for_timeout(500)",
        "threading.Event().wait(1)",
        "ask('SELECT pg_sleep(1)')",
    ],
)
def test_a_pause_is_found(line):
    assert pauses(f"async def test_a():\n    {line}") == [2]
    assert pauses(f"@pytest.mark.nightly\nasync def test_a():\n    {line}") == []
    assert pauses(f"pytestmark = [pytest.mark.failover]\nasync def test_a():\n    {line}") == []


@pytest.mark.parametrize(
    "call", ["urlopen(url, timeout=5)", "thread.join(20)", "plain.settimeout(0.5)", "process.wait(10)"]
)
def test_a_limit_of_a_few_seconds_is_found(call):
    assert given_up(f"def test_a():\n    {call}") == [2]
    assert given_up(f"@pytest.mark.nightly\ndef test_a():\n    {call}") == []


@pytest.mark.parametrize(
    "call",
    [
        "urlopen(url, timeout=PATIENCE)",
        "run(command, timeout=600)",
        "thread.join()",
        "', '.join(words)",
        "wait(40)",
    ],
)
def test_a_call_that_waits_long_enough_or_for_nothing_is_left_alone(call):
    assert given_up(f"def test_a():\n    {call}") == []


@pytest.mark.parametrize(
    "claim",
    [
        "assert time.monotonic() - begun < 5",
        "took = perf_counter() - begun\n    assert took < 5",
        "while True:\n        assert monotonic() < deadline",
    ],
)
def test_an_assertion_about_seconds_is_found(claim):
    assert measured(f"def test_a():\n    begun = time.monotonic()\n    {claim}")
    assert not measured(f"@pytest.mark.nightly\ndef test_a():\n    begun = time.monotonic()\n    {claim}")


def test_an_assertion_about_something_else_is_left_alone():
    assert not measured(
        "def test_a():\n    begun = time.monotonic()\n    rows = read()\n    assert rows == 5"
    )
