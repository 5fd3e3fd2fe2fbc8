"""The worker: picks up the jobs of dead workers, runs jobs, and removes expired data."""

import asyncio
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection, connections
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Session
from crm.models import FrozenSet, Job
from crm.platform import jobs
from crm.platform.jobs import housekeeping
from crm.platform.jobs.job_kinds import JOB_KINDS, JobKind
from crm.platform.jobs.worker import requeue_dead_jobs

committing = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def with_worker_app(step):
    """Run the coroutine `step(app)` like the worker does: on a separate connection."""

    async def run():
        async with app.with_connector(app.connector.get_worker_connector()).open_async() as worker_app:
            return await step(worker_app)

    return asyncio.run(run())


def in_hand_of_a_worker(job: Job, heard_seconds_ago: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
            [heard_seconds_ago],
        )
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE (args ->> 'job_id')::bigint = %s",
            [cursor.fetchone()[0], job.pk],
        )


def queue_state(job: Job) -> str:
    return ProcrastinateJob.objects.get(args__job_id=job.pk).status


@pytest.fixture(autouse=True)
def connections_end_with_their_task(monkeypatch):
    """The worker's thread would keep its connections for a minute, and the test database could not be dropped."""
    for alias in ("default", "progress"):
        monkeypatch.setitem(connections.settings[alias], "CONN_MAX_AGE", 0)


@pytest.fixture
def job(ann, empty_queue, monkeypatch):
    monkeypatch.setitem(JOB_KINDS, "test", JobKind(lambda job, progress: None, lambda arguments: "The test"))
    return jobs.start_job("test", ann, {})


@committing
def test_the_jobs_of_a_dead_worker_are_requeued(job):
    in_hand_of_a_worker(job, heard_seconds_ago=40)
    assert with_worker_app(requeue_dead_jobs) == 1
    assert queue_state(job) == "todo"


@committing
def test_the_jobs_of_a_living_worker_are_left_alone(job):
    in_hand_of_a_worker(job, heard_seconds_ago=10)
    assert with_worker_app(requeue_dead_jobs) == 0
    assert queue_state(job) == "doing"


@committing
def test_the_only_worker_picks_up_everything_at_once(job):
    in_hand_of_a_worker(job, heard_seconds_ago=1)
    assert with_worker_app(lambda worker_app: requeue_dead_jobs(worker_app, dead_after=0)) == 1
    assert queue_state(job) == "todo"


@committing
def test_the_worker_runs_queued_jobs(job):
    def work(worker_app):
        return worker_app.run_worker_async(queues=["jobs"], wait=False, install_signal_handlers=False)

    with_worker_app(work)
    job.refresh_from_db()
    assert job.state == Job.State.FINISHED
    assert queue_state(job) == "succeeded"


@committing
def test_a_job_that_is_queued_by_a_job_belongs_to_its_transaction(job, ann, monkeypatch):
    followers = []

    def work(job, progress):
        followers.append(jobs.start_job("test", ann, {}))
        raise jobs.JobProblem("No.")

    monkeypatch.setitem(JOB_KINDS, "test", JobKind(work, lambda arguments: "The test"))
    with_worker_app(
        lambda worker_app: worker_app.run_worker_async(
            queues=["jobs"], wait=False, install_signal_handlers=False
        )
    )
    assert len(followers) == 1
    assert not Job.objects.filter(pk=followers[0].pk).exists()
    assert not ProcrastinateJob.objects.filter(args__job_id=followers[0].pk).exists()


@pytest.mark.django_db
def test_expired_sets_sessions_and_failed_sign_ins_are_removed_and_fresh_ones_kept(ann):
    now = timezone.now()
    for age in (1, 25):
        FrozenSet.objects.create(user=ann, ids=[1], count=1, at=now - timedelta(hours=age))
        Session.objects.create(
            session_key=f"key{age}",
            session_data="",
            expire_date=now + timedelta(hours=12 - age),
            used_at=now,
        )
        attempt = AccessAttempt.objects.create(
            username=f"name{age}", ip_address="10.0.0.1", failures_since_start=3
        )
        AccessAttempt.objects.filter(pk=attempt.pk).update(attempt_time=now - timedelta(hours=age))
    removed = housekeeping.clean_up()
    assert (
        removed["delete_expired_frozen_sets"],
        removed["delete_expired_sessions"],
        removed["delete_old_sign_in_attempts"],
    ) == (1, 1, 1)
    assert FrozenSet.objects.get().at > now - timedelta(hours=2)
    assert Session.objects.get().session_key == "key1"
    assert AccessAttempt.objects.get().username == "name1"


@pytest.mark.django_db
def test_queue_entries_are_removed_a_week_after_their_job_has_ended(ann, monkeypatch):
    monkeypatch.setitem(JOB_KINDS, "test", JobKind(lambda job, progress: None, lambda arguments: "The test"))
    waiting, fresh, old = (jobs.start_job("test", ann, {}) for _ in range(3))
    with connection.cursor() as cursor:
        for job in (fresh, old):
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = 'succeeded' WHERE (args ->> 'job_id')::bigint = %s",
                [job.pk],
            )
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - interval '8 days' WHERE job_id IN "
            "(SELECT id FROM procrastinate_jobs WHERE (args ->> 'job_id')::bigint IN (%s, %s))",
            [waiting.pk, old.pk],
        )
    housekeeping.clean_up()
    left = ProcrastinateJob.objects.values_list("args__job_id", flat=True)
    assert set(left) >= {waiting.pk, fresh.pk}
    assert old.pk not in left


@pytest.mark.django_db
def test_a_failed_step_does_not_stop_the_others(monkeypatch, caplog):
    done = []
    monkeypatch.setattr(housekeeping, "STEPS", [lambda: 1 / 0, lambda: done.append(1)])
    housekeeping.clean_up()
    assert done == [1]
    assert "ZeroDivisionError" in caplog.text
