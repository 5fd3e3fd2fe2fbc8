"""A test in the browser that fails is run once more by itself, at the end. If it passes then, the run passes, and its name is in
the last lines.

A browser does many things at its own pace. A name that is there often is a fault to fix, in the test or in the product.
"""

import os
import subprocess
import sys

import pytest

BROWSER = "tests/browser/"
# If more fail, it isn't chance.
MOST = 5


def pytest_configure(config) -> None:
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(SecondRun(config), "a second run of browser tests")


class SecondRun:
    """In the process that reports. `needed` are the names of the tests that passed only the second time."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.failed: dict[str, None] = {}
        self.needed: list[str] = []

    def pytest_runtest_logreport(self, report) -> None:
        if report.failed:
            self.failed[report.nodeid] = None

    # After tests/running/complete.py, which fails a run that has lost a test.
    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session, exitstatus) -> None:
        names, every = list(self.failed), self.config.pluginmanager.get_plugin("every collected test has run")
        may_be_chance = 0 < len(names) <= MOST and all(name.startswith(BROWSER) for name in names)
        if exitstatus != pytest.ExitCode.TESTS_FAILED or not may_be_chance or (every and every.lost):
            return
        if self._pass(names):
            self.needed = names
            session.exitstatus = pytest.ExitCode.OK

    def _pass(self, names: list[str]) -> bool:
        command = [
            sys.executable,
            "-m",
            "pytest",
            *names,
            "-p",
            "no:tests.running.second_run",
            "-p",
            "no:cacheprovider",
        ]
        # Its report would take the place of the first run's.
        environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
        return subprocess.run(command, cwd=self.config.rootpath, env=environment).returncode == 0

    def pytest_unconfigure(self, config) -> None:
        if self.needed:
            lines = ["", "Needed a second run, and passed then:", *(f"  {name}" for name in self.needed)]
            sys.stdout.write("\n".join(lines) + "\n")
            sys.stdout.flush()
