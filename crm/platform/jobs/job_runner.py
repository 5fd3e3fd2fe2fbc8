"""Background work: a job reports its progress, can be canceled, leaves a result, and can safely run twice.

A job does its work in one transaction on the main connection. It reports on itself through the connection `progress`,
so that its state is visible before the work is committed. The job is marked finished inside the transaction of its
work: a worker that is killed leaves either everything or nothing, and the job is picked up again. Work in parts has a
transaction for each part, and continues with the next one when it is picked up again.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.contrib.django import app

from crm.models import Job
from crm.platform.configuration.company import get_company_language, keep_company_settings
from crm.platform.configuration.worker_lanes import JOBS, LONG
from crm.platform.files import store_unavailable
from crm.platform.files.store_unavailable import StoreAway
from crm.platform.jobs.job_kinds import JOB_KINDS, JobProblem, PartDone, describe_job, get_job_url
from crm.platform.jobs.queue_position import is_short
from crm.platform.monitoring import current_task as at_work
from crm.platform.server import current_job
from crm.platform.server.frame_memory import reserve_frame_memory
from crm.platform.web.notifications import create_notification
from crm.platform.web.request_cache import cache_reads_once
from crm.platform.web.transactions import (
    LOCK_MILLISECONDS,
    forget_plans,
    get_values_read_with_user,
    is_connection_lost,
    is_disk_full,
    is_locked,
    set_transaction_limits,
)

log = logging.getLogger(__name__)

# How often, in seconds, a running job reports its progress and checks whether it was canceled.
PAUSE = 0.3
# A short job that was asked for longer ago goes on among the long ones when it meets a lock of others.
PATIENCE = timedelta(minutes=1)
# A job of any length that was asked for longer ago fails if others' changes are in its way.
LONGEST_PATIENCE = timedelta(hours=1)


class JobCancelled(Exception):
    """A user clicked Cancel; everything is rolled back."""


class JobInterrupted(at_work.RunAgain):
    """The worker was stopped or lost the database; everything is rolled back and the job waits for the next worker."""


class InOtherHands(at_work.RunAgain):
    """Another worker has the job, or the database hasn't noticed yet that it was killed; the job is checked again."""


class NotYet(InOtherHands):
    """What the job needs is in use by another one; it returns to the queue, so that others have its place meanwhile."""


class JobLocked(NotYet):
    """Another one's change has locked records that the job needs, such as an import that takes minutes."""


class TakesLong(NotYet):
    """The job turns out to be a long one; it goes on among those (crm/platform/jobs/job_control.py)."""

    def __init__(self, **place: Any) -> None:
        """`place` are its queue there and, if they change, the lock and the priority."""
        super().__init__()
        self.place = place


class TryAgain(BaseRetryStrategy):
    """When the queue calls an unfinished job again."""

    def get_retry_decision(self, *, exception: BaseException, job) -> RetryDecision | None:
        if isinstance(exception, JobInterrupted):
            return RetryDecision()
        if isinstance(exception, TakesLong):
            return RetryDecision(**exception.place)
        if isinstance(exception, JobLocked):
            return RetryDecision(retry_in={"seconds": 10})
        # Also if the database is lost before the work begins, or while its end is written.
        if isinstance(exception, InOtherHands) or is_connection_lost(exception):
            return RetryDecision(retry_in={"seconds": 3})
        return None


_interrupted = threading.Event()
# The database connections whose statements may be canceled, by the id of the job; and the job of a thread.
_in_use: dict[int, Any] = {}
_canceling = threading.Lock()


def interrupt_jobs() -> None:
    """Stop the jobs that this process is running, including their statements, and return them to the queue."""
    _interrupted.set()
    with _canceling:
        for driver in [*_in_use.values()]:
            driver.cancel_safe(timeout=2)


def is_interrupted() -> bool:
    """Whether this process has been asked to stop."""
    return _interrupted.is_set()


@app.task(queue=JOBS, name="run_job", retry=TryAgain())
def run_job(job_id: int) -> None:
    """Do a job's work once. A second call raises InOtherHands while it runs and does nothing after it has ended."""
    with transaction.atomic():
        if not _lock_job(job_id):
            raise InOtherHands
        job = Job.objects.select_related("user").filter(pk=job_id).unfinished().first()
        if job is None:
            return
        at_work.set_current_job(job)
        user = get_user_model()._default_manager.with_rights().get(pk=job.user_id)
        if not user.is_active or job.cancel_asked:
            _update_job(job_id, state=Job.State.CANCELLED, finished_at=timezone.now())
            at_work.set_end_state("cancelled")
            return
    job.user = user
    _update_job(job_id, state=Job.State.RUNNING, started_at=timezone.now(), done=0)
    unfinished = True
    while unfinished:
        with (
            keep_company_settings(job.user),
            translation.override(user.language or get_company_language()),
            timezone.override(user.zone),
            cache_reads_once(**get_values_read_with_user(job.user)),
        ):
            unfinished = _run_next_part(job)
        if unfinished:
            # Permissions may have changed since the last part.
            job.user = get_user_model()._default_manager.with_rights().get(pk=job.user_id)


def _lock_job(job_id: int) -> bool:
    """Whether no other worker is running this job; locked until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('job'), %s)", [job_id % 2**31])
        return cursor.fetchone()[0]


def _run_next_part(job: Job) -> bool:
    """Returns whether another part of the work is left."""
    try:
        with transaction.atomic(), _may_be_interrupted(job):
            # While a job waits for a lock, others wait for its place. Only long jobs may do that.
            set_transaction_limits(lock=LOCK_MILLISECONDS if is_short(job) else 0, statement=0)
            forget_plans()
            current_job.of_thread.job = job.pk
            if not _lock_job(job.pk):
                raise InOtherHands
            if not Job.objects.filter(pk=job.pk).unfinished().exists():
                return False
            record = reserve_frame_memory(JOB_KINDS[job.kind].work)(job, _Progress(job.pk))
            if isinstance(record, PartDone):
                Job.objects.filter(pk=job.pk).update(operation=record.operation)
                return True
            Job.objects.filter(pk=job.pk).update(
                state=Job.State.FINISHED, finished_at=timezone.now(), operation=record, problem=""
            )
            at_work.set_end_state("finished", record.pk if record else None)
            if not JOB_KINDS[job.kind].quiet:
                create_notification(
                    job.user, "job_finished", record, what=describe_job(job), path=get_job_url(job)
                )
    except NotYet:
        _requeue_job(job)
        raise
    except InOtherHands:
        raise
    except JobInterrupted:
        _requeue_job(job)
        raise
    except JobCancelled:
        _update_job(job.pk, state=Job.State.CANCELLED, finished_at=timezone.now())
        at_work.set_end_state("cancelled")
    except JobProblem as problem:
        _mark_failed(job, str(problem))
    except StoreAway as error:
        log.warning("Job %s of kind %s: the file store can't be reached: %s", job.pk, job.kind, error)
        _mark_failed(job, _get_failure_sentence(job, error))
    except Exception as error:
        if _interrupted.is_set():
            _requeue_job(job)
        if _interrupted.is_set() or is_connection_lost(error):
            raise JobInterrupted from error
        if is_locked(error) and (later := _get_retry(job)):
            _requeue_job(job)
            raise later from error
        log.exception("Job %s of kind %s", job.pk, job.kind)
        _mark_failed(job, _get_failure_sentence(job, error))
    finally:
        current_job.of_thread.job = None
    return False


@contextmanager
def _may_be_interrupted(job: Job) -> Iterator[None]:
    """The commit comes after this block. If one that waits for its replica is canceled, PostgreSQL says that it's done, and
    without that replica the job would be lost."""
    _in_use[job.pk] = connection.connection
    try:
        yield
    finally:
        with _canceling:
            _in_use.pop(job.pk, None)


def _get_retry(job: Job) -> NotYet | None:
    """When a job that met a lock of others is tried again, and where; None if it was asked for too long ago."""
    waited = timezone.now() - job.asked_at
    if waited > PATIENCE and is_short(job):
        # With the lock of the short ones: the user's later jobs still come after it.
        return TakesLong(queue=LONG)
    return JobLocked() if waited < LONGEST_PATIENCE else None


def _get_failure_sentence(job: Job, error: Exception) -> str:
    if Job.objects.filter(pk=job.pk).begun().exists():
        return _get_stop_sentence(error)
    if isinstance(error, StoreAway):
        return store_unavailable.get_store_away_sentence()
    if is_disk_full(error):
        return _(
            "The server is out of disk space, so nothing was saved. Tell your administrator, then try again."
        )
    return _("Something went wrong on our side. Nothing was saved. Try again.")


def _get_stop_sentence(error: Exception) -> str:
    """The same after the first part of a change in parts."""
    if isinstance(error, StoreAway):
        return _("The file store can’t be reached. The finished parts are saved. Try again in a few minutes.")
    if is_disk_full(error):
        return _(
            "The server is out of disk space. The finished parts are saved. Tell your administrator, then try again."
        )
    return _("Something went wrong on our side. The finished parts are saved.")


def _requeue_job(job: Job) -> None:
    _update_job(job.pk, state=Job.State.WAITING, started_at=None, done=0)


def _mark_failed(job: Job, problem: str) -> None:
    _update_job(job.pk, state=Job.State.FAILED, finished_at=timezone.now(), problem=problem)
    at_work.set_end_state("failed")
    create_notification(
        job.user, "job_failed", what=describe_job(job), problem=problem, path=get_job_url(job)
    )


def _update_job(job_id: int, **values) -> None:
    """Update a job outside the transaction of its work."""
    Job.objects.using("progress").filter(pk=job_id).update(**values)


class _Progress:
    """Called with (done, total) as often as the work likes; writes a few times per second. Raises Cancelled and
    Interrupted."""

    def __init__(self, job_id: int) -> None:
        self.job_id, self.last, self.done = job_id, 0.0, 0

    def __call__(self, done: int, total: int) -> None:
        if _interrupted.is_set():
            raise JobInterrupted
        now = time.monotonic()
        if now - self.last < PAUSE and done < total:
            return
        self.last = now
        # A step that begins again at the first row has worked on none of them yet.
        at_work.report_rows(done - self.done)
        self.done = done
        _update_job(self.job_id, done=done, total=total)
        if Job.objects.using("progress").filter(pk=self.job_id, cancel_asked=True).exists():
            raise JobCancelled
