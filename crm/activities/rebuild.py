"""Compares what triggers derive from activities with what follows from their texts."""

from collections.abc import Iterator

from crm.fields.keys import wrong_keys
from crm.models.activity import Activity
from crm.records.rebuild import Difference


def find_wrong_keys() -> Iterator[Difference]:
    for pk, what, stored, rebuilt in wrong_keys(Activity):
        yield Difference(f"activity {pk}", what, stored, rebuilt)
