"""Turning sequences on and off, and deleting them: each a change of settings."""

from typing import Any

from crm.models import Operation
from crm.records.editing.settings_change import record_settings_change
from sequences.models import Sequence


def turn_on(sequence: Sequence, *, by: Any) -> Operation:
    """Records that are in it go on: what became due in the meantime is done in the next working time."""
    return _switch(sequence, True, "on", by)


def turn_off(sequence: Sequence, *, by: Any) -> Operation:
    """Records stay in it, and no step is done until it is turned on again."""
    return _switch(sequence, False, "off", by)


def _switch(sequence: Sequence, turned_on: bool, act: str, by: Any) -> Operation:
    with record_settings_change("edit_sequence", by=by, rows=[sequence.pk], act=act) as record:
        Sequence.objects.filter(pk=sequence.pk).update(turned_on=turned_on)
    return record


def retire_sequence(sequence: Sequence, *, by: Any) -> Operation:
    """It ends for the records that are in it, within a minute (sequences/running/stop_sweep.py)."""
    with record_settings_change("retire_sequence", by=by, rows=[sequence.pk]) as record:
        Sequence.objects.filter(pk=sequence.pk).retire()
    return record
