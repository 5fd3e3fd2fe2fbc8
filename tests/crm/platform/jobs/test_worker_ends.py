"""A job whose worker loses the database around its work, not in it: the job is called again, and doesn't stay with a worker that seems to live."""

import asyncio

import psycopg
import pytest
from django.db import OperationalError, connection, connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager

from crm.models import Job
from crm.platform import jobs
from crm.platform.jobs import job_runner, worker
from crm.platform.jobs.end_listener import EndsOfJobs
from crm.platform.jobs.job_kinds import JOB_KINDS, JobKind

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def is_interrupted(job, progress):
    raise job_runner.JobInterrupted


@pytest.fixture
def start(ann, empty_queue, monkeypatch):
    """start(work): a job that waits for a worker."""

    def start(work) -> None:
        monkeypatch.setitem(JOB_KINDS, "test", JobKind(work, lambda arguments: "The test", quiet=True))
        jobs.start_job("test", ann, {})

    return start


def refused(cause: Exception):
    async def refuse(*_arguments, **_keywords):
        raise ConnectorException from cause

    return refuse


@pytest.mark.parametrize(
    ("work", "end"),
    [(lambda job, progress: None, "finish_job_by_id_async"), (is_interrupted, "retry_job_by_id_async")],
    ids=["finished", "interrupted"],
)
def test_a_worker_ends_if_it_cannot_write_how_a_job_ended(start, monkeypatch, work, end):
    monkeypatch.setattr(JobManager, end, refused(psycopg.OperationalError("the connection is lost")))
    start(work)
    of_worker = app.with_connector(app.connector.get_worker_connector())
    with pytest.raises(worker.WorkerLost):
        asyncio.run(asyncio.wait_for(worker._run_lanes(of_worker, alone=False), 60))


def test_a_job_that_another_worker_has_taken_is_no_reason_to_end(monkeypatch):
    taken = psycopg.errors.RaiseException("Job was not found")
    monkeypatch.setattr(JobManager, "retry_job", refused(taken))

    async def retry() -> bool:
        ends = EndsOfJobs(app.connector)
        with pytest.raises(ConnectorException):
            await ends.retry_job()
        return ends.lost.is_set()

    assert asyncio.run(retry()) is False


def test_a_job_whose_worker_loses_the_database_before_the_work_begins_is_called_again(ann, start):
    """Its worker still has a connection to the primary that was lost."""
    start(lambda job, progress: None)
    job, queued = Job.objects.get(), ProcrastinateJob.objects.get()
    with connections["progress"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(OperationalError) as raised:
        jobs.run_job(job_id=job.pk)
    connections["progress"].close()
    assert jobs.run_job.retry_strategy.get_retry_decision(exception=raised.value, job=queued) is not None
    jobs.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FINISHED


@pytest.mark.parametrize("payload", ["", "no JSON", "[]", '{"type": "abort_job_requested", "job_id": 1}'])
def test_a_message_of_another_role_only_makes_the_worker_look_for_jobs(payload):
    class Connector:
        async def listen_notify(self, on_notification, channels) -> None:
            for channel in channels:
                await on_notification(channel=channel, payload=payload)

    heard = []

    async def listen() -> None:
        async def note(channel, notification) -> None:
            heard.append((channel, notification["type"]))

        await EndsOfJobs(Connector()).listen_for_jobs(on_notification=note, queues=["jobs"])

    asyncio.run(listen())
    assert heard == [("procrastinate_queue_v1#jobs", "job_inserted")]
