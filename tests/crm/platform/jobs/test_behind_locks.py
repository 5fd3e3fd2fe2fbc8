"""A job that needs what another one's change has locked gives its place to others, and is tried again."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Department
from crm.models import Job
from crm.platform import jobs
from crm.platform.jobs import job_runner
from crm.platform.jobs.job_kinds import JOB_KINDS, JobKind
from tests.crm.platform.jobs.test_lanes import lane_of, run
from tests.waiting import until, until_ended, until_set

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "progress"]),
    pytest.mark.usefixtures("empty_queue"),
]


@pytest.fixture
def renamed(departments, monkeypatch):
    """Waiting and done jobs of the kinds "short", which does nothing, and "rename", which renames a department."""
    done = []

    def short(job, progress):
        done.append(job.pk)

    def rename(job, progress):
        Department.objects.filter(pk=departments.sales.pk).update(name="Renamed by a job")
        done.append(job.pk)

    monkeypatch.setitem(JOB_KINDS, "short", JobKind(short, lambda arguments: "Short", quiet=True))
    monkeypatch.setitem(JOB_KINDS, "rename", JobKind(rename, lambda arguments: "Rename", quiet=True))
    return done


@pytest.fixture
def release(departments, monkeypatch):
    """Another transaction has locked the department until this is called."""
    monkeypatch.setattr(job_runner, "LOCK_MILLISECONDS", 100)
    asked, locked = threading.Event(), threading.Event()

    def lock() -> None:
        with transaction.atomic():
            Department.objects.filter(pk=departments.sales.pk).update(name="Renamed by an import")
            locked.set()
            until_set(asked)
        connections.close_all()

    thread = threading.Thread(target=lock)
    thread.start()
    until_set(locked)

    def release() -> None:
        asked.set()
        until_ended(thread)

    yield release
    release()


def has_waited_for_more_than(milliseconds: int) -> bool:
    """Whether a transaction waits for a lock of another one, and a limit of so long hasn't ended that."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity USING (pid)
               WHERE NOT l.granted AND datname = current_database()
               AND l.waitstart < clock_timestamp() - make_interval(secs => %s))""",
            [2 * milliseconds / 1_000],
        )
        return cursor.fetchone()[0]


def state_of(job: Job) -> str:
    return Job.objects.get(pk=job.pk).state


def test_a_short_job_that_meets_a_lock_lets_others_pass_and_is_tried_again(ann, bob, renamed, release):
    waits, passes = jobs.start_job("rename", ann, {}), jobs.start_job("short", bob, {})
    run("jobs")
    assert (renamed, state_of(waits)) == ([passes.pk], Job.State.WAITING)
    again = ProcrastinateJob.objects.get(args__job_id=waits.pk)
    assert (again.queue_name, again.status) == ("jobs", "todo")
    assert again.scheduled_at <= timezone.now() + timedelta(seconds=10)
    release()
    ProcrastinateJob.objects.filter(pk=again.pk).update(scheduled_at=None)
    run("jobs")
    assert (renamed, state_of(waits)) == ([passes.pk, waits.pk], Job.State.FINISHED)
    assert Department.objects.filter(name="Renamed by a job").exists()


def test_a_job_that_has_met_a_lock_for_a_minute_waits_for_it_among_the_long_ones(ann, renamed, release):
    waits = jobs.start_job("rename", ann, {})
    Job.objects.filter(pk=waits.pk).update(asked_at=timezone.now() - timedelta(seconds=61))
    run("jobs")
    assert (lane_of(waits), state_of(waits)) == ("long", Job.State.WAITING)
    later = jobs.start_job("short", ann, {})
    run("jobs")
    assert state_of(later) == Job.State.WAITING  # The user's order is kept.
    thread = threading.Thread(target=run, args=["long"])
    thread.start()
    until(lambda: has_waited_for_more_than(job_runner.LOCK_MILLISECONDS))
    release()
    until_ended(thread)
    assert state_of(waits) == Job.State.FINISHED


def test_a_job_that_meets_a_lock_can_be_canceled(ann, renamed, release):
    waits = jobs.start_job("rename", ann, {})
    run("jobs")
    jobs.cancel_job(waits)
    assert state_of(waits) == Job.State.CANCELLED


@pytest.mark.parametrize(("minutes", "state"), [(59, Job.State.WAITING), (61, Job.State.FAILED)])
def test_a_job_that_was_ended_by_a_deadlock_is_tried_again_for_an_hour(
    ann, renamed, monkeypatch, minutes, state
):
    def meets(job, progress):
        with connection.cursor() as cursor:
            cursor.execute("DO $$BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END$$")

    monkeypatch.setitem(JOB_KINDS, "meets", JobKind(meets, lambda arguments: "Meets", quiet=True, long=True))
    job = jobs.start_job("meets", ann, {})
    Job.objects.filter(pk=job.pk).update(asked_at=timezone.now() - timedelta(minutes=minutes))
    run("long")
    assert (state_of(job), lane_of(job)) == (state, "long")
