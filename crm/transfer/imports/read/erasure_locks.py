"""Reading files while a person is erased: the erasure waits for those that are being read, and later ones wait for it."""

from django.db import connection

SHARED = "SELECT pg_advisory_xact_lock_shared(hashtext('imports that read'), 0)"
ALONE = "SELECT pg_advisory_xact_lock(hashtext('imports that read'), 0)"


def lock_imports_for_reading() -> None:
    """Until the transaction ends; any number of imports are read at once."""
    with connection.cursor() as cursor:
        cursor.execute(SHARED)


def lock_imports_against_reading() -> None:
    """Waits for those that are being read. None is read until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(ALONE)
