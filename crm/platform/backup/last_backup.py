"""When the newest backup was made. Its file is on the machine that made it, and the start page of every server is to know."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import Error, transaction
from django.db.models import Q
from django.utils import timezone

from crm.models import Installation
from crm.platform.jobs.housekeeping import every_hour_on_each_machine


def get_last_backup_time() -> datetime | None:
    """On whichever machine."""
    noted = Installation.objects.values_list("backed_up_at", flat=True).first()
    return max(filter(None, [noted, _get_newest_local_time()]), default=None)


def _get_newest_local_time() -> datetime | None:
    """When the newest file in DATA/backups was written (crm/platform/backup/backup.py)."""
    files = (Path(settings.DATA) / "backups").glob("leadwell-*.tar*")
    times = [file.stat().st_mtime for file in files if file.is_file()]
    return datetime.fromtimestamp(max(times), tz=timezone.get_default_timezone()) if times else None


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
