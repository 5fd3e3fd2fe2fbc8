"""Twenty programs at once on one small machine: none gets an error, and afterwards the numbers are exact."""

import json
import threading
import time
import urllib.error
import urllib.request
from itertools import cycle

import psycopg
import pytest

from tests.hard.running import a_started_leadwell

pytestmark = pytest.mark.nightly

PROGRAMS, SECONDS = 20, 15


@pytest.fixture(scope="module")
def leadwell():
    with a_started_leadwell() as leadwell:
        leadwell.start()
        made = leadwell.manage("create_token", "--email", "admin@demo.example", "--name", "Load")
        assert made.returncode == 0, made.stderr
        leadwell.secret = made.stdout.strip()
        yield leadwell


def call(leadwell, method: str, path: str, data: dict | None = None) -> tuple[int, dict | list]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{leadwell.port}{path}",
        json.dumps(data).encode() if data else None,
        {
            "authtoken": leadwell.secret,
            "Authorization": f"Bearer {leadwell.secret}",
            "Content-Type": "application/json",
        },
        method=method,
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def ask(leadwell, query: str):
    with psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as connection:
        return connection.execute(query).fetchone()[0]


def at_work(leadwell, number: int, until: float, answers: list, made: list) -> None:
    """Pages in three dialects, one lead, a new lead, and a change to it."""
    status = ask(leadwell, "SELECT id FROM leads_status WHERE key = 'new'")
    new = {"name": f"Program {number}", "source": "1", "status": status, "assigned": "0"}
    new["source"] = ask(leadwell, "SELECT min(id) FROM leads_source")
    mine = None
    for step in cycle(range(6)):
        if time.monotonic() > until:
            return
        calls = [
            ("GET", "/api/leads?page=1&per_page=50", None),
            ("GET", "/v1/crm/leads", None),
            ("GET", "/api/v2/leads", None),
            ("POST", "/api/leads", new),
            ("PUT", f"/api/leads/{mine}", {"city": f"City {step}"}),
            ("GET", f"/api/leads/{mine}", None),
        ]
        method, path, data = calls[step]
        begun = time.monotonic()
        try:
            code, body = call(leadwell, method, path, data)
        except OSError as error:
            code, body = 0, {"message": str(error)}
        answers.append((code, time.monotonic() - begun, f"{method} {path}: {body}"[:200]))
        if method == "POST" and code == 200:
            mine = body["record_id"]
            made.append(mine)


def test_twenty_programs_at_once_get_no_error_and_do_not_wait_long(leadwell):
    before = ask(leadwell, "SELECT count(*) FROM leads_lead WHERE deleted_at IS NULL")
    until, answers, made = time.monotonic() + SECONDS, [], []
    programs = [
        threading.Thread(target=at_work, args=(leadwell, number, until, answers, made))
        for number in range(PROGRAMS)
    ]
    for program in programs:
        program.start()
    for program in programs:
        program.join()
    assert [(code, what) for code, _seconds, what in answers if code != 200] == []
    assert len(answers) > 10 * PROGRAMS
    waits = sorted(seconds for _code, seconds, _what in answers)
    assert waits[len(waits) * 95 // 100] < 20
    # Each response named a different lead, and all numbers afterwards are exact.
    assert len(set(made)) == len(made)
    there = ask(leadwell, "SELECT count(*) FROM leads_lead WHERE deleted_at IS NULL")
    assert there == before + len(made)
    for _worker in range(8):
        assert call(leadwell, "GET", "/api/leads?page=1")[1]["meta"]["total"] == there
        assert call(leadwell, "GET", "/v1/crm/leads")[1]["total_count"] == there
    assert leadwell.health()[0] == 200
