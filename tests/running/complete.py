"""A run fails if a test that it collected didn't run, or if two tests have the same name, because one of them would get lost."""

from collections import Counter
from collections.abc import Iterable

import pytest

# The processes of xdist know tests by their names only: of a hundred with the same one, they run one, without a message.
TWICE = "{name} is the name of {count} tests. Each test needs its own, so that none gets lost."


def pytest_configure(config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(EveryTest(), "every collected test has run")


class EveryTest:
    """Compares what was collected with what has run, in the process that reports."""

    def __init__(self) -> None:
        self.collected: Counter[str] = Counter()
        self.finished: Counter[str] = Counter()
        self.lost: list[str] = []

    def pytest_collection_finish(self, session) -> None:
        self._expect(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node, ids) -> None:
        self._expect(ids)

    def _expect(self, names: Iterable[str]) -> None:
        self.collected = Counter(names)
        if twice := [(name, count) for name, count in self.collected.items() if count > 1]:
            raise pytest.UsageError(*(TWICE.format(name=name, count=count) for name, count in twice))

    def pytest_runtest_logreport(self, report) -> None:
        # A process that dies leaves a report of its last test with question marks.
        if report.when in ("teardown", "???"):
            self.finished[report.nodeid] += 1

    def pytest_sessionfinish(self, session, exitstatus) -> None:
        stopped = session.shouldstop or session.shouldfail or session.config.option.collectonly
        if exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED) and not stopped:
            self.lost = sorted((self.collected - self.finished).elements())
        if self.lost:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter) -> None:
        for name in self.lost:
            terminalreporter.write_line(f"COLLECTED but not run: {name}", red=True)
        if self.lost:
            terminalreporter.write_line(
                f"{len(self.lost)} of {self.collected.total()} tests didn't run.", red=True
            )
