"""What /metrics looks up: the queue by its age, connections, standbys, the disk, and a database that is down."""

from dataclasses import replace

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import errors

from crm.platform.configuration.environment import SettingError
from crm.platform.database.connection_settings import get_embedded_server
from crm.platform.monitoring import collectors, metrics_process, pgbouncer_stats
from tests.crm.platform.configuration.test_environment import environment  # noqa: F401
from tests.ports import get_free_port

pytestmark = pytest.mark.django_db


def found() -> dict[tuple[str, ...], float]:
    """{(name, label): value}, as it would be answered now."""
    with connection.cursor() as cursor:
        families = [*collectors.collect_database_metrics(cursor)]
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
    for queue in collectors.QUEUES:
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
    assert told["leadwell_queue_oldest_seconds", "work"] == 90
    assert told["leadwell_queue_jobs", "webhooks"] == 0
    assert told["leadwell_queue_oldest_seconds", "webhooks"] == 0


def test_a_job_with_a_time_waits_from_that_time_on():
    a_job("mailings", waits=9000, due=30)
    assert found()["leadwell_queue_oldest_seconds", "mailings"] == 30


def test_connections_are_counted_by_state_beside_their_limit():
    told = found()
    assert told["leadwell_database_connections", "active"] >= 1
    assert told["leadwell_database_connections_limit",] > 1
    assert told["leadwell_database_bytes",] > 1_000_000


def test_without_standbys_there_is_no_lag():
    assert not [name for name, *_label in found() if name.startswith("leadwell_replica")]


def test_each_standby_has_its_lag(monkeypatch):
    rows = "SELECT * FROM (VALUES ('node2', 0.25, 4096), ('node3', 0, 0)) AS standbys"
    monkeypatch.setattr(collectors, "STANDBYS", rows)
    told = found()
    assert told["leadwell_replica_lag_seconds", "node2"] == 0.25
    assert told["leadwell_replica_lag_bytes", "node2"] == 4096
    assert told["leadwell_replica_lag_seconds", "node3"] == 0


def test_standbys_and_the_archive_are_counted_only_where_all_of_them_are_seen(monkeypatch):
    monkeypatch.setattr(collectors, "FOLLOWING", "SELECT 2")
    monkeypatch.setattr(collectors, "ARCHIVE", "SELECT 90")
    for seen, names in (
        ("SELECT false, false", set()),
        ("SELECT true, false", {"leadwell_replicas"}),
        ("SELECT true, true", {"leadwell_replicas", "leadwell_wal_archive_waiting_seconds"}),
    ):
        monkeypatch.setattr(collectors, "SEEN", seen)
        told = found()
        assert {name for name, *_label in told} & {
            "leadwell_replicas",
            "leadwell_wal_archive_waiting_seconds",
        } == names
        assert told.get(("leadwell_replicas",), 2) == 2
        assert told.get(("leadwell_wal_archive_waiting_seconds",), 90) == 90


def test_postgresql_answers_what_is_asked_of_a_primary_with_an_archive():
    """The tests' role may not see it, and their server has no archive."""
    address = get_embedded_server(settings.ENVIRONMENT).get_connection_parameters(
        "postgres", connection.settings_dict["NAME"]
    )
    with psycopg.connect(**address) as session:
        assert session.execute(collectors.SEEN).fetchone() == (True, False)
        assert session.execute(collectors.FOLLOWING).fetchone()[0] >= 0
        assert session.execute(collectors.ARCHIVE).fetchone() == (0,)


@pytest.mark.parametrize(
    ("heard", "is_up"), [([], 0), ([120], 0), ([120, 5], 1)], ids=["none is left", "silent", "one is well"]
)
def test_the_page_says_whether_a_worker_runs_also_when_none_is_left(heard, is_up):
    """One that is stopped deletes its row."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        for seconds in heard:
            cursor.execute(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s))",
                [seconds],
            )
    told = found()
    assert told["leadwell_worker_up",] == is_up
    assert told.get(("leadwell_worker_silent_seconds",)) == (min(heard) if heard else None)


def test_a_slow_query_takes_only_its_own_numbers_away(monkeypatch):
    monkeypatch.setattr(collectors, "TIMEOUT", 2_000)
    monkeypatch.setattr(collectors, "WAITING", "SELECT 'work', 1, 1 FROM pg_sleep(60)")
    told = {family.name: family.samples[0].value for family in collectors.DatabaseCollector().collect()}
    assert told["leadwell_database_up"] == 1
    assert told["leadwell_metrics_missing"] == 1
    assert "leadwell_queue_jobs" not in told
    assert told["leadwell_database_bytes"] > 1_000_000


def test_a_database_that_is_lost_between_two_queries_is_down(monkeypatch):
    monkeypatch.setattr(collectors, "HEARTBEAT", "SELECT pg_terminate_backend(pg_backend_pid())")
    told = {family.name: family.samples[0].value for family in collectors.DatabaseCollector().collect()}
    assert told["leadwell_database_up"] == 0
    assert "leadwell_metrics_missing" not in told


POOL = {
    "cl_waiting": 0,
    "sv_active": 1,
    "sv_idle": 2,
    "sv_used": 0,
    "sv_tested": 0,
    "sv_login": 0,
    "maxwait": 0,
    "maxwait_us": 0,
}


def test_the_pooler_says_how_many_connections_it_has_and_who_waits_for_one(monkeypatch):
    pooled = replace(settings.ENVIRONMENT, database_direct_url="postgres://leadwell@db/leadwell")
    monkeypatch.setattr(settings, "ENVIRONMENT", pooled)
    rows = [POOL, {**POOL, "cl_waiting": 3, "sv_active": 10, "maxwait": 2, "maxwait_us": 500_000}]
    monkeypatch.setattr(pgbouncer_stats, "read_pools", lambda: rows)
    told = {
        (sample.name, *sample.labels.values()): sample.value
        for family in pgbouncer_stats.collect_pool_metrics()
        for sample in family.samples
    }
    assert told["leadwell_pool_connections", "active"] == 11
    assert told["leadwell_pool_connections", "idle"] == 4
    assert told["leadwell_pool_waiting",] == 3
    assert told["leadwell_pool_wait_seconds",] == 2.5


@pytest.mark.parametrize(
    "error", [psycopg.OperationalError("not allowed"), errors.SyntaxError("no such thing")]
)
def test_a_pooler_that_does_not_answer_is_not_reported(monkeypatch, error):
    pooled = replace(settings.ENVIRONMENT, database_direct_url="postgres://leadwell@db/leadwell")
    monkeypatch.setattr(settings, "ENVIRONMENT", pooled)

    def refuse():
        raise error

    monkeypatch.setattr(pgbouncer_stats, "read_pools", refuse)
    assert [*pgbouncer_stats.collect_pool_metrics()] == []


def test_without_a_direct_address_there_is_no_pooler_to_ask(monkeypatch):
    monkeypatch.setattr(pgbouncer_stats, "read_pools", lambda: pytest.fail("asked"))
    assert [*pgbouncer_stats.collect_pool_metrics()] == []


def test_without_a_database_the_disk_is_still_reported(monkeypatch):
    def refuse(**_asked):
        raise psycopg.OperationalError("connection refused")

    monkeypatch.setattr(collectors.psycopg, "connect", refuse)
    told = {family.name: family.samples[0].value for family in collectors.DatabaseCollector().collect()}
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
    address = f"127.0.0.1:{get_free_port()}"
    with (
        metrics_process._open_listening_socket(address),
        pytest.raises(SettingError, match=f"LEADWELL_METRICS is invalid: {address}: Address already in use"),
    ):
        metrics_process._open_listening_socket(address)
