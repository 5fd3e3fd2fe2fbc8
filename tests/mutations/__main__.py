"""python -m tests.mutations [path …] [--seconds 900] [--seed 1]: which scope, check, lock or refusal could go unnoticed?

Each one is removed in turn in a copy of the repository, and the tests that reach it are run. With paths, only places
below them are removed. It exits with 1 if a place survives that known.py doesn't explain.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutations.known import KNOWN
from tests.mutations.places import PACKAGES, Place, rewrite

ROOT = Path(__file__).resolve().parents[2]
COPIED = (
    *PACKAGES,
    "templates",
    "static",
    "locale",
    "tests",
    "docs",
    "README.md",
    "manage.py",
    "pyproject.toml",
    # Part of the name under which a migrated database is kept (tests/migrated.py).
    "requirements.txt",
)
# It searches the source code, which is rewritten in the copy.
LEFT_OUT = (
    "tests/accounts/test_permissions.py::test_every_permission_that_can_be_granted_is_checked_by_a_screen"
)
# Tests that can notice something in these folders; the browser and the house look at other things.
TESTS = {
    "accounts": ["tests/accounts", "tests/leads", "tests/customers", "tests/api", "tests/matrix"],
    "customers": ["tests/customers", "tests/intake", "tests/mailboxes", "tests/matrix"],
    "intake": ["tests/intake", "tests/matrix"],
    "leads": ["tests/leads", "tests/api", "tests/matrix"],
    "mailboxes": ["tests/mailboxes", "tests/matrix"],
    "crm": ["tests/crm", "tests/leads", "tests/api", "tests/accounts", "tests/customers", "tests/matrix"],
    "crm/api": ["tests/api", "tests/matrix"],
    "crm/imports": ["tests/leads", "tests/customers", "tests/matrix"],
    "leads/api": ["tests/api", "tests/matrix"],
    "leads/settings": ["tests/leads", "tests/api", "tests/matrix"],
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument(
        "paths", nargs="*", help="such as leads/settings or accounts/forms.py; all without any"
    )
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", nargs="*", help="these tests instead of those of the table")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="leadwell-mutations-") as folder:
        copy = Path(folder)
        # PostgreSQL may run as another user.
        copy.chmod(0o755)
        for name in COPIED:
            whole = (ROOT / name).is_dir()
            (shutil.copytree if whole else shutil.copy)(ROOT / name, copy / name)
        every = rewrite(copy)
        chosen = [place for place in every if not asked.paths or place.path.startswith(tuple(asked.paths))]
        tests = asked.tests or tests_of(asked.paths)
        print(
            f"{len(chosen)} of {len(every)} places, seed {asked.seed}; tests: {' '.join(tests)}", flush=True
        )
        given = {
            "places": [place.number for place in chosen],
            "names": {place.number: place.name for place in every},
            "seconds": asked.seconds,
            "seed": asked.seed,
            "map": str(ROOT / "var" / "mutations.json"),
            "result": str(copy / "result.json"),
        }
        result = ran(copy, tests, given)
    return report(chosen, {place.name for place in every}, result)


def tests_of(paths: list[str]) -> list[str]:
    """The tests of the longest folder of the table that each path is in."""
    found: dict[str, None] = {}
    for path in paths or TESTS:
        folder = max((name for name in TESTS if path.startswith(name)), key=len, default="crm")
        found |= dict.fromkeys(TESTS[folder])
    return list(found)


def ran(copy: Path, tests: list[str], given: dict) -> dict:
    environment = os.environ | {"LEADWELL_TEST_DATA": str(copy / "var" / "test")}
    # An environment variable can't hold all names.
    (copy / "given.json").write_text(json.dumps(given))
    environment["LEADWELL_MUTATIONS"] = str(copy / "given.json")
    result, most = Path(given["result"]), given["seconds"] + 120
    options = ["-q", "-p", "tests.mutations.plugin", "-p", "no:cacheprovider", "-m", "not hard or matrix"]
    # The plugin runs tests in its own way, some often and some not at all.
    options += ["--deselect", LEFT_OUT, "-p", "no:tests.complete"]
    options += ["-o", "timeout_func_only=true", "-o", "timeout=30", "--durations=0"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=most
        )
        said = done.stdout + done.stderr
    except subprocess.TimeoutExpired as late:
        said = str(late)
    if not result.exists():
        sys.exit(f"The tests didn't finish.\n{said[-4000:]}")
    return json.loads(result.read_text())


def report(chosen: list[Place], names: set[str], result: dict) -> int:
    """Print the result. Returns the exit code."""
    if result["failing"] and not any(result["reached"].values()):
        print("No test passes, even without any removal. The first one says:", result["failing"][0], sep="\n")
        return 1
    noticed, untried, tried = set(result["noticed"]), set(result["untried"]), result["tried"]
    left = [place for place in chosen if str(place.number) not in noticed]
    # A test file that wasn't run might notice it.
    waiting = [place for place in left if place.number in untried or result["unrun"]]
    so_far = [place for place in waiting if str(place.number) in tried and place.name not in KNOWN]
    survived = [place for place in left if place not in waiting]
    new = [place for place in survived if place.name not in KNOWN]
    for place in new:
        run, reach = tried.get(str(place.number), 0), result["reached"][str(place.number)]
        print(f"SURVIVED {place.what} at line {place.line}, {run} of {reach} tests run\n  {place.name}")
    for place in survived:
        if place.name in KNOWN:
            print(f"known: {place.name}\n  {KNOWN[place.name]}")
    stale = sorted(set(KNOWN) - names)
    told = {
        "Names in known.py without a place": stale,
        "Survived the test files that were run": [place.name for place in so_far],
        "Not tried for lack of time": [place.name for place in waiting if place not in so_far],
        "Test files not run for lack of time; run it again, and they come first": result["unrun"],
        "Tests that fail without any removal": result["failing"],
        "Tests that failed again after the removal": result["unstable"],
    }
    for words, lines in told.items():
        if lines:
            print(f"{words} ({len(lines)}):", *lines, sep="\n  ")
    known = len(survived) - len(new)
    print(f"{len(noticed)} noticed, {known} known, {len(new)} survived, {len(waiting)} not tried.")
    return 1 if new or stale or result["failing"] else 0


if __name__ == "__main__":
    sys.exit(main())
