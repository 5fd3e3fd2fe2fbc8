"""Compares what triggers derive from activities with what follows from their texts."""

from collections.abc import Iterator

from crm.fields.search_columns import find_wrong_key_columns
from crm.records.history.history_check import Difference
from crm.work.models.activity import Activity


def find_wrong_keys() -> Iterator[Difference]:
    for pk, what, stored, rebuilt in find_wrong_key_columns(Activity):
        yield Difference(f"activity {pk}", what, stored, rebuilt)
