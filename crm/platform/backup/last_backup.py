"""When the newest backup was made. Its file is on the machine that made it, and the start page of every server is to know."""

from datetime import datetime, timedelta

from django.db import Error, transaction
from django.db.models import Q

from crm.models import Installation
from crm.platform.backup.backup_files import get_local_backups
from crm.platform.jobs.housekeeping import every_hour_on_each_machine

# A backup each night may take some hours.
BACKUP_AFTER = timedelta(days=2)


def get_last_backup_time() -> datetime | None:
    """On whichever machine."""
    return max(filter(None, [get_noted_backup_time(), _get_newest_local_time()]), default=None)


def get_noted_backup_time() -> datetime | None:
    """What the newest backup of any machine has noted in the database."""
    return Installation.objects.values_list("backed_up_at", flat=True).first()


def _get_newest_local_time() -> datetime | None:
    return next((backup.made_at for backup in get_local_backups()), None)


@every_hour_on_each_machine
def record_newest_backup() -> int:
    """A backup that was dumped from a replica, or with another version's program, couldn't say so itself."""
    at = _get_newest_local_time()
    if at is None:
        return 0
    earlier = Installation.objects.filter(Q(backed_up_at=None) | Q(backed_up_at__lt=at))
    return earlier.update(backed_up_at=at)


def record_backup() -> None:
    """After a backup. A database that can only be read hears of it from the worker of this machine."""
    try:
        with transaction.atomic():
            record_newest_backup()
    except Error:
        return
