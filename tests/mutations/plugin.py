"""Runs in pytest, in the rewritten copy: first which places each test reaches, then each place with its tests.

All in one process and on one database. That is what makes it quick: a place costs no more than the tests that reach it,
and the first one that fails is enough.
"""

import json
import os
import random
import time
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.mutations import switch

# No place gets more seconds than this, however many tests reach it.
MOST_OF_A_PLACE = 20
# The share of the time in which the tests are run once, as they are.
FIRST_PART = 0.5


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session) -> bool:
    given = json.loads(os.environ["LEADWELL_MUTATIONS"])
    run = Run(session.items, given["seconds"], given["seed"])
    run.begin()
    found = run.every(given["places"])
    Path(given["result"]).write_text(json.dumps({**found, **run.notes()}))
    session._setupstate.teardown_exact(None)
    return True


class Run:
    def __init__(self, items: list, seconds: float, seed: int) -> None:
        self.items, self.random = items, random.Random(seed)
        self.begun, self.seconds = time.monotonic(), seconds
        # By place: the tests that reach it. By test: its seconds, and how many places it reaches.
        self.reached: dict[int, list] = {}
        self.costs: dict[str, tuple[int, float]] = {}
        self.failing: list[str] = []
        self.unrun: list[str] = []
        self.unstable: list[str] = []

    @property
    def left(self) -> float:
        return self.seconds - (time.monotonic() - self.begun)

    def passes(self, item) -> bool:
        """Run a test by itself; what it shares with others of its file stays."""
        item.session._setupstate.teardown_exact(item)
        item._initrequest()
        reports = runtestprotocol(item, nextitem=item.parent, log=False)
        return not any(report.failed for report in reports)

    def begin(self) -> None:
        """All tests of a file one after the other; the files in an order of the seed, which decides which are skipped when the time is over."""
        files: dict[str, list] = {}
        for item in self.items:
            files.setdefault(item.nodeid.partition("::")[0], []).append(item)
        for name in self.random.sample(sorted(files), len(files)):
            if self.left < self.seconds * (1 - FIRST_PART):
                self.unrun.append(name)
                continue
            for item in files[name]:
                switch.hits.clear()
                begun = time.monotonic()
                if not self.passes(item):
                    self.failing.append(item.nodeid)
                    continue
                self.costs[item.nodeid] = (len(switch.hits), time.monotonic() - begun)
                for number in switch.hits:
                    self.reached.setdefault(number, []).append(item)

    def every(self, numbers: list[int]) -> dict[str, list]:
        """The places by result; a survivor with the number of its tests that were run."""
        found: dict[str, list] = {"noticed": [], "survived": [], "unreached": [], "untried": []}
        for number in self.random.sample(numbers, len(numbers)):
            tests = self.reached.get(number, [])
            if not tests and not self.unrun:
                found["unreached"].append(number)
            elif not tests or self.left < 0:
                found["untried"].append(number)
            elif noticed := self.noticed(number, tests):
                found["noticed"].append([number, noticed])
            else:
                found["survived"].append([number, self.run_of_it, len(tests)])
        return found

    def noticed(self, number: int, tests: list) -> str:
        """The first test that fails without this place, '' for none. Tests of few places come first."""
        until, self.run_of_it = time.monotonic() + min(MOST_OF_A_PLACE, max(self.left, 1)), 0
        for item in sorted(tests, key=lambda item: self.costs[item.nodeid]):
            if time.monotonic() > until:
                return ""
            self.run_of_it += 1
            if self.passes_without(number, item):
                continue
            if self.passes(item):
                return item.nodeid
            # It also fails with the place: the failed test left something behind.
            self.unstable.append(item.nodeid)
        return ""

    def passes_without(self, number: int, item) -> bool:
        switch.off = number
        try:
            return self.passes(item)
        finally:
            switch.off = 0

    def notes(self) -> dict[str, list[str]]:
        return {"failing": self.failing, "unrun": self.unrun, "unstable": sorted(set(self.unstable))}
