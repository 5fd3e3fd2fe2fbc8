"""A job's life: waiting, running, finished, canceled, failed, interrupted; and it never runs twice."""

import threading
from datetime import UTC, datetime

import pytest
from django.db import connections, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import Department
from crm.models import Job, Notification
from crm.platform import jobs
from crm.platform.database.partitioned_tables import delete_finished_jobs
from crm.platform.jobs import job_runner
from crm.platform.jobs.job_kinds import JOB_KINDS, JobKind
from tests.crossing import TAKES_LONG, held_up, waiting_for_locks
from tests.waiting import until, until_ended

# A job reports on itself through a second connection, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def works(monkeypatch):
    """works(function) lets jobs of the kind "test" call it."""
    monkeypatch.setattr(job_runner, "PAUSE", 0)

    def install(function):
        monkeypatch.setitem(JOB_KINDS, "test", JobKind(function, lambda arguments: "The test"))

    return install


def now_of(job: Job) -> Job:
    """The job as another connection sees it: uncommitted changes don't show."""
    return Job.objects.using("progress").get(pk=job.pk)


def test_a_job_waits_in_the_queue_until_a_worker_takes_it(ann, works):
    works(lambda job, progress: None)
    job = jobs.start_job("test", ann, {"size": 3}, total=3)
    assert job.state == Job.State.WAITING
    queued = ProcrastinateJob.objects.get(args__job_id=job.pk)
    assert (queued.task_name, queued.queue_name, queued.status) == ("run_job", "jobs", "todo")


def test_a_job_of_a_rolled_back_transaction_does_not_exist(ann, works):
    works(lambda job, progress: None)
    with transaction.atomic():
        job = jobs.start_job("test", ann, {})
        transaction.set_rollback(True)
    assert not Job.objects.filter(pk=job.pk).exists()
    assert not ProcrastinateJob.objects.filter(args__job_id=job.pk).exists()


def test_a_running_job_reports_its_progress_and_its_end(ann, works):
    seen = []

    def work(job, progress):
        progress(1, 4)
        seen.append((now_of(job).state, now_of(job).done, now_of(job).total))
        progress(4, 4)
        seen.append(now_of(job).done)

    works(work)
    job = jobs.start_job("test", ann, {})
    jobs.run_job(job_id=job.pk)
    assert seen == [("running", 1, 4), 4]
    job.refresh_from_db()
    assert job.state == Job.State.FINISHED
    assert job.started_at <= job.finished_at
    assert Notification.objects.get(user=ann).kind == "job_finished"


@pytest.mark.parametrize("target", ["job", "jobs"])
def test_the_page_of_a_job_polls_only_until_it_has_ended(target, ann, works, sign_in):
    works(lambda job, progress: None)
    job = jobs.start_job("test", ann, {})
    path = f"/admin/jobs/{job.pk}" if target == "job" else "/admin/jobs"
    watching = {"HX-Request": "true", "HX-Target": target}
    assert "every " in sign_in(ann).get(path, headers=watching).text
    jobs.run_job(job_id=job.pk)
    ended = sign_in(ann).get(path, headers=watching).text
    assert f'id="{target}"' in ended
    assert "every " not in ended


def test_its_work_runs_in_the_language_of_its_user(ann, works):
    from django.utils import translation

    ann.language = "ro"
    ann.save()
    spoken = []
    works(lambda job, progress: spoken.append(translation.get_language()))
    jobs.run_job(job_id=jobs.start_job("test", ann, {}).pk)
    assert spoken == ["ro"]


def test_a_job_canceled_while_waiting_never_starts(ann, works):
    begun = []
    works(lambda job, progress: begun.append(job.pk))
    job = jobs.start_job("test", ann, {})
    jobs.cancel_job(job)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    jobs.run_job(job_id=job.pk)
    assert not begun
    assert not Notification.objects.exists()


def test_a_job_canceled_while_running_leaves_nothing_behind(ann, works):
    def work(job, progress):
        Department.objects.create(name="Made halfway")
        progress(1, 2)
        Job.objects.using("progress").filter(pk=job.pk).update(cancel_asked=True)
        progress(2, 2)

    works(work)
    job = jobs.start_job("test", ann, {})
    jobs.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert not Department.objects.filter(name="Made halfway").exists()


def test_a_job_that_cannot_continue_shows_a_message(ann, works):
    def work(job, progress):
        Department.objects.create(name="Made halfway")
        raise jobs.JobProblem("The file is gone.")

    works(work)
    job = jobs.start_job("test", ann, {})
    jobs.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == (Job.State.FAILED, "The file is gone.")
    assert not Department.objects.filter(name="Made halfway").exists()
    told = Notification.objects.get(user=ann)
    assert (told.kind, told.parameters["problem"]) == ("job_failed", "The file is gone.")


def test_an_error_in_the_program_shows_a_message_without_a_traceback(ann, works, caplog):
    works(lambda job, progress: 1 / 0)
    job = jobs.start_job("test", ann, {})
    jobs.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.problem == "Something went wrong on our side. Nothing was saved. Try again."
    assert "ZeroDivisionError" in caplog.text


def test_a_job_run_twice_does_its_work_once(ann, works):
    done = []
    works(lambda job, progress: done.append(job.pk))
    job = jobs.start_job("test", ann, {})
    jobs.run_job(job_id=job.pk)
    jobs.run_job(job_id=job.pk)
    assert done == [job.pk]
    assert Notification.objects.count() == 1


def test_a_second_worker_leaves_a_running_job_alone(ann, works):
    done = []

    def work(job, progress):
        done.append(job.pk)
        with connections["progress"].cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('job'), %s)", [job.pk])
            assert cursor.fetchone() == (False,)

    works(work)
    job = jobs.start_job("test", ann, {})
    jobs.run_job(job_id=job.pk)
    assert done == [job.pk]


def test_a_job_of_a_worker_whose_death_is_not_yet_noticed_is_called_again(ann, works):
    done = []
    works(lambda job, progress: done.append(job.pk))
    job = jobs.start_job("test", ann, {})
    with transaction.atomic(using="progress"), connections["progress"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('job'), %s)", [job.pk])
        with pytest.raises(job_runner.InOtherHands) as raised:
            jobs.run_job(job_id=job.pk)
    assert not done
    again = jobs.run_job.retry_strategy.get_retry_decision(exception=raised.value, job=None)
    assert again.retry_at > timezone.now()
    jobs.run_job(job_id=job.pk)
    assert done == [job.pk]


def test_a_job_that_a_killed_worker_left_is_run_again(ann, works):
    done = []
    works(lambda job, progress: done.append(job.pk))
    job = jobs.start_job("test", ann, {})
    Job.objects.filter(pk=job.pk).update(state=Job.State.RUNNING, done=700)
    jobs.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert done == [job.pk]
    assert job.state == Job.State.FINISHED


def test_the_job_of_a_user_who_was_deactivated_does_nothing(ann, works):
    done = []
    works(lambda job, progress: done.append(job.pk))
    job = jobs.start_job("test", ann, {})
    ann.is_active = False
    ann.save()
    jobs.run_job(job_id=job.pk)
    job.refresh_from_db()
    assert not done
    assert job.state == Job.State.CANCELLED


def test_a_job_has_the_current_permissions_of_its_user(ann, works):
    seen = []
    works(lambda job, progress: seen.append(job.user.has_perm("leads.assign_lead")))
    job = jobs.start_job("test", ann, {})
    ann.groups.clear()
    jobs.run_job(job_id=job.pk)
    assert seen == [False]


def test_a_worker_that_is_stopped_puts_its_job_back_in_the_queue(ann, works, monkeypatch):
    def work(job, progress):
        Department.objects.create(name="Made halfway")
        jobs.interrupt_jobs()
        progress(1, 2)

    works(work)
    job = jobs.start_job("test", ann, {})
    with pytest.raises(job_runner.JobInterrupted) as raised:
        jobs.run_job(job_id=job.pk)
    job_runner._interrupted.clear()
    job.refresh_from_db()
    assert (job.state, job.done, job.started_at) == (Job.State.WAITING, 0, None)
    assert not Department.objects.filter(name="Made halfway").exists()
    queued = ProcrastinateJob.objects.get(args__job_id=job.pk)
    assert jobs.run_job.retry_strategy.get_retry_decision(exception=raised.value, job=queued) is not None


def test_a_worker_that_is_stopped_cancels_a_long_statement(ann, works):
    def interrupt() -> None:
        until(lambda: waiting_for_locks() == 1)
        jobs.interrupt_jobs()
        connections.close_all()

    stops = threading.Thread(target=interrupt)

    def work(job, progress):
        stops.start()
        with connections["default"].cursor() as cursor:
            cursor.execute(TAKES_LONG)

    works(work)
    job = jobs.start_job("test", ann, {})
    with held_up(), pytest.raises(job_runner.JobInterrupted):
        jobs.run_job(job_id=job.pk)
    until_ended(stops)
    job_runner._interrupted.clear()
    assert now_of(job).state == Job.State.WAITING
    assert not job_runner._in_use


def test_a_lost_database_connection_requeues_the_job(ann, works):
    def work(job, progress):
        with connections["default"].cursor() as cursor:
            # Behind a pooler, the driver has another number.
            cursor.execute("SELECT pg_backend_pid()")
            (pid,) = cursor.fetchone()
        with connections["progress"].cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        Department.objects.count()

    works(work)
    job = jobs.start_job("test", ann, {})
    with pytest.raises(job_runner.JobInterrupted):
        jobs.run_job(job_id=job.pk)
    assert now_of(job).state == Job.State.RUNNING


def test_finished_jobs_are_deleted_after_the_months_that_the_setting_says(ada, settings, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: datetime(2031, 5, 20, tzinfo=UTC))
    ends = [datetime(2031, 3, 31, tzinfo=UTC), datetime(2031, 4, 1, tzinfo=UTC), None]
    jobs = [Job.objects.create(kind="undo", user=ada, finished_at=end, state="finished") for end in ends]
    assert delete_finished_jobs() == 0
    settings.JOBS_MONTHS = 1
    assert delete_finished_jobs() == 1
    assert set(Job.objects.all()) == set(jobs[1:])
