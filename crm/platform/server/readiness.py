"""Whether this node can serve pages: what /readyz and /healthz?all ask."""

import os
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import Error, ProgrammingError
from django.db.migrations.loader import MigrationLoader

from crm.platform.files import store
from crm.platform.files.storage_settings import is_bucket


def has_all_migrations(cursor: Any) -> bool:
    """Whether the database has all migrations of this code. It may have later ones: while a new version is deployed, nodes
    of the previous one still run. Raises django.db.Error if the database can't be reached."""
    needed = _get_last_migrations()
    try:
        cursor.execute(
            "SELECT count(DISTINCT (app, name)) FROM django_migrations WHERE app || '.' || name = ANY(%s)",
            [needed],
        )
    except ProgrammingError:
        return False  # a new database
    return cursor.fetchone()[0] == len(needed)


@cache
def _get_last_migrations() -> list[str]:
    """The last migration of each app, such as "crm.0034_exports". They are applied in order, so the others need no look."""
    return sorted(f"{app}.{name}" for app, name in MigrationLoader(None).graph.leaf_nodes())


def can_write_to_store() -> bool:
    """Whether files can be written, into the store of this installation. A folder of this server that no file was written to yet
    is made by the first one."""
    if settings.FILES and not _is_own():
        return False
    if is_bucket(settings.FILES):
        return True
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists() and not settings.FILES:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _is_own() -> bool:
    try:
        return store.is_own_store()
    except store.StoreAway:
        return False
    except Error:
        return True  # the database knows, and its own part says that it can't be reached


def can_reach_folder() -> bool:
    """A folder may be missing on one node only. A bucket that can't be reached by one node can't be by the others either, and
    pages without files still work."""
    return not is_bucket(settings.FILES)
