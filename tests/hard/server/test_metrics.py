"""/metrics of the real `manage.py run`: its own port, all processes added up, and what it costs a request."""

import re
import signal
import urllib.error
import urllib.request

import psutil
import psycopg
import pytest

from tests.hard.running import Browser, a_started_leadwell
from tests.ports import get_free_port
from tests.waiting import PATIENCE

pytestmark = pytest.mark.hard

# Chosen when they start: until then, another test could take it.
PORT = 0


@pytest.fixture(scope="module")
def leadwell():
    global PORT
    PORT = get_free_port()
    with a_started_leadwell(LEADWELL_METRICS=f"127.0.0.1:{PORT}", LEADWELL_WEB_PROCESSES="3") as leadwell:
        leadwell.start()
        leadwell.password = re.search(r"have the password (\S+)", leadwell.said)[1]
        yield leadwell
        leadwell.interrupt()


def scraped() -> dict[str, float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{PORT}/metrics", timeout=PATIENCE) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain")
        lines = answer.read().decode().splitlines()
    return {
        name: float(value) for name, _, value in (line.rpartition(" ") for line in lines if line[0] != "#")
    }


def queue_a_job(leadwell) -> None:
    with psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('work', 'derive_contact_due')"
        )


def asked_by_each(leadwell, browser) -> list:
    """The web processes that have counted a request: ask until each of the three has, in whichever order they take them."""

    def those_that_counted() -> list:
        files = [*(leadwell.folder / "metrics").glob("counter_*.db")]
        pids = {int(file.stem.rpartition("_")[2]) for file in files}
        return [process for process in leadwell.named("crm.wsgi") if process.pid in pids]

    leadwell.wait(lambda: browser.get("/login") == 200 and len(those_that_counted()) == 3)
    return those_that_counted()


def asked(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def test_the_public_port_has_no_metrics_and_theirs_has_nothing_else(leadwell):
    assert asked(leadwell.port, "/metrics") == 404
    assert asked(PORT, "/login") == asked(PORT, "/") == 404


def test_requests_of_all_web_processes_are_added_up(leadwell):
    name = 'leadwell_requests_total{method="GET",route="leads:list",status="200"}'
    browser = Browser(leadwell.port)
    assert browser.sign_in("admin@demo.example", leadwell.password) == 200
    before = scraped().get(name, 0)
    for _ in range(30):
        # Each browser opens a connection of its own, so several processes get them.
        assert browser.get("/admin/leads") == 200
    assert scraped()[name] == before + 30
    asked_by_each(leadwell, browser)


def test_the_worker_and_the_database_are_there(leadwell):
    queue_a_job(leadwell)
    name = 'leadwell_jobs_total{kind="derive_contact_due",state="finished"}'
    leadwell.wait(lambda: scraped().get(name, 0) >= 1)
    found = scraped()
    assert found["leadwell_database_up"] == 1
    leadwell.wait(lambda: scraped()["leadwell_worker_silent_seconds"] < 30)
    assert found["leadwell_web_threads"] == 12
    assert found['leadwell_queue_jobs{queue="work"}'] >= 0


def test_a_killed_web_process_keeps_its_counts_and_has_no_requests_in_progress(leadwell):
    before = sum(value for name, value in scraped().items() if name.startswith("leadwell_requests_total"))
    victim = asked_by_each(leadwell, Browser(leadwell.port))[-1]
    victim.send_signal(signal.SIGKILL)
    leadwell.wait(lambda: has_ended(victim))
    leadwell.wait_until_well()
    after = sum(value for name, value in scraped().items() if name.startswith("leadwell_requests_total"))
    assert after >= before
    assert [*(leadwell.folder / "metrics").glob(f"counter_{victim.pid}.db")]

    def in_progress() -> list:
        return [*(leadwell.folder / "metrics").glob(f"gauge_live*_{victim.pid}.db")]

    assert "leadwell_requests_in_progress" in scraped()
    leadwell.wait(lambda: scraped() and not in_progress())


def has_ended(process: psutil.Process) -> bool:
    """It can be gone at any moment, also between two questions about it."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_metrics_are_answered_while_all_web_threads_are_busy(leadwell):
    """The page has a process of its own; here the web server is stopped altogether."""
    members = leadwell.named("crm.wsgi")
    for process in members:
        process.suspend()
    try:
        assert scraped()["leadwell_database_up"] == 1
    finally:
        for process in members:
            process.resume()


def test_no_metric_has_a_value_from_a_record_or_a_user(leadwell):
    text = str(scraped())
    assert "@" not in text
    assert "demo.example" not in text
    assert not re.search(r"/admin/", text)
