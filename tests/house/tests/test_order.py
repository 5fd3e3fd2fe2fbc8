"""In which order two processes run tests: tests/running/both_ends.py is tried with a folder of six files."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE

ROOT = Path(__file__).resolve().parents[3]
CONFTEST = "import pytest\n\n\n@pytest.fixture\ndef db(): pass\n"
PURE, ASKS, MARKED = (
    "def test_it(): pass\n",
    "def test_it(db): pass\n",
    "import pytest\n\n\n@pytest.mark.django_db\ndef test_it(): pass\n",
)
FILES = {"a": PURE, "b": ASKS, "c": MARKED, "d": PURE, "e": ASKS, "f": ASKS}


@pytest.fixture
def read_order(tmp_path):
    """read_order("-m", "…") are the files as both processes run them: one letter for each."""
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    django_db\n    hard\n")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    for name, text in FILES.items():
        (tmp_path / f"test_{name}.py").write_text(text)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    kept |= {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}

    def read(*words: str) -> str:
        orders = set()
        for process in ("gw0", "gw1"):
            command = [
                sys.executable,
                "-m",
                "pytest",
                "-p",
                "tests.running.both_ends",
                "-p",
                "no:cacheprovider",
            ]
            done = subprocess.run(
                [*command, "-q", "--collect-only", *words, *(f"test_{name}.py" for name in FILES)],
                cwd=tmp_path,
                env=kept | {"PYTEST_XDIST_WORKER": process},
                capture_output=True,
                text=True,
                timeout=PATIENCE,
            )
            orders.add("".join(re.findall(r"test_(\w)\.py::", done.stdout)))
        (order,) = orders
        return order

    return read


def test_the_second_half_begins_with_tests_that_need_no_database(read_order):
    assert read_order() == "bceadf"


def test_hard_tests_stay_in_the_order_of_their_files(read_order):
    assert read_order("-m", "hard or not hard") == "abcdef"


def test_a_random_order_shuffles_the_files_too(read_order):
    orders = [read_order("-p", "randomly", f"--randomly-seed={seed}") for seed in (1, 2, 3)]
    assert {"".join(sorted(order)) for order in orders} == {"abcdef"}
    assert len(set(orders)) > 1
