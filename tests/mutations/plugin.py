"""Runs in pytest, in the rewritten copy: first which places each test reaches, then each place with its tests.

All in one process and on one database. That is what makes it quick: a place costs no more than the tests that reach it,
and the first one that fails is enough. The tables of decisions come first, and of the other tests only those that may notice
what the tables let through. What a file of tests reaches is kept for later runs (learned.py).
"""

import json
import os
import random
import time
from functools import partial
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.mutations import memories, switch
from tests.mutations.deciding import TABLES
from tests.mutations.learned import Learned, state_of

# No place gets more seconds than this in one part, however many tests reach it.
MOST_OF_A_PLACE = 30
# Of the time, so much is kept for trying places, and the rest is for tests as they are: as a rule a place takes so many seconds with
# the tables, and so many with others.
USUAL_OF_TABLES, USUAL_OF_OTHERS, LARGEST_SHARE_OF_PLACES = 1, 5, 0.5
# These share a world that takes seconds to build, so all places are first tried without them.
HEAVY = "tests/matrix/"


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session) -> bool:
    given = json.loads(Path(os.environ["LEADWELL_MUTATIONS"]).read_text())
    run = Run(session.items, given, Learned(Path(given["map"]), list(given["names"].values())))
    # The first test of all makes the database, which isn't its own time.
    run.passes(session.items[0])
    for tables in (True, False):
        run.begin(tables=tables)
        run.learned.write(without={name.partition("::")[0] for name in run.failing})
        run.every(tables=tables)
    Path(given["result"]).write_text(json.dumps(run.result()))
    session._setupstate.teardown_exact(None)
    return True


def is_of_tables(item) -> bool:
    return item.nodeid.startswith(TABLES)


def is_heavy(item) -> bool:
    return item.nodeid.startswith(HEAVY)


class Run:
    def __init__(self, items: list, given: dict, learned: Learned) -> None:
        self.items, self.random, self.learned = items, random.Random(given["seed"]), learned
        self.names = {int(number): name for number, name in given["names"].items()}
        self.folders = given["folders"]
        self.begun, self.seconds = time.monotonic(), given["seconds"]
        # In the order in which they are tried.
        self.places = self.random.sample(given["places"], len(given["places"]))
        # By place: the tests that reach it. By test: its seconds times the number of places that it reaches.
        self.reached: dict[str, list] = {}
        self.costs: dict[str, float] = {}
        self.failing: list[str] = []
        self.unrun: list[str] = []
        self.unstable: set[str] = set()
        self.noticed: dict[int, str] = {}
        self.tried: dict[int, int] = {}
        self.untried: set[int] = set()

    @property
    def left(self) -> float:
        return self.seconds - (time.monotonic() - self.begun)

    def passes(self, item) -> bool:
        """Run a test by itself; what it shares with others of its file stays. Statements that other tests have compiled
        would hide which places this one reaches."""
        from crm.platform.sql import compiled_querysets
        from crm.records.paging import compiled_statements

        compiled_statements.forget_compiled_statements()
        compiled_querysets.forget_compiled_querysets()
        item.session._setupstate.teardown_exact(item)
        item._initrequest()
        reports = runtestprotocol(item, nextitem=item.parent, log=False)
        failed = [report for report in reports if report.failed]
        self.said = failed[0].longreprtext if failed else ""
        return not failed

    def begin(self, *, tables: bool) -> None:
        """Learn what each test of the tables, or each other test that may notice one of the places that are left, reaches. Files in
        folders named like those of the modules come first, then the seed decides which ones are skipped when the time is over."""
        usual = USUAL_OF_TABLES if tables else USUAL_OF_OTHERS
        for_places = min(len(self.unnoticed) * usual, self.seconds * LARGEST_SHARE_OF_PLACES)
        files: dict[str, list] = {}
        for item in self.items:
            if is_of_tables(item) == tables:
                files.setdefault(item.nodeid.partition("::")[0], []).append(item)
        folders = {part for module in self.modules for part in Path(module).parent.parts}
        order = self.random.sample(sorted(files), len(files))
        for name in sorted(order, key=lambda name: -len(folders.intersection(Path(name).parts))):
            items, state = files[name], state_of(files[name][0].path)
            reached = self.learned.of(name, state, [item.nodeid for item in items])
            if reached is None:
                if not tables and not self.may_notice(name):
                    continue
                if self.left < for_places:
                    self.unrun.append(name)
                    continue
                reached = self.reached_by(items)
                self.learned.learn(name, state, reached)
            for item in items:
                seconds, places = reached[item.nodeid]
                self.costs[item.nodeid] = seconds * len(places)
                for place in places:
                    self.reached.setdefault(place, []).append(item)

    @property
    def unnoticed(self) -> list[int]:
        return [number for number in self.places if number not in self.noticed]

    @property
    def modules(self) -> set[str]:
        """The paths of those that have a place that is left."""
        return {self.names[number].partition(" ")[0] for number in self.unnoticed}

    def may_notice(self, file: str) -> bool:
        """Whether the file is in a folder of the module of a place that is left; every file may that was asked for by its name."""
        return any(file.startswith(tuple(self.folders.get(module, ["tests/"]))) for module in self.modules)

    def reached_by(self, items: list) -> dict[str, tuple[float, list[str]]]:
        """By test its seconds and the places that it reaches; none for a test that fails."""
        found = {}
        for item in items:
            switch.hits.clear()
            begun = time.monotonic()
            passed = self.passes(item)
            if not passed:
                self.failing.append(f"{item.nodeid}\n{self.said[-1500:]}")
            reached = sorted(self.names[number] for number in switch.hits) if passed else []
            found[item.nodeid] = (time.monotonic() - begun, reached)
        return found

    def every(self, *, tables: bool) -> None:
        """Try all places that are left, those that are left with the heavy tests, too."""
        for heavy in (False, True):
            for number in self.unnoticed:
                reached = self.reached.get(self.names[number], [])
                tests = [item for item in reached if (is_of_tables(item), is_heavy(item)) == (tables, heavy)]
                if not tests:
                    continue
                if self.left < 0:
                    self.untried.add(number)
                else:
                    self.tries(number, tests)

    def tries(self, number: int, tests: list) -> None:
        """Run the tests without this place, until one fails."""
        until = time.monotonic() + MOST_OF_A_PLACE
        for item in sorted(tests, key=partial(self.order, Path(self.names[number].partition(" ")[0]))):
            if time.monotonic() > until:
                return
            self.tried[number] = self.tried.get(number, 0) + 1
            if self.passes_without(number, item):
                continue
            if self.passes(item):
                self.noticed[number] = item.nodeid
                return
            # It also fails with the place: the failed test left something behind.
            self.unstable.add(item.nodeid)

    def order(self, module: Path, item) -> tuple[int, bool, float]:
        """Files in the folder of the module come first, those named like it before others, then tests that are quick and reach little
        else."""
        file = item.nodeid.partition("::")[0]
        near = Path("tests", module.parent), Path(file).parent
        shared = sum(one == other for one, other in zip(near[0].parts, near[1].parts, strict=False))
        return -shared, module.stem not in file, self.costs[item.nodeid]

    def passes_without(self, number: int, item) -> bool:
        memories.forget()
        try:
            switch.turn(number)
        except (ArithmeticError, LookupError, TypeError, ValueError):
            # A module with such a constant can't even be loaded.
            switch.turn(0)
            return False
        try:
            return self.passes(item)
        finally:
            switch.turn(0)
            memories.forget()

    def result(self) -> dict:
        return {
            "noticed": self.noticed,
            "tried": self.tried,
            "untried": sorted(self.untried.difference(self.noticed)),
            "reached": {number: len(self.reached.get(name, [])) for number, name in self.names.items()},
            "failing": self.failing,
            "unrun": self.unrun,
            "unstable": sorted(self.unstable),
        }
