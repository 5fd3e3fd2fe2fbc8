"""The state of the machine on the start page: worker, disk, backups, failed jobs, and imports and exports that run."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, connection
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Job
from crm.platform.backup.last_backup import BACKUP_AFTER, get_last_backup_time
from crm.platform.backup.nightly_backup import is_backup_missing
from crm.platform.configuration.worker_lanes import WORKER_SILENT_AFTER
from crm.platform.jobs.job_kinds import describe_job
from crm.platform.web.start_page.health import HealthLine, register_health_check
from crm.templatetags.look import number

# A worker looks at its queues every 5 seconds, but a job may wait for another one of the same user or webhook.
UNSERVED = """
    SELECT queue_name FROM (
        SELECT queue_name, min(id) FILTER (WHERE status = 'todo' AND scheduled_at IS NULL) AS oldest,
            min(scheduled_at) FILTER (WHERE status = 'todo') AS due
        FROM procrastinate_jobs WHERE status IN ('todo', 'doing')
        GROUP BY queue_name HAVING NOT bool_or(status = 'doing')
    ) waiting
    WHERE least(due, (SELECT max(at) FROM procrastinate_events WHERE job_id = oldest)) < now() - interval '5 minutes'
    AND NOT EXISTS (
        SELECT FROM procrastinate_events event JOIN procrastinate_jobs job ON job.id = event.job_id
        WHERE job.queue_name = waiting.queue_name AND event.type = 'started' AND event.at >= now() - interval '5 minutes'
    )
    ORDER BY queue_name
"""
DAY = timedelta(days=1)
# Imports need room for their file and their rows.
FREE_BYTES, FREE_PERCENT = 5 * 1024**3, 5
MOST = 1_000
RUNNING = 5


def is_worker_up(cursor: Any) -> bool:
    """Raises django.db.Error if the database can't be reached."""
    cursor.execute(
        "SELECT EXISTS (SELECT FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s))",
        [WORKER_SILENT_AFTER],
    )
    return cursor.fetchone()[0]


def get_newest_worker() -> int:
    """The number of the worker that was the last one to begin, 0 if none is known or the database can't be reached."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(max(id), 0) FROM procrastinate_workers")
            return cursor.fetchone()[0]
    except Error:
        return 0
    finally:
        connection.close()


@register_health_check(10)
def check_silent_worker() -> Iterator[HealthLine]:
    with connection.cursor() as cursor:
        is_up = is_worker_up(cursor)
    if not is_up:
        yield HealthLine(
            _("The worker isn’t running, so imports, emails and reminders wait. Start Leadwell again."),
            reverse("jobs"),
        )


@register_health_check(15)
def check_queues_without_worker() -> Iterator[HealthLine]:
    """A job has been due for five minutes, none runs and none was started: after an update, for example, no worker's list of
    queues has a new one. If there is no worker at all, `silent_worker` says so."""
    with connection.cursor() as cursor:
        is_up = is_worker_up(cursor)
        cursor.execute(UNSERVED)
        waiting = cursor.fetchall() if is_up else []
    for (queue,) in waiting:
        words = _("No worker runs the jobs in the queue “%(queue)s”. Add it to LEADWELL_QUEUES of a worker.")
        yield HealthLine(words % {"queue": queue}, reverse("jobs"))


@register_health_check(20)
def describe_failed_jobs() -> Iterator[HealthLine]:
    failed = Job.objects.failed_since(timezone.now() - DAY)
    newest = list(failed.newest_first()[: MOST + 1])
    if len(newest) == 1:
        words = _("The job “%(job)s” failed: %(problem)s")
        values = {"job": describe_job(newest[0]), "problem": newest[0].problem or "–"}
        yield HealthLine(words % values, reverse("job", args=[newest[0].pk]))
    elif newest:
        yield HealthLine(
            _("%(number)s jobs failed in the last 24 hours.") % {"number": format_capped_count(len(newest))},
            reverse("jobs"),
        )


def format_capped_count(count: int) -> str:
    """More than MOST are counted as "1,000+"."""
    return f"{number(MOST)}+" if count > MOST else str(number(count))


@register_health_check(50)
def check_disk_space() -> Iterator[HealthLine]:
    """Of the disks with the files and, unless it is on another machine, the database."""
    seen: set[int] = set()
    for folder in (Path(settings.MEDIA_ROOT), Path(settings.DATA)):
        if not folder.exists() or (device := folder.stat().st_dev) in seen:
            continue
        seen.add(device)
        disk = shutil.disk_usage(folder)
        if disk.free < FREE_BYTES or disk.free * 100 < disk.total * FREE_PERCENT:
            words = _(
                "Only %(free)s of %(total)s are free on the disk of %(folder)s. Delete old backups or add space."
            )
            sizes = {"free": filesizeformat(disk.free), "total": filesizeformat(disk.total)}
            yield HealthLine(words % {**sizes, "folder": folder})


@register_health_check(60)
def check_backup_age() -> Iterator[HealthLine]:
    last, page = get_last_backup_time(), reverse("backups")
    if last is None and settings.BACKUPS_KEPT:
        is_late = is_backup_missing(timezone.now())
        yield HealthLine(_("No backup yet. Leadwell makes one every night."), page, is_problem=is_late)
    elif last is None:
        yield HealthLine(_("No backup yet. Ask the administrator of the server to schedule one."), page)
    elif (age := timezone.now() - last) > BACKUP_AFTER:
        words = ngettext(
            "The last backup is %(number)s day old. Make one now, and check what makes it each night.",
            "The last backup is %(number)s days old. Make one now, and check what makes it each night.",
            age.days,
        )
        yield HealthLine(words % {"number": number(age.days)}, page)


@register_health_check(90)
def describe_running_jobs() -> Iterator[HealthLine]:
    """Imports and other large work; they are notes. Exports add themselves (crm/transfer/exports/jobs.py)."""
    for job in Job.objects.unfinished().newest_first()[:RUNNING]:
        values = {"job": describe_job(job), "done": number(job.done), "total": number(job.total)}
        words = _("“%(job)s” is running: %(done)s of %(total)s.") if job.total else _("“%(job)s” is running.")
        yield HealthLine(words % values, reverse("job", args=[job.pk]), is_problem=False)
