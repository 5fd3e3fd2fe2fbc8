"""Whether all servers of an installation mean the same place when they store files.

The store is marked with a key that the database has too. A server whose store has another mark, or none, would write files
that the others never find, so it doesn't start.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from crm.models import Installation
from crm.platform.configuration.environment import Say, SettingError
from crm.platform.files.store import StoreAway, StoreRefuses, forget_owner, get_installation_mark, set_mark
from crm.platform.files.temporary_files import remove_abandoned_drafts

# After a restore, so that a newer backup may still be restored.
REST = timedelta(days=7)


def check_store(say: Say) -> None:
    """Mark the store at the first start, and compare the mark at each later one. Other servers may use the same database, unless
    it is the embedded one.

    Raises SettingError. A store that can't be reached now doesn't keep the server from starting.
    """
    remove_abandoned_drafts()
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('file_store'))")
            _require_own_store(several=bool(settings.ENVIRONMENT.database_url or settings.FILES))
    except StoreRefuses as error:
        raise SettingError(f"LEADWELL_FILES is invalid: {error}") from None
    except StoreAway as error:
        say(f"The file store can't be reached, so files can't be opened or saved for now: {error}")


def _require_own_store(*, several: bool) -> None:
    own, found = Installation.objects.first(), get_installation_mark()
    if own is not None and own.key == found:
        return
    if several and (own is not None or found):
        raise SettingError(_describe_wrong_store(found))
    mark_store()


def _describe_wrong_store(found: str) -> str:
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
    own = Installation.objects.first() or Installation(pk=Installation.ROW, key=secrets.token_hex(16))
    if rest:
        own.sweeps_from = timezone.now() + REST
    own.save()
    set_mark(own.key)
    forget_owner()
