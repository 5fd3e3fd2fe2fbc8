"""`manage.py run --only web` behind a load balancer: it stops without a request that fails."""

import threading
import time
import urllib.error
import urllib.request

import psycopg
import pytest

from crm.platform.server.child_processes import is_alive
from tests.hard.running import Browser, Leadwell, a_folder, a_started_leadwell
from tests.waiting import PATIENCE

pytestmark = pytest.mark.hard

PASSWORD = "a-password-for-web-nodes"


@pytest.fixture(scope="module")
def database():
    """The PostgreSQL and worker that the web nodes use."""
    with a_started_leadwell(LEADWELL_DEMO_PASSWORD=PASSWORD) as leadwell:
        leadwell.start()
        yield leadwell


@pytest.fixture
def node(database):
    with a_folder() as folder:
        shared = {"DATABASE_URL": database.server.url, "LEADWELL_FILES": str(database.folder / "files")}
        node = Leadwell(folder / "data", LEADWELL_DEMO_PASSWORD=PASSWORD, **shared)
        node.start("--only", "web")
        try:
            yield node
        finally:
            node.clear_away()


def status_of(node: Leadwell, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{node.port}{path}", timeout=PATIENCE) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.nightly
def test_a_web_node_that_a_service_manager_stops_ends_its_requests(database, node):
    browser = Browser(node.port)
    assert browser.sign_in("rep@demo.example", PASSWORD) == 200
    outcome: list[int] = []
    slow = threading.Thread(target=lambda: outcome.append(browser.get("/profile")))
    with psycopg.connect(**database.server.get_connection_parameters()) as connection:
        connection.execute("LOCK TABLE accounts_session IN ACCESS EXCLUSIVE MODE")
        slow.start()
        node.wait(database.waits_for_a_lock)
        asked = time.monotonic()
        node.process.terminate()
        node.wait(lambda: status_of(node, "/readyz") == 503)
        served = 0
        while time.monotonic() - asked < 9:
            assert (status_of(node, "/healthz"), status_of(node, "/readyz")) == (200, 503)
            assert status_of(node, "/login") == 200
            served += 1
            time.sleep(0.2)
        assert served > 5
        # The node doesn't accept new requests any more, and still waits for the one that it has.
        node.wait(lambda: "Stopping …" in node.said)
        time.sleep(6)
        assert outcome == []
        assert is_alive(node.look()[0])
    slow.join(30)
    assert outcome == [200]
    assert node.process.wait(30) == 0
    assert "Traceback" not in node.said


@pytest.mark.nightly
def test_ctrl_c_stops_a_web_node_at_once(node):
    assert node.interrupt() == 0
    assert "/readyz" not in node.said


@pytest.mark.nightly
def test_a_second_signal_ends_the_wait(node):
    begun = time.monotonic()
    node.process.terminate()
    node.wait(lambda: "/readyz" in node.said)
    assert node.terminate() == 0
    assert time.monotonic() - begun < 9
