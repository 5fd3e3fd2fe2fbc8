"""python -m tests.mutations [path …] [--deciding] [--sample 100] [--seconds 900] [--seed 1]: what could go unnoticed?

Each scope, check, lock and refusal is removed in turn in a copy of the repository, or, with --deciding, each decision of the
modules in deciding.py is changed, and the tests that reach it are run. With paths, only places below them are. It exits with
1 if a place survives that known doesn't explain.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.mutations.deciding import DECIDING, ENGINE, TABLES
from tests.mutations.places import PACKAGES, Place
from tests.mutations.reporting import report
from tests.mutations.rewriting import rewrite

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
    # Part of the name under which a migrated database is kept (tests/database/migrated.py).
    "requirements.txt",
)
# They search the source code, which is rewritten in the copy, or files that aren't copied.
LEFT_OUT = (
    "tests/accounts/roles/test_permissions.py::test_every_permission_that_can_be_granted_is_checked_by_a_screen",
    "tests/accounts/roles/test_permissions.py::test_every_permission_that_a_screen_checks_can_be_granted_or_is_the_administrators",
    "tests/crm/platform/web/test_security_log.py::test_exactly_the_existing_events_are_documented",
    "tests/crm/platform/audit/test_entries.py::test_every_event_of_the_product_has_its_words",
    "tests/crm/platform/server/test_stopping.py::test_a_service_manager_waits_until_the_last_request_has_ended",
    "tests/crm/platform/server/test_stopping.py::test_the_containers_have_as_long",
)
# Tests that can notice something in these folders; the browser and the house look at other things.
TESTS = {
    "accounts": ["tests/accounts", *ENGINE, "tests/leads", "tests/customers", "tests/api", "tests/matrix"],
    "customers": ["tests/customers", "tests/crm/transfer", "tests/intake", "tests/mailboxes", "tests/matrix"],
    "assistants": ["tests/assistants", "tests/decisions/assistants", "tests/api"],
    "automations": ["tests/automations", "tests/decisions/automations", "tests/matrix"],
    "intake": ["tests/intake", "tests/matrix"],
    "leads": ["tests/leads", *ENGINE, "tests/api", "tests/matrix"],
    "duplicates": ["tests/duplicates", "tests/matrix"],
    "mailboxes": ["tests/mailboxes", "tests/matrix"],
    "calendars": ["tests/calendars", "tests/matrix"],
    "mailings": ["tests/mailings", "tests/matrix"],
    "privacy": ["tests/privacy", "tests/matrix"],
    "reports": ["tests/reports", "tests/matrix"],
    "crm": ["tests/crm", "tests/leads", "tests/api", "tests/accounts", "tests/customers", "tests/matrix"],
    "crm/api": ["tests/api", "tests/matrix"],
    "crm/transfer/imports": [*ENGINE, "tests/leads", "tests/customers", "tests/matrix"],
    "leads/api": ["tests/api", "tests/matrix"],
    "leads/settings": ["tests/leads", "tests/crm/records", "tests/crm/transfer", "tests/api", "tests/matrix"],
}


def main() -> int:
    asked = arguments()
    with tempfile.TemporaryDirectory(prefix="leadwell-mutations-") as folder:
        copy = Path(folder)
        # PostgreSQL may run as another user.
        copy.chmod(0o755)
        for name in COPIED:
            whole = (ROOT / name).is_dir()
            (shutil.copytree if whole else shutil.copy)(ROOT / name, copy / name)
        rewritten = rewrite(copy)
        every = rewritten.places
        kind = [place for place in every if place.decides == asked.deciding]
        chosen = [place for place in kind if not asked.paths or place.path.startswith(tuple(asked.paths))]
        if asked.sample:
            chosen = random.Random(asked.seed).sample(chosen, min(asked.sample, len(chosen)))
        tests = asked.tests or (tests_of_deciding(chosen) if asked.deciding else tests_of(asked.paths))
        print(f"{len(chosen)} of {len(kind)} places, seed {asked.seed}; tests: {' '.join(tests)}", flush=True)
        given = {
            "places": [place.number for place in chosen],
            "names": {place.number: place.name for place in every},
            # By module: where tests may notice it. With others than those of the table, all may.
            "folders": DECIDING if asked.deciding and not asked.tests else {},
            "seconds": asked.seconds,
            "seed": asked.seed,
            "map": str(ROOT / "var" / "mutations.json"),
            "result": str(copy / "result.json"),
        }
        # Those of `make test`, and the matrix.
        marked = "not hard and not nightly and not failover"
        marked = marked if asked.deciding else f"({marked}) or matrix"
        result = ran(copy, tests, given, marked)
    return report(chosen, rewritten, result)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument(
        "paths", nargs="*", help="such as leads/settings or accounts/users/forms.py; all without any"
    )
    parser.add_argument("--deciding", action="store_true", help="change decisions, see deciding.py")
    parser.add_argument("--sample", type=int, help="only so many places, drawn with the seed")
    parser.add_argument("--seconds", type=float, default=900)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tests", nargs="*", help="these tests instead of those of the table")
    return parser.parse_args()


def tests_of_deciding(places: list[Place]) -> list[str]:
    """The tables of decisions, and the folders of the modules of these places."""
    folders = dict.fromkeys(folder for place in places for folder in DECIDING[place.path])
    return [folder for folder in (TABLES, *folders) if (ROOT / folder).exists()]


def tests_of(paths: list[str]) -> list[str]:
    """The tests of the longest folder of the table that each path is in."""
    found: dict[str, None] = {}
    for path in paths or TESTS:
        folder = max((name for name in TESTS if path.startswith(name)), key=len, default="crm")
        found |= dict.fromkeys(TESTS[folder])
    return list(found)


def ran(copy: Path, tests: list[str], given: dict, marked: str) -> dict:
    environment = os.environ | {"LEADWELL_TEST_DATA": str(copy / "var" / "test")}
    # An environment variable can't hold all names.
    (copy / "given.json").write_text(json.dumps(given))
    environment["LEADWELL_MUTATIONS"] = str(copy / "given.json")
    result, most = Path(given["result"]), given["seconds"] + 120
    options = ["-q", "-p", "tests.mutations.plugin", "-p", "no:cacheprovider", "-m", marked]
    # The plugin runs tests in its own way, some often and some not at all.
    options += [part for name in LEFT_OUT for part in ("--deselect", name)]
    options += ["-p", "no:tests.running.complete"]
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


if __name__ == "__main__":
    sys.exit(main())
