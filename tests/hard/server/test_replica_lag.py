"""The lag of a real standby: nothing while it follows, and as much as it has yet to replay while it doesn't."""

import time

import psycopg
import pytest

from crm.platform.database.embedded_postgres import EmbeddedServer
from crm.platform.monitoring import collectors
from tests.hard.running import a_folder

pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module")
def pair():
    """A primary and its standby "node2"."""
    with a_folder() as folder:
        primary, standby = EmbeddedServer(folder / "primary"), EmbeddedServer(folder / "standby")
        primary.start()
        standby._prepare_folders()
        source = f"host={primary.socket} user=postgres application_name=node2"
        primary.run_program("pg_basebackup", "-D", standby.data, "-R", "-c", "fast", "-d", source)
        options = f"-k '{standby.socket}' -c listen_addresses=''"
        standby.run_program(
            "pg_ctl", "start", "-w", "-D", standby.data, "-l", standby.folder / "server.log", "-o", options
        )
        yield primary, standby
        standby.stop()
        primary.stop()


def ask(server: EmbeddedServer, query: str) -> None:
    with psycopg.connect(
        **server.get_connection_parameters("postgres", "postgres"), autocommit=True
    ) as connection:
        connection.execute(query)


def lag(server: EmbeddedServer) -> dict[tuple[str, str], float]:
    with psycopg.connect(**server.get_connection_parameters()) as connection, connection.cursor() as cursor:
        families = [*collectors._collect_standbys(cursor)]
    return {
        (sample.name, sample.labels["replica"]): sample.value
        for family in families
        for sample in family.samples
        if "replica" in sample.labels
    }


def wait(happened) -> None:
    deadline = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_without_the_permission_to_see_standbys_there_is_no_lag_and_no_error(pair):
    assert lag(pair[0]) == {}


def test_a_standby_that_follows_has_no_lag_and_one_that_waits_has_what_it_has_yet_to_replay(pair):
    primary, standby = pair
    ask(primary, "GRANT pg_monitor TO leadwell")
    behind, late = ("leadwell_replica_lag_bytes", "node2"), ("leadwell_replica_lag_seconds", "node2")
    wait(lambda: lag(primary).get(behind) == 0)
    ask(standby, "SELECT pg_wal_replay_pause()")
    ask(primary, "CREATE TABLE things AS SELECT generate_series(1, 100000) AS id")
    wait(lambda: lag(primary)[behind] > 1_000_000)
    wait(lambda: lag(primary)[late] > 0.5)
    ask(standby, "SELECT pg_wal_replay_resume()")
    wait(lambda: lag(primary)[behind] == 0)


def test_a_standby_itself_reports_no_lag(pair):
    assert lag(pair[1]) == {}
