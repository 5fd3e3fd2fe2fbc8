"""What every field type can do. A type speaks of a field: a model field, whose label, help and rules stay on the model."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Field, Index, Model, Q
from django.utils.text import capfirst

from crm.excel.widgets import CellWidget, TextCell
from crm.models.record import PRESENT
from crm.records.segments import Sort
from crm.templatetags.look import clip

EMPTY: tuple[Any, ...] = ("", None, [])


class FieldType:
    """The defaults are those of a plain line of text. `end` aligns cells at their end, `first_down` sorts downwards at
    the first click, `width` counts characters of an Excel column, `few` says that many rows show the same value, `says_none` that an empty one has a
    word too."""

    end: ClassVar[bool] = False
    first_down: ClassVar[bool] = False
    width: ClassVar[float] = 16
    few: ClassVar[bool] = False
    says_none: ClassVar[bool] = False

    # What a value is

    def empty(self, field: Field) -> Q:
        """The records in which the field is empty."""
        return Q(**{field.name: None}) if field.null else Q(**{field.name: ""})

    def value_of(self, field: Field, recorded: Any) -> Any:
        """A value of the history, which is JSON, as Python has it."""
        return recorded if recorded is None else field.to_python(recorded)

    # How it looks

    def text(self, field: Field, value: Any, reader: Any = None) -> str:
        """As plain text: on timelines, in previews, messages and mails. `reader` may not know every name."""
        return "" if value in EMPTY else str(value)

    def cell(self, field: Field, record: Any) -> Any:
        """In a list: HTML on one line."""
        return clip(getattr(record, field.name))

    def fact(self, field: Field, record: Any) -> Any:
        """On the page of the record."""
        return self.cell(field, record)

    def needed(self, field: Field) -> list[str]:
        """What a list fetches to draw the cell."""
        return [field.name]

    def joined(self, field: Field) -> list[str]:
        """What select_related() has to bring along for the cell."""
        return []

    def annotated(self, field: Field) -> dict[str, Any]:
        """What a list computes in its query for the cell."""
        return {}

    # How it is found

    def column(self, field: Field) -> str:
        """The column by which it sorts."""
        return str(field.column)

    def sort(self, field: Field) -> Sort | None:
        """Its order; None for what cannot be put in order."""
        return None

    def index(self, field: Field, name: str) -> Index | None:
        """The index that serves the sort: led by the department, without Trash and without empty values."""
        return None

    def filter(self, field: Field) -> django_filters.Filter | None:
        return None

    def search_sql(self, field: Field, row: str) -> str:
        """What the search finds a record by, of the row called `row` in SQL."""
        return f'{row}."{field.column}"'

    def searched_columns(self, field: Field) -> list[str]:
        """The columns of search_sql()."""
        return [str(field.column)]

    # How it comes and goes

    def widget(self, field: Field) -> CellWidget:
        """What a cell of Excel means, in both directions."""
        return TextCell(field)

    def json_sql(self, field: Field, row: str) -> str:
        """Its value in the JSON of API v2, as SQL."""
        return f'{row}."{field.column}"'


def sort_index(name: str, *columns: str, filled: Q | None = None) -> Index:
    """Led by the department: it serves the users of one department as well as, one after the other, those of all.

    Without Trash: after an undone import of 100,000 it holds the newest records of all.
    """
    condition = PRESENT if filled is None else filled & PRESENT
    return Index(fields=["department", *columns, "id"], name=name, condition=condition)


def sort_indexes(model: type[Model], names: list[str]) -> list[Index]:
    """The indexes of the columns that sort: each follows from the type of its field."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    table = getattr(model, "table")  # noqa: B009 - a model of any kind
    return [index for field in fields if (index := type_of(field).index(field, f"{table}_{field.name}"))]


def type_of(field: Any) -> FieldType:
    """The type of a model field: its own, or that of its class."""
    own = getattr(field, "type", None)
    if isinstance(own, FieldType):
        return own
    from crm.fields.plain import of_class

    return of_class(field)


def label_of(field: Any) -> str:
    """The label as the beginning of a sentence, a heading or a line."""
    return str(capfirst(field.verbose_name))
