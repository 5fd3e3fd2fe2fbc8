"""Writes to tracked tables that are no change of any user's, so the history doesn't have them."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def write_without_history() -> Iterator[None]:
    """No version, change or time of change is written inside (crm/platform/sql/change_triggers.py). It isn't for nesting."""
    with transaction.atomic():
        _set_machine_mode("on")
        yield
        # After an error the transaction is rolled back, including this setting.
        _set_machine_mode("")


def _set_machine_mode(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', %s, true)", [value])
