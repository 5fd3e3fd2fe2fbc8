"""LEADWELL_LOG=json: all that the real `manage.py run` prints is JSON, from its start to its end."""

import json
import threading
import time

import psycopg
import pytest

from tests.hard.running import Browser, a_started_leadwell
from tests.hard.server.test_metrics import queue_a_job
from tests.ports import get_free_port

pytestmark = pytest.mark.hard


def is_logged_as_slow(leadwell, browser) -> bool:
    """No query of a small list is slow on a fast machine, but one that waits for a lock is slow on any. If the worker has met the
    lock first, the page comes too late for it, and the next one may not."""
    outcome: list[int] = []
    page = threading.Thread(target=lambda: outcome.append(browser.get("/admin/leads")))
    with psycopg.connect(**leadwell.server.get_connection_parameters()) as connection:
        connection.execute("LOCK TABLE leads_lead")
        page.start()
        leadwell.wait(leadwell.waits_for_a_lock)
        time.sleep(0.3)
    page.join()
    assert outcome == [200]
    return any('"leadwell.slow"' in line and '"leads:list"' in line for line in leadwell.said.splitlines())


def test_every_line_of_a_run_is_a_json_object_and_one_request_can_be_followed():
    settings = {
        "LEADWELL_LOG": "json",
        "LEADWELL_SLOW_MS": "100",
        "LEADWELL_METRICS": f"127.0.0.1:{get_free_port()}",
        "LEADWELL_DEMO_PASSWORD": "a-password-for-tests",
    }
    with a_started_leadwell(**settings) as leadwell:
        leadwell.start()
        browser = Browser(leadwell.port)
        assert browser.sign_in("admin@demo.example", "a-password-for-tests") == 200
        leadwell.wait(lambda: is_logged_as_slow(leadwell, browser))
        queue_a_job(leadwell)
        leadwell.wait(lambda: '"leadwell.job"' in leadwell.said)
        victim = leadwell.named("crm.wsgi")[-1]
        victim.kill()
        leadwell.wait_until_well()
        assert leadwell.interrupt() == 0
        said = leadwell.said
    lines = [json.loads(line) for line in said.splitlines()]
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
    loggers = {line["logger"] for line in lines}
    assert {"leadwell.run", "leadwell.request", "leadwell.job", "leadwell.slow", "gunicorn.error"} <= loggers
    listed = [line for line in lines if line.get("route") == "leads:list"]
    assert {"leadwell.request", "leadwell.slow"} <= {line["logger"] for line in listed}
    assert len({line["request"] for line in listed}) < len(listed)
    assert all(isinstance(line["user"], int) for line in listed if line["logger"] == "leadwell.request")
    assert "demo.example" not in said
