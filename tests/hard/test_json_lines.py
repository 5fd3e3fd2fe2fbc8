"""LEADWELL_LOG=json: all that the real `manage.py run` prints is JSON, from its start to its end."""

import json
import threading

import psycopg
import pytest

from tests.hard.running import Browser, a_started_leadwell, free_port
from tests.hard.test_metrics import queue_a_job

pytestmark = pytest.mark.hard


def ask_for_the_list_while_leads_are_locked(leadwell, browser) -> None:
    """No query of a small list is slow on a fast machine. One that waits for a lock is slow on any."""
    with psycopg.connect(**leadwell.server.address()) as connection:
        connection.execute("LOCK TABLE leads_lead")
        released = threading.Timer(0.5, connection.rollback)
        released.start()
        assert browser.get("/admin/leads") == 200
        released.join()


def test_every_line_of_a_run_is_a_json_object_and_one_request_can_be_followed():
    settings = {
        "LEADWELL_LOG": "json",
        "LEADWELL_SLOW_MS": "100",
        "LEADWELL_METRICS": f"127.0.0.1:{free_port()}",
        "LEADWELL_DEMO_PASSWORD": "a-password-for-tests",
    }
    with a_started_leadwell(**settings) as leadwell:
        leadwell.start()
        browser = Browser(leadwell.port)
        assert browser.sign_in("admin@demo.example", "a-password-for-tests") == 200
        ask_for_the_list_while_leads_are_locked(leadwell, browser)
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
