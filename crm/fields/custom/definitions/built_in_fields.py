"""What administrators changed of built-in fields: the one place that labels, help texts and rules of fields ask.

The label of a model field is an object that looks the change up whenever it is shown, so forms, lists, filters, files and
APIs read the same label without asking for it. Like the definitions of custom fields, the changes are read once per process
for each state of their tables.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection
from django.utils.functional import lazy

from crm.fields.models.built_in_field import BuiltInField
from crm.platform.web.request_cache import read_cached_in_block
from crm.platform.web.transactions import STAMP

# The states that a process keeps: requests that began before a change still use the one before.
MOST_STATES = 4

Changed = dict[tuple[str, str], BuiltInField]
_states: dict[str, Changed] = {}
_as_delivered: ContextVar[bool] = ContextVar("as_delivered", default=False)


def get_field_change(table: str, name: str) -> BuiltInField | None:
    """What is different in a field; None if it is as delivered."""
    return _get_cached_changes().get((table, name))


def get_changed_fields(table: str) -> dict[str, BuiltInField]:
    """The changed fields of a record type, by name."""
    return {name: row for (of, name), row in _get_cached_changes().items() if of == table}


def get_required_field_names(table: str) -> list[str]:
    """The built-in fields that an administrator has made required."""
    return [name for name, row in get_changed_fields(table).items() if row.required]


def get_definitions_stamp() -> str:
    """The state of the tables that define fields."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {STAMP}")
        return str(cursor.fetchone()[0])


def _get_cached_changes() -> Changed:
    state = read_cached_in_block("custom_fields_stamp", get_definitions_stamp)
    if state not in _states:
        found = {(row.table_of, row.name): row for row in BuiltInField.objects.all()}
        while len(_states) >= MOST_STATES:
            _states.pop(next(iter(_states)), None)
        _states[state] = found
    return _states[state]


# Labels


@contextmanager
def use_delivered_labels() -> Iterator[None]:
    """Within this block, fields have the labels that the code gives them."""
    token = _as_delivered.set(True)
    try:
        yield
    finally:
        _as_delivered.reset(token)


def _get_label(table: str, name: str, delivered: Any) -> str:
    if not _as_delivered.get() and (row := get_field_change(table, name)) and row.label_in_active_language:
        return row.label_in_active_language
    return str(delivered)


# label("lead", "created_at", _("added")): the label of a field where the product has another word for it.
label: Any = lazy(_get_label, str)


def make_labels_changeable(model: Any) -> None:
    """Give the fields of a record type labels that administrators can change. Migrations don't see it."""
    for field in model._meta.local_concrete_fields:
        own: Any = field
        if own._verbose_name is not None:
            own.verbose_name = label(model.table, own.name, own._verbose_name)
