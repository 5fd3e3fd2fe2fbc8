"""What /metrics looks up: the queue by its age, connections, standbys, the disk, and a database that is down."""

import psycopg
import pytest
from django.db import connection

from crm.monitoring import gathering, process
from crm.server.environment import SettingError
from tests.crm.test_environment import environment  # noqa: F401
from tests.hard.running import free_port

pytestmark = pytest.mark.django_db


def found() -> dict[tuple[str, ...], float]:
    """{(name, label): value}, as it would be answered now."""
    with connection.cursor() as cursor:
        families = [*gathering.looked_up(cursor)]
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def a_job(queue: str, *, waits: int, due: int | None = None, status: str = "todo") -> None:
    """A job that was queued `waits` seconds ago and, if it has a time, was due `due` seconds ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, scheduled_at, status) "
            "VALUES (%s, 'deliver', now() - make_interval(secs => %s), %s) RETURNING id",
            [queue, due, status],
        )
        number = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(secs => %s) WHERE job_id = %s",
            [waits, number],
        )


@pytest.fixture(autouse=True)
def no_jobs(db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")


def test_an_empty_queue_has_no_jobs_and_no_age():
    told = found()
    for queue in gathering.QUEUES:
        assert told["leadwell_queue_jobs", queue] == 0
        assert told["leadwell_queue_oldest_seconds", queue] == 0


def test_a_queue_has_the_length_and_the_age_of_what_is_due():
    a_job("work", waits=90)
    a_job("work", waits=20)
    a_job("work", waits=5, status="doing")
    a_job("webhooks", waits=10, due=-3600)  # its next attempt is in an hour
    told = found()
    assert told["leadwell_queue_jobs", "work"] == 2
    assert told["leadwell_queue_running", "work"] == 1
    assert told["leadwell_queue_oldest_seconds", "work"] == pytest.approx(90, abs=5)
    assert told["leadwell_queue_jobs", "webhooks"] == 0
    assert told["leadwell_queue_oldest_seconds", "webhooks"] == 0


def test_a_job_with_a_time_waits_from_that_time_on():
    a_job("mailings", waits=9000, due=30)
    assert found()["leadwell_queue_oldest_seconds", "mailings"] == pytest.approx(30, abs=5)


def test_connections_are_counted_by_state_beside_their_limit():
    told = found()
    assert told["leadwell_database_connections", "active"] >= 1
    assert told["leadwell_database_connections_limit",] > 1
    assert told["leadwell_database_bytes",] > 1_000_000


def test_without_standbys_there_is_no_lag():
    assert not [name for name, *_label in found() if name.startswith("leadwell_replica")]


def test_each_standby_has_its_lag(monkeypatch):
    rows = "SELECT * FROM (VALUES ('node2', 0.25, 4096), ('node3', 0, 0)) AS standbys"
    monkeypatch.setattr(gathering, "STANDBYS", rows)
    told = found()
    assert told["leadwell_replica_lag_seconds", "node2"] == 0.25
    assert told["leadwell_replica_lag_bytes", "node2"] == 4096
    assert told["leadwell_replica_lag_seconds", "node3"] == 0


def test_without_a_database_the_disk_is_still_reported(monkeypatch):
    def refuse(**_asked):
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(gathering.psycopg, "connect", refuse)
    told = {family.name: family.samples[0].value for family in gathering.Gathered().collect()}
    assert told["leadwell_database_up"] == 0
    assert told["leadwell_disk_bytes"] > told["leadwell_disk_free_bytes"] > 0
    assert "leadwell_queue_jobs" not in told


@pytest.mark.parametrize(
    "value", ["9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:x", "127.0.0.1:9464/metrics"]
)
def test_an_address_without_host_or_port_is_refused(environment, value):  # noqa: F811
    with pytest.raises(SettingError, match=r"LEADWELL_METRICS is invalid: must look like 127.0.0.1:9464"):
        environment(LEADWELL_METRICS=value)


def test_metrics_are_never_on_the_public_port(environment):  # noqa: F811
    with pytest.raises(SettingError, match="another port than PORT"):
        environment(LEADWELL_METRICS="127.0.0.1:8000")
    assert environment(LEADWELL_METRICS="[::1]:9464").metrics == "[::1]:9464"


def test_a_port_in_use_stops_the_start_with_a_sentence():
    address = f"127.0.0.1:{free_port()}"
    with (
        process._listening(address),
        pytest.raises(SettingError, match=f"LEADWELL_METRICS is invalid: {address}: Address already in use"),
    ):
        process._listening(address)
