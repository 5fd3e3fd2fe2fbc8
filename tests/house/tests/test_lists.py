"""Each test is in exactly one of the lists that the Makefile runs, and all lists together are `make test-release`."""

import itertools
import re
import subprocess
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

from tests.examples import one_of_each

ROOT = Path(__file__).resolve().parents[3]
MAKEFILE = (ROOT / "Makefile").read_text()
LISTS = ("TEST", "HARD", "NIGHTLY", "FAILOVER")
# Every marker that decides where a test runs.
MARKERS = ("hard", "nightly", "failover")
FILES = sorted((ROOT / "tests").rglob("test_*.py"))


def variable(name: str) -> str:
    return re.search(rf"^{name} := (.+)$", MAKEFILE, re.MULTILINE)[1]


def lists_with(held: tuple[str, ...]) -> list[str]:
    """The lists with a test that has these markers."""
    return [
        name for name in LISTS if Expression.compile(variable(name)).evaluate(lambda mark, **_: mark in held)
    ]


def commands(target: str) -> str:
    words = ["make", "--dry-run", "--no-print-directory", target]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("number", range(len(MARKERS) + 1))
def test_a_test_is_in_one_list_whatever_its_markers(number):
    for held in itertools.combinations(MARKERS, number):
        assert len(lists_with(held)) == 1, (held, lists_with(held))


@pytest.mark.parametrize(
    # one_in(), dealt() and one_of_each() of tests/examples.py marks cases for the night.
    ("target", "marker"),
    [("test-hard", r"mark\.hard\b"), ("test-nightly", r"mark\.nightly\b|\b(one_in|dealt|one_of_each)\b")],
)
def test_a_command_that_names_its_files_names_each_file_with_its_marker(target, marker):
    marked = {str(path.relative_to(ROOT)) for path in FILES if re.search(marker, path.read_text())}
    assert len(marked) > 10
    assert marked <= set(commands(target).split())


def test_files_whose_number_of_random_cases_grows_are_asked_for_more_of_them_at_night():
    random = {
        str(path.relative_to(ROOT))
        for path in FILES
        if re.search(r"^from tests\.examples import .*TIMES", path.read_text(), re.MULTILINE)
    }
    assert len(random) > 3
    (line,) = [line for line in commands("test-nightly").splitlines() if line.startswith("EXAMPLES=")]
    assert random == {word for word in line.split() if word.endswith(".py")}


def test_a_file_that_make_test_does_not_name_has_tests_for_other_commands_only():
    """Otherwise no command would run the others."""
    named = set(commands("test").split())
    others = [path for path in FILES if str(path.relative_to(ROOT)) not in named]
    assert len(FILES) > 2 * len(others) > 100
    mark = re.compile(r"^pytestmark = (\[[^\]]*|.*)pytest\.mark\.(hard|nightly|failover)\b", re.MULTILINE)
    assert [path.name for path in others if not mark.search(path.read_text())] == []


def test_all_lists_together_are_what_runs_before_a_release():
    run = commands("test-release")
    for name in LISTS:
        assert f'-m "{variable(name)}"' in run, name
    assert "tests.mutations" in run


def test_the_check_runs_lint_the_tests_and_the_hard_tests():
    steps = re.findall(r"^step (\S+)$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert steps == ["lint", "test", "test-hard"]


def test_one_of_each_group_is_in_the_check_and_all_others_at_night():
    now, later = one_of_each(["ab", "cde", "", "f"])
    assert now.values == (["a", "d", "f"],)
    assert later.values == (["b", "c", "e"],)
    assert [mark.name for mark in later.marks] == ["nightly"]
