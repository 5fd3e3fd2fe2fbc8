"""Reading files while a person is erased: the erasure waits for those that are being read, and later ones wait for it."""

from django.db import connection

SHARED = "SELECT pg_advisory_xact_lock_shared(hashtext('imports that read'), 0)"
ALONE = "SELECT pg_advisory_xact_lock(hashtext('imports that read'), 0)"


def imports_are_read() -> None:
    """Until the transaction ends; any number of imports are read at once."""
    with connection.cursor() as cursor:
        cursor.execute(SHARED)


def no_import_is_read() -> None:
    """Waits for those that are being read. None is read until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
