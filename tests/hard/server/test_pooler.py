"""A real pgbouncer in transaction mode before the database: the start says which setting is missing, and all works with it."""

import contextlib
import urllib.request
from pathlib import Path

import pytest
from procrastinate.worker import FETCH_JOB_POLLING_INTERVAL

from tests.crm.scaling.replicas.standby import asked
from tests.database.pooler import pgbouncer
from tests.hard.running import Browser, Leadwell, a_folder, a_started_leadwell
from tests.ports import get_free_port

pytestmark = pytest.mark.hard

PASSWORD = "a-password-behind-a-pooler"


@pytest.fixture(scope="module")
def database():
    with a_started_leadwell(LEADWELL_DEMO_PASSWORD=PASSWORD) as leadwell:
        leadwell.start()
        yield leadwell


@pytest.fixture(scope="module")
def pooled(database):
    """The URL of the same database behind pgbouncer."""
    with pgbouncer(database.server.socket) as port:
        yield f"postgres://leadwell@127.0.0.1:{port}/leadwell"


@contextlib.contextmanager
def a_node(**settings: str):
    with a_folder() as folder:
        node = Leadwell(Path(folder) / "data", LEADWELL_DEMO_PASSWORD=PASSWORD, **settings)
        try:
            yield node
        finally:
            node.clear_away()


@pytest.mark.nightly
@pytest.mark.parametrize("only", ["web", "worker"])
@pytest.mark.parametrize("direct", [False, True])
def test_a_pooler_in_the_place_of_the_database_is_recognized(pooled, only, direct):
    settings = {"DATABASE_DIRECT_URL": pooled} if direct else {}
    with a_node(DATABASE_URL=pooled, **settings) as node:
        node.launch("--only", only)
        assert node.process.wait(60) == 1
        name = "DATABASE_DIRECT_URL" if direct else "DATABASE_URL"
        assert f"{name} points to a connection pooler such as pgbouncer." in node.said
        assert "DATABASE_DIRECT_URL" in node.said
        assert "Leadwell is running" not in node.said
        assert "Traceback" not in node.said


def test_behind_a_pooler_all_works_with_the_direct_address(database, pooled):
    settings = {
        "DATABASE_URL": pooled,
        "DATABASE_DIRECT_URL": database.server.url,
        "LEADWELL_FILES": str(database.folder / "files"),
    }
    with a_node(**settings) as web, a_node(**settings) as worker:
        web.start("--only", "web")
        worker.start("--only", "worker")
        browser = Browser(web.port)
        assert browser.sign_in("admin@demo.example", PASSWORD) == 200
        assert browser.get("/admin/leads") == 200
        assert web.health()[0] == 200
        assert min(seconds_until_a_job_begins(database, browser)) < LOOKS_EVERY / 2
        assert worker.terminate() == 0
        assert "Traceback" not in worker.said + web.said


@pytest.mark.nightly
def test_the_metrics_say_how_busy_the_pooler_is(database, pooled):
    address = f"127.0.0.1:{get_free_port()}"
    settings = {
        "DATABASE_URL": pooled,
        "DATABASE_DIRECT_URL": database.server.url,
        "LEADWELL_FILES": str(database.folder / "files"),
        "LEADWELL_METRICS": address,
    }
    with a_node(**settings) as node:
        node.start("--only", "web")
        browser = Browser(node.port)
        assert browser.sign_in("admin@demo.example", PASSWORD) == 200
        with urllib.request.urlopen(f"http://{address}/metrics", timeout=20) as answer:
            lines = dict(
                line.rsplit(" ", 1) for line in answer.read().decode().splitlines() if line[0] != "#"
            )
    states = {
        name: float(value) for name, value in lines.items() if name.startswith("leadwell_pool_connections")
    }
    assert len(states) == 5
    assert 0 < sum(states.values()) <= 8
    assert float(lines["leadwell_pool_waiting"]) == 0
    assert float(lines["leadwell_pool_wait_seconds"]) == 0


# A worker that isn't told of a job finds it when it looks, which it does this often, in seconds.
LOOKS_EVERY = FETCH_JOB_POLLING_INTERVAL
BEGAN = """SELECT extract(epoch FROM began.at - queued.at)::float FROM procrastinate_jobs job
           JOIN procrastinate_events queued ON queued.job_id = job.id AND queued.type = 'deferred'
           JOIN procrastinate_events began ON began.job_id = job.id AND began.type = 'started'
           WHERE job.queue_name = 'long' AND job.status = 'succeeded' ORDER BY job.id"""


def seconds_until_a_job_begins(database, browser) -> list[float]:
    """The web node queues jobs through the pooler, each when the one before has ended, so the worker has just looked."""
    begun: list[tuple] = []
    for _time in range(4):
        assert browser.get("/admin/duplicates") == 200
        assert browser.post("/admin/duplicates/scan") == 200
        number = len(begun)
        database.wait(lambda number=number: len(asked(database.server, BEGAN, "leadwell")) > number)
        begun = asked(database.server, BEGAN, "leadwell")
    # The first may have been queued just before the worker looked.
    return [seconds for (seconds,) in begun[1:]]
