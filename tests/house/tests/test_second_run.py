"""A browser test that fails by chance needs a second run; what fails twice, and every other test, fails the run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
# Fails the first time, because the file isn't there yet.
BY_CHANCE = "import pathlib\n\n\ndef test_one():\n    seen = pathlib.Path('seen')\n    assert seen.exists() or seen.touch()\n"
ALWAYS = "def test_one():\n    assert False\n"
PASSES = "def test_one():\n    pass\n"
IN_ONE, IN_TWO = (), ("-n", "2")
NAME = "tests/browser/test_it.py::test_one"


@pytest.fixture
def run(tmp_path):
    def run(*words: str, **files: str) -> tuple[int, list[str]]:
        (tmp_path / "pytest.ini").write_text("[pytest]\n")
        for folder, text in files.items():
            path = tmp_path / "tests" / folder / "test_it.py"
            path.parent.mkdir(parents=True)
            path.write_text(text)
        options = [
            word
            for name in ("xdist.plugin", "tests.running.complete", "tests.running.second_run")
            for word in ("-p", name)
        ]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        # The other plugins take most of the time of so small a run.
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                *options,
                "-p",
                "no:cacheprovider",
                "--import-mode=importlib",
                *words,
            ],
            cwd=tmp_path,
            env={**environment, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return done.returncode, done.stdout.splitlines()

    return run


@pytest.mark.parametrize("way", [IN_ONE, IN_TWO], ids=["one process", "two"])
def test_a_browser_test_that_passes_the_second_time_is_named_and_the_run_passes(run, way):
    code, said = run(*way, browser=BY_CHANCE)
    assert code == 0
    assert said[-2:] == ["Needed a second run, and passed then:", f"  {NAME}"]


@pytest.mark.parametrize("way", [IN_ONE, IN_TWO], ids=["one process", "two"])
def test_a_browser_test_that_fails_twice_fails_the_run(run, way):
    code, said = run(*way, browser=ALWAYS)
    assert code == 1
    assert "Needed a second run, and passed then:" not in said


def test_other_tests_have_no_second_run(run):
    assert run(leads=BY_CHANCE)[0] == 1


def test_a_browser_test_has_none_if_another_test_fails_too(run):
    assert run(browser=BY_CHANCE, leads=ALWAYS)[0] == 1


def test_a_run_that_passes_names_none(run):
    code, said = run(browser=PASSES)
    assert (code, [line for line in said if "second run" in line]) == (0, [])
