"""The backup of every night, and what administrators are notified of: that it failed, or that none was made for days."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.models import Job, Notification
from crm.platform.backup.backup_jobs import BACKUP, NIGHTLY, PAGE
from crm.platform.backup.last_backup import BACKUP_AFTER, get_last_backup_time
from crm.platform.jobs import start_job
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.web.notifications import create_notification, register_notice_kind

# From this hour on, in the time zone of the server, and for so many hours.
HOUR, HOURS = 2, 4
# One attempt a night, also after a failed one.
AGAIN_AFTER = timedelta(hours=20)
# A server that is off at night makes its backup when it runs again.
LATE = timedelta(hours=30)
# Less than a day, because the hours of the housekeeping drift.
ONCE_A_DAY = timedelta(hours=23)
FAILED, MISSING = "backup_failed", "backup_missing"


@every_hour
def start_nightly_backup() -> int:
    """Starts it once a night; returns whether it did."""
    user = get_user_model().objects.administrators().order_by("pk").first()
    if user is None or not is_backup_due(timezone.localtime()):
        return 0
    start_job(NIGHTLY, user, {})
    return 1


def is_backup_due(now: datetime) -> bool:
    if not settings.BACKUPS_KEPT or Job.objects.unfinished().of_kinds(BACKUP, NIGHTLY).exists():
        return False
    attempt = _get_last_attempt()
    if attempt and now - attempt.asked_at < AGAIN_AFTER:
        return False
    last = get_last_backup_time()
    return HOUR <= now.hour < HOUR + HOURS or (last is not None and now - last > LATE)


def _get_last_attempt() -> Job | None:
    return Job.objects.of_kinds(NIGHTLY).newest_first().first()


@every_hour
def notify_administrators_of_failed_backup() -> int:
    """Once for each attempt; the user of the job has been notified by the job itself."""
    attempt = _get_last_attempt()
    if attempt is None or attempt.state != Job.State.FAILED:
        return 0
    if Notification.objects.of_kinds(FAILED).since(attempt.finished_at).exists():
        return 0
    others = get_user_model().objects.administrators().exclude(pk=attempt.user_id)
    for user in others:
        create_notification(user, FAILED, path=PAGE, problem=attempt.problem)
    return len(others)


@every_hour
def notify_administrators_of_missing_backup() -> int:
    """Once a day, while the newest backup is old."""
    now = timezone.now()
    if not settings.BACKUPS_KEPT or not is_backup_missing(now):
        return 0
    if Notification.objects.of_kinds(FAILED, MISSING).since(now - ONCE_A_DAY).exists():
        return 0
    users = get_user_model().objects.administrators()
    for user in users:
        create_notification(user, MISSING, path=PAGE)
    return len(users)


def is_backup_missing(now: datetime) -> bool:
    """Whether the newest backup is old; on a new installation without one, whether its first nights have passed."""
    last = get_last_backup_time() or get_first_day()
    return last is not None and now - last > BACKUP_AFTER


def get_first_day() -> datetime | None:
    """When the first user was added."""
    return get_user_model().objects.order_by("pk").values_list("joined_at", flat=True).first()


@register_notice_kind(FAILED)
def describe_failed_backup(values: dict) -> str:
    return _("The nightly backup failed: %(problem)s")


@register_notice_kind(MISSING)
def describe_missing_backup(values: dict) -> str:
    return _(
        "No backup was made in the last two days. Make one now, and check why the nightly one is missing."
    )
