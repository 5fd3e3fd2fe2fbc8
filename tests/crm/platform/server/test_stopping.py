"""How long requests have to end when a service manager stops Leadwell: the seconds that the web server really gets."""

import re
import socket
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from gunicorn.app.wsgiapp import WSGIApplication

from crm.platform.configuration.environment import ROOT
from crm.platform.server.child_processes import ChildProcess
from crm.platform.server.process_supervisor import DRAIN, WEB, RunMonitor
from crm.platform.server.stop_signals import Signals

DOCUMENTED = 120


@pytest.fixture
def minding(monkeypatch):
    """minding("web") is a run that hasn't started its children."""
    listeners: list[socket.socket] = []
    monkeypatch.setattr("crm.platform.server.process_supervisor.get_newest_worker", lambda: 0)

    def made(only: str) -> RunMonitor:
        listeners.append(socket.socket())
        return RunMonitor(django_settings.ENVIRONMENT, only, print, None, listeners[-1])

    yield made
    for listener in listeners:
        listener.close()


def web_of(run: RunMonitor) -> ChildProcess:
    return next(child for child in run.children if child.name == WEB)


def grace_of(child: ChildProcess, monkeypatch) -> int:
    """What gunicorn itself understands of its command line."""
    words = child.command[child.command.index("gunicorn") + 1 :]
    monkeypatch.setattr("sys.argv", ["gunicorn", *words])
    return WSGIApplication().cfg.graceful_timeout


def test_requests_of_a_web_node_have_120_seconds_to_end(minding, monkeypatch):
    run = minding("web")
    assert grace_of(web_of(run), monkeypatch) == DOCUMENTED
    monkeypatch.setattr("crm.platform.server.process_supervisor.DRAIN", 0)
    run.drain(Signals())
    waited: list[float] = []
    monkeypatch.setattr(ChildProcess, "stop", lambda self, seconds: waited.append(seconds))
    run.stop()
    # A moment longer than the web server itself waits, or the parent would kill it first.
    assert DOCUMENTED < waited[0] <= DOCUMENTED + 10


def test_without_a_service_manager_requests_have_a_few_seconds_to_end(minding, monkeypatch):
    run = minding("")
    assert 0 < grace_of(web_of(run), monkeypatch) < 10


@pytest.mark.parametrize("file", ["docs/run.md", "deploy/cluster/systemd/leadwell-web.service"])
def test_a_service_manager_waits_until_the_last_request_has_ended(file):
    found = re.findall(r"TimeoutStopSec=(\d+)", (Path(ROOT) / file).read_text())
    assert found
    assert all(int(seconds) > DRAIN + DOCUMENTED for seconds in found)


def test_the_containers_have_as_long():
    text = (Path(ROOT) / "deploy/compose.yaml").read_text()
    found = re.search(r"x-leadwell:.*?stop_grace_period: (\d+)s", text, re.DOTALL)
    assert found
    assert int(found[1]) > DRAIN + DOCUMENTED
