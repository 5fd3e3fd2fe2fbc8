"""No test gets lost without a message: tests/running/complete.py is tried with a folder of three tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running.groups import TOGETHER, groups_of
from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
TESTS = "def test_one(): pass\n\n\ndef test_two(): pass\n\n\ndef test_three(): assert {three}\n"
LOSES = "def pytest_runtest_protocol(item):\n    return item.name == 'test_two' or None\n"
SAME_NAME = "def pytest_itemcollected(item):\n    item._id = item.parent.id.child('test_one')\n"
DIES = "import os\n\n\ndef pytest_runtest_call(item):\n    if item.name == 'test_two':\n        os._exit(1)\n"
IN_ONE, IN_TWO, IN_GROUPS = (), ("-n", "2", "--dist", "worksteal"), ("-n", "2", "--dist", "loadscope")


@pytest.fixture
def run(tmp_path):
    def run(*words: str, conftest: str = "", three: bool = True) -> tuple[int, str]:
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        (tmp_path / "test_three.py").write_text(TESTS.format(three=three))
        (tmp_path / "conftest.py").write_text(conftest)
        plugins = [
            word
            for name in (
                "xdist.plugin",
                "tests.running.groups",
                "tests.running.complete",
                "tests.running.messages",
            )
            for word in ("-p", name)
        ]
        command = [sys.executable, "-m", "pytest", *plugins, *words]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        # The other plugins take most of the time of so small a run.
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider"],
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return done.returncode, done.stdout + done.stderr

    return run


@pytest.mark.parametrize("way", [IN_ONE, IN_TWO, IN_GROUPS], ids=["one process", "two", "two with groups"])
def test_a_test_that_was_collected_and_not_run_fails_the_run(run, way):
    code, said = run(*way, conftest=LOSES)
    assert code == 1
    assert "COLLECTED but not run: test_three.py::test_two" in said
    assert "1 of 3 tests didn't run." in said


@pytest.mark.parametrize("way", [IN_ONE, IN_GROUPS], ids=["one process", "two with groups"])
def test_two_tests_of_the_same_name_fail_the_run(run, way):
    code, said = run(*way, conftest=SAME_NAME)
    assert code != 0
    assert "test_three.py::test_one is the name of 3 tests." in said


@pytest.mark.parametrize("way", [IN_ONE, IN_TWO, IN_GROUPS], ids=["one process", "two", "two with groups"])
def test_a_complete_run_passes(run, way):
    code, said = run(*way)
    assert code == 0
    assert "3 passed" in said


def test_deselected_and_listed_tests_are_not_missing(run):
    assert run("-k", "test_one")[0] == 0
    assert run("--collect-only")[0] == 0


def test_a_run_that_stops_at_the_first_failure_names_only_the_failure(run):
    code, said = run("-x", "-k", "test_three or test_one", three=False)
    assert code == 1
    assert "COLLECTED but not run" not in said


def test_a_test_whose_process_dies_fails_and_the_others_still_run(run):
    code, said = run(*IN_TWO, conftest=DIES)
    assert code == 1
    assert "1 failed, 2 passed" in said
    assert "COLLECTED but not run" not in said


def test_a_group_whose_process_dies_fails(run):
    code, said = run(*IN_GROUPS, "--max-worker-restart", "1", conftest=DIES)
    assert code == 1
    assert "crashed while running 'test_three.py::test_two'" in said


def test_a_group_is_a_part_of_one_file():
    names = [f"tests/a.py::test[{number}]" for number in range(TOGETHER + 1)] + ["tests/b.py::test"]
    groups = groups_of(names)
    assert [groups[name] for name in (names[0], names[TOGETHER - 1])] == ["tests/a.py 0"] * 2
    assert [groups[name] for name in names[TOGETHER:]] == ["tests/a.py 1", "tests/b.py 0"]
