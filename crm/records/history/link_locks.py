"""Records that others are about to be linked to: kept from being deleted permanently until the transaction ends.

The database checks links only at the end of the transaction. A record that is deleted permanently at the same moment is found
here instead, while the change can still be refused with a sentence.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from crm.fields.models.record import Record


def lock_linked_records(rows: Iterable[Mapping[str, Any]]) -> None:
    """Lock what these values link to, before the records themselves: a permanent deletion locks in this order too."""
    for model, ids in _get_linked_ids_by_model(rows).items():
        model._default_manager.all().lock_all(ids)


def get_names_of_gone_links(values: Mapping[str, Any]) -> list[str]:
    """The names of the links to records that no longer exist. Call it when they are held."""
    return [
        name
        for name, value in values.items()
        if isinstance(value, Record) and not type(value)._default_manager.filter(pk=value.pk).exists()
    ]


def has_gone_links(rows: Iterable[Mapping[str, Any]]) -> bool:
    """The same for many rows, with one query for each kind of linked records."""
    return any(
        model._default_manager.filter(pk__any=list(ids)).count() < len(ids)
        for model, ids in _get_linked_ids_by_model(rows).items()
    )


def _get_linked_ids_by_model(rows: Iterable[Mapping[str, Any]]) -> dict[Any, set[int]]:
    found: dict[Any, set[int]] = {}
    for row in rows:
        for value in row.values():
            if isinstance(value, Record):
                found.setdefault(type(value), set()).add(value.pk)
    return found
