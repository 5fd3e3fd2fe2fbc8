"""The commit of a job that waits for its replica: PostgreSQL would call it done if the wait were canceled."""

import threading

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections

from crm.models import Job
from crm.platform import jobs
from crm.platform.database.connection_settings import get_embedded_server
from crm.platform.jobs import job_runner
from crm.platform.jobs.job_kinds import JOB_KINDS, JobKind
from tests.waiting import until, until_ended

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

WAITS = "SELECT wait_event = 'SyncRep' FROM pg_stat_activity WHERE pid = %s"


@pytest.fixture
def superuser():
    address = get_embedded_server(settings.ENVIRONMENT).get_connection_parameters("postgres", "postgres")
    with psycopg.connect(**address, autocommit=True) as session:
        yield session


@pytest.fixture
def let_commits_go(superuser):
    """Commits wait for a replica that doesn't exist, if their session asks for it, until this is called."""

    def follow(name: str) -> None:
        superuser.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{name}'")
        superuser.execute("SELECT pg_reload_conf()")

    follow("missing")
    try:
        yield lambda: follow("")
    finally:
        follow("")


def begins_to_wait(superuser) -> bool:
    """Whether a commit waits already: PostgreSQL reads its configuration again after a moment."""
    pids = []

    def commit() -> None:
        address = get_embedded_server(settings.ENVIRONMENT).get_connection_parameters("postgres", "postgres")
        with psycopg.connect(**address, autocommit=True) as session:
            pids.append(session.info.backend_pid)
            session.execute("SET synchronous_commit = on")
            session.execute("SELECT pg_logical_emit_message(true, 'tests', 'a commit')")

    thread = threading.Thread(target=commit)
    thread.start()
    waits = until(lambda: not thread.is_alive() or is_waiting(superuser, pids)) and thread.is_alive()
    if waits:
        superuser.execute("SELECT pg_terminate_backend(%s)", pids)
    until_ended(thread)
    return waits


def is_waiting(superuser, pids: list[int]) -> bool:
    return bool(pids) and superuser.execute(WAITS, pids).fetchone() == (True,)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_worker_that_is_stopped_does_not_cancel_a_commit_that_waits_for_its_replica(
    ann, monkeypatch, superuser, let_commits_go
):
    notices, pids = [], []

    def work(job, progress):
        connection.connection.add_notice_handler(notices.append)
        pids.append(connection.connection.info.backend_pid)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")

    def run(job: Job) -> None:
        try:
            jobs.run_job(job_id=job.pk)
        finally:
            connections.close_all()

    monkeypatch.setitem(JOB_KINDS, "test", JobKind(work, lambda arguments: "The test", quiet=True))
    job = jobs.start_job("test", ann, {})
    until(lambda: begins_to_wait(superuser))
    thread = threading.Thread(target=run, args=[job])
    thread.start()
    until(lambda: is_waiting(superuser, pids))
    jobs.interrupt_jobs()
    let_commits_go()
    until_ended(thread)
    job_runner._interrupted.clear()
    assert [notice.message_primary for notice in notices] == []
    job.refresh_from_db()
    assert job.state == Job.State.FINISHED
