"""Records that others are about to be linked to: kept from being deleted permanently until the transaction ends.

The database checks links only at the end of the transaction. A record that is deleted permanently at the same moment is found
here instead, while the change can still be refused with a sentence.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from crm.fields.custom.links.linked_records import is_link
from crm.fields.custom.values.field_registry import get_field_by_key
from crm.fields.models.custom_field import is_key
from crm.fields.models.record import Record
from crm.platform.web.id_parsing import get_id_or_value


def lock_linked_records(rows: Iterable[Mapping[str, Any]]) -> None:
    """Lock what these values link to, before the records themselves: a permanent deletion locks in this order too."""
    for model, ids in _get_linked_ids_by_model(rows).items():
        model._default_manager.all().lock_all(ids)


def get_names_of_gone_links(values: Mapping[str, Any]) -> list[str]:
    """The names of the links to records that no longer exist. Call it when they are held."""
    return [
        name
        for name, value in values.items()
        if (linked := _get_linked_model(name, value))
        and not linked._default_manager.filter(pk=get_id_or_value(value)).exists()
    ]


def has_gone_links(rows: Iterable[Mapping[str, Any]]) -> bool:
    """The same for many rows, with one query for each kind of linked records."""
    return any(
        model._default_manager.filter(pk__any=list(ids)).count() < len(ids)
        for model, ids in _get_linked_ids_by_model(rows).items()
    )


def _get_linked_ids_by_model(rows: Iterable[Mapping[str, Any]]) -> dict[Any, set[int]]:
    found: dict[Any, set[int]] = {}
    look_up = cache(_look_up_linked_model)
    for row in rows:
        for name, value in row.items():
            if linked := _get_linked_model(name, value, look_up):
                found.setdefault(linked, set()).add(get_id_or_value(value))
    return found


def _look_up_linked_model(name: str) -> Any:
    field: Any = get_field_by_key(name)
    return field.related_model if is_link(field) else None


def _get_linked_model(name: str, value: Any, look_up: Callable[[str], Any] = _look_up_linked_model) -> Any:
    """The model of what a value links to; None for any other value. A custom link is the number of a record; fields are only
    looked up for numbers, because each look-up is a query."""
    if isinstance(value, Record):
        return type(value)
    return look_up(name) if type(value) is int and is_key(name) else None
