"""Where files are kept, which LEADWELL_FILES says, and whether all servers of an installation mean the same place.

The store is marked with a key that the database has too. A server whose store has another mark, or none, would write files
that the others never find, so it doesn't start.
"""

import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from crm.platform.configuration.environment import Say, SettingError

# After a restore, so that a newer backup may still be restored.
REST = timedelta(days=7)


def is_bucket(files: str) -> bool:
    return files.startswith("s3://")


def build_storage_setting(files: str) -> dict[str, Any]:
    """The entry of Django's STORAGES for this value of LEADWELL_FILES."""
    if is_bucket(files):
        return {"BACKEND": "crm.platform.files.s3_store.Bucket", "OPTIONS": {"address": files}}
    return {"BACKEND": "crm.platform.files.folder_store.Folder", "OPTIONS": {"shared": bool(files)}}


def get_media_root(files: str, data: Path) -> Path:
    """MEDIA_ROOT. A bucket doesn't use it."""
    return Path(files) if files and not is_bucket(files) else data / "files"


def check_store(say: Say) -> None:
    """Mark the store at the first start, and compare the mark at each later one. Other servers may use the same database, unless
    it is the embedded one.

    Raises SettingError. A store that can't be reached now doesn't keep the server from starting.
    """
    from crm.platform.files.store import StoreAway, StoreRefuses
    from crm.platform.files.temporary_files import remove_abandoned_drafts

    remove_abandoned_drafts()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('file_store'))")
            _compare(several=bool(settings.ENVIRONMENT.database_url or settings.FILES))
    except StoreRefuses as error:
        raise SettingError(f"LEADWELL_FILES is invalid: {error}") from None
    except StoreAway as error:
        say(f"The file store can't be reached, so files can't be opened or saved for now: {error}")


def _compare(*, several: bool) -> None:
    from crm.models import Installation
    from crm.platform.files.store import get_installation_mark

    own, found = Installation.objects.first(), get_installation_mark()
    if own is not None and own.key == found:
        return
    if several and (own is not None or found):
        raise SettingError(_why_not(found))
    mark_store()


def _why_not(found: str) -> str:
    place = settings.FILES or settings.MEDIA_ROOT
    problem = (
        "has the files of another installation" if found else "isn't the file store of this installation"
    )
    return (
        f"{place} {problem}. Set LEADWELL_FILES to the folder or bucket that all servers of this installation use. If you "
        "have moved the files there, `manage.py mark_files` marks it."
    )


def mark_store(*, rest: bool = False) -> None:
    """From now on, the store belongs to this installation. `rest` after a restore. Raises StoreAway."""
    from crm.models import Installation
    from crm.platform.files.store import forget_owner, set_mark

    own = Installation.objects.first() or Installation(pk=Installation.ROW, key=secrets.token_hex(16))
    if rest:
        own.sweeps_from = timezone.now() + REST
    own.save()
    set_mark(own.key)
    forget_owner()
