"""`make cluster`: one command starts everything and says where it is, and Ctrl-C stops all of it."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from crm.platform.configuration.environment import ROOT
from deploy.cluster.machines import Cluster
from tests.hard.running import Browser, a_folder
from tests.ports import get_free_port

pytestmark = [pytest.mark.failover, pytest.mark.timeout(900)]
MACHINES = 6


@pytest.fixture
def command():
    """(the process, what it says, its folder, its port)"""
    with a_folder() as folder:
        place, port, said = folder / "cluster", get_free_port(), folder / "said"
        with said.open("w") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "deploy.cluster"],
                cwd=ROOT,
                env={"PATH": os.environ["PATH"], "CLUSTER_DATA": str(place), "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            yield process, said, place, port
        finally:
            left = started_by(process, place)
            process.kill()
            process.wait()
            for other in left:
                with contextlib.suppress(psutil.NoSuchProcess):
                    other.kill()


def started_by(process: subprocess.Popen, folder) -> list[psutil.Process]:
    """PostgreSQL isn't a child of what started it, but names its folder."""
    places = {str(folder), str(Cluster(folder, 0).embedded.folder)}
    found = {*psutil.Process(process.pid).children(recursive=True)} if process.poll() is None else set()
    for other in psutil.process_iter(["cmdline"]):
        words = " ".join(other.info["cmdline"] or [])
        if other.pid != process.pid and any(place in words for place in places):
            found.add(other)
    return [*found]


def test_one_command_starts_everything_and_ctrl_c_stops_all_of_it(command):
    process, said, folder, port = command
    deadline = time.monotonic() + 700
    while "Press Ctrl-C" not in said.read_text():
        assert process.poll() is None, said.read_text()
        assert time.monotonic() < deadline, said.read_text()
        time.sleep(0.5)
    assert f"http://127.0.0.1:{port}" in said.read_text()
    for role in ("leader", "sync_standby", "replica"):
        assert role in said.read_text()
    browser = Browser(port)
    password = (folder / "demo_password").read_text()
    assert password in said.read_text()
    assert browser.sign_in("admin@demo.example", password) == 200
    running = started_by(process, folder)
    assert len(running) > MACHINES
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(300) == 0, said.read_text()
    assert said.read_text().endswith("Stopping …\nStopped.\n")
    _gone, alive = psutil.wait_procs(running, timeout=10)
    assert [other.cmdline() for other in alive] == []
    assert started_by(process, folder) == []
