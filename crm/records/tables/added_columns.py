"""A column of the lists and files of a record type that isn't one of its fields: an app above adds it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from import_export.fields import Field

from crm.fields.widgets.value_widgets import CellWidget
from crm.platform.record_types import Text
from crm.records.kinds.kind_registry import Kind
from crm.records.tables.tables import Column


@dataclass(frozen=True)
class AddedColumn:
    """`value` builds the expression of what it shows, which only lists and files that have it read. `column` draws it and `cell`
    writes it; no file is read into it."""

    name: str
    label: Text
    value: Callable[[], Any]
    column: Column
    cell: type[CellWidget]


def add_column(kind: Kind, added: AddedColumn) -> None:
    """Offer it after the columns of the record type."""
    name, resource = added.name, kind.resource
    kind.fields.LIST.append(name)
    kind.fields.EXCEL.append(name)
    kind.own_labels[name] = added.label
    kind.drawing.added[name] = added.value
    kind.table.base_columns[name] = added.column
    resource.fields[name] = Field(name, name, widget=added.cell())
    resource.never_read = (*resource.never_read, name)
