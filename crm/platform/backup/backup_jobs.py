"""Backups as jobs: one that an administrator asked for, and the nightly one."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.models import Job
from crm.platform.backup.backup import BackupRefused, write_backup
from crm.platform.backup.backup_files import remove_old_nightly_backups
from crm.platform.configuration.environment import Say
from crm.platform.jobs import JobProblem, register_job_kind
from crm.platform.web.security_log import write_security_line

BACKUP, NIGHTLY = "backup", "nightly_backup"
PAGE = "/admin/backups"

Progress = Callable[[int, int], None]


@register_job_kind(BACKUP, lambda arguments: _lazy("Backup"), page=lambda arguments: PAGE, long=True)
def run_backup_job(job: Job, progress: Progress) -> None:
    """A second run makes a second backup, which harms nothing."""
    _make_backup(progress, by=job.user)


@register_job_kind(
    NIGHTLY, lambda arguments: _lazy("Nightly backup"), page=lambda arguments: PAGE, quiet=True, long=True
)
def run_nightly_backup_job(job: Job, progress: Progress) -> None:
    _make_backup(progress, is_nightly=True)
    remove_old_nightly_backups(settings.BACKUPS_KEPT)


def _make_backup(progress: Progress, *, by: Any = None, is_nightly: bool = False) -> None:
    try:
        made = write_backup(_say_nothing, is_nightly=is_nightly, progress=progress)
    except (BackupRefused, OSError) as error:
        raise JobProblem(_("No backup was made. %(reason)s") % {"reason": error}) from error
    write_security_line("backup_made", by=by, file=made.name)


def _say_nothing(text: str) -> None:
    """What the command prints has no reader in a job."""


def cancel_restored_backup_jobs(say: Say) -> None:
    """A backup contains the job that made it, as a running one: restored, it would make another backup."""
    jobs = Job.objects.unfinished().of_kinds(BACKUP, NIGHTLY)
    jobs.update(state=Job.State.CANCELLED, finished_at=timezone.now())
