"""The cluster with people who work on it, and the table of what each loss cost."""

import contextlib
import json
import shutil

import pytest

from crm.platform.configuration.environment import ROOT
from tests.failover.breaking import BreakableCluster
from tests.failover.people import Load
from tests.hard.running import a_folder
from tests.ports import get_free_port

PASSWORD = "a password for the load"
# What was lost, seconds without writes, seconds without reads, requests that failed; and each request of that time.
FIGURES: list[tuple[str, float, float, int]] = []
ANSWERS: dict[str, list[tuple[str, float, float, int]]] = {}


@pytest.fixture(scope="session")
def cluster():
    with a_folder() as folder:
        settings = {"LEADWELL_DEMO_PASSWORD": PASSWORD, "LEADWELL_WEB_PROCESSES": "1"}
        found = BreakableCluster(folder / "cluster", get_free_port(), **settings)
        try:
            with found.running(print):
                yield found
        finally:
            keep_logs(found)


def keep_logs(cluster: BreakableCluster) -> None:
    """In var/failover, for whoever looks for the cause of a failure."""
    place = ROOT / "var" / "failover"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    for service in cluster.services.values():
        with contextlib.suppress(FileNotFoundError):
            shutil.copy(service.log, place / f"{service.name.replace(' ', '-')}.log")


@pytest.fixture(scope="session")
def load(cluster) -> Load:
    found = Load(cluster.port, cluster.make_token())
    found.sign_in(PASSWORD)
    return found


def keep_figures() -> None:
    """After each loss, in case the run is stopped."""
    place = ROOT / "var" / "failover"
    place.mkdir(parents=True, exist_ok=True)
    (place / "figures.json").write_text(json.dumps({"figures": FIGURES, "answers": ANSWERS}))


def pytest_terminal_summary(terminalreporter) -> None:
    if not FIGURES:
        return
    keep_figures()
    lines = [f"{'lost':<40}{'no writes':>12}{'no reads':>12}{'failed requests':>18}"]
    lines += [
        f"{lost:<40}{writes:>10.1f} s{reads:>10.1f} s{failed:>18}" for lost, writes, reads, failed in FIGURES
    ]
    terminalreporter.write_line("\n".join(lines))
