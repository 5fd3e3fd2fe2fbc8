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
COPIED = (*PACKAGES, "templates", "static", "locale", "tests", "manage.py", "pyproject.toml")
# Tests that can notice something in these folders; the browser and the house look at other things.
TESTS = {
    "accounts": ["tests/accounts", "tests/leads", "tests/customers", "tests/api", "tests/matrix"],
    "customers": ["tests/customers", "tests/matrix"],
    "leads": ["tests/leads", "tests/api", "tests/matrix"],
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
        result = ran(copy, tests, [place.number for place in chosen], asked.seconds, asked.seed)
    return report({place.number: place for place in every}, result, bool(asked.paths))


def tests_of(paths: list[str]) -> list[str]:
    """The tests of the longest folder of the table that each path is in."""
    found: dict[str, None] = {}
    for path in paths or TESTS:
        folder = max((name for name in TESTS if path.startswith(name)), key=len, default="crm")
        found |= dict.fromkeys(TESTS[folder])
    return list(found)


def ran(copy: Path, tests: list[str], numbers: list[int], seconds: float, seed: int) -> dict:
    result = copy / "result.json"
    given = {"places": numbers, "seconds": seconds, "seed": seed, "result": str(result)}
    environment = os.environ | {
        "LEADWELL_MUTATIONS": json.dumps(given),
        "LEADWELL_TEST_DATA": str(copy / "var" / "test"),
    }
    options = ["-q", "-p", "tests.mutations.plugin", "-p", "no:cacheprovider", "-m", "not hard"]
    options += ["-o", "timeout_func_only=true", "-o", "timeout=30", "--durations=0"]
    command = [sys.executable, "-m", "pytest", *options, *tests]
    try:
        done = subprocess.run(
            command, cwd=copy, env=environment, capture_output=True, text=True, timeout=seconds + 120
        )
        said = done.stdout + done.stderr
    except subprocess.TimeoutExpired as late:
        said = str(late)
    if not result.exists():
        sys.exit(f"The tests didn't finish.\n{said[-4000:]}")
    return json.loads(result.read_text())


def report(places: dict[int, Place], result: dict, partly: bool) -> int:
    """Print the result. Returns the exit code."""
    survived = [(places[number], f"{run} of {tests} tests run") for number, run, tests in result["survived"]]
    survived += [(places[number], "no test reaches it") for number in result["unreached"]]
    new = sorted(((place, why) for place, why in survived if place.name not in KNOWN), key=by_place)
    for place, why in new:
        print(f"SURVIVED {place.what} at line {place.line} ({why})\n  {place.name}")
    for place, _why in sorted(survived, key=by_place):
        if place.name in KNOWN:
            print(f"known: {place.name}\n  {KNOWN[place.name]}")
    names = {place.name for place in places.values()}
    stale = sorted(set(KNOWN) - names)
    told = {
        "Names in known.py without a place": stale,
        "Not tried for lack of time": [places[number].name for number in result["untried"]],
        "Test files not run, for the same reason": result["unrun"],
        "Tests that fail without any removal": result["failing"],
        "Tests that failed after a removal had ended": result["unstable"],
    }
    for words, lines in told.items():
        if lines:
            print(f"{words} ({len(lines)}):", *lines, sep="\n  ")
    print(
        f"{len(result['noticed'])} noticed, {len(survived) - len(new)} known, {len(new)} survived, "
        f"{len(result['untried'])} not tried."
    )
    return 1 if new or stale or result["failing"] else 0


def by_place(pair: tuple[Place, str]) -> tuple[str, int]:
    return pair[0].path, pair[0].line


if __name__ == "__main__":
    sys.exit(main())
