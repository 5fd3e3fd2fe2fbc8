"""What every field type can do. A type works on a model field, which keeps its own label, help text and rules."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Field, Index, Q
from django.utils.text import capfirst

from crm.fields.conditions.condition_operator import Operator
from crm.fields.conditions.field_filters import NONE
from crm.fields.models.record import PRESENT
from crm.fields.sort_segments import Sort
from crm.fields.widgets.text_widgets import TextCell
from crm.fields.widgets.value_widgets import CellWidget
from crm.templatetags.look import render_clipped

EMPTY_VALUES: tuple[Any, ...] = ("", None, [])


class FieldType:
    """The defaults are those of a plain line of text. `end` right-aligns cells, `first_down` sorts descending on the
    first click, `width` is the width of an Excel column in characters, `few` says that many rows share the same
    value, `none` is its word for an empty value, `code` that only capitals can differ in equal values, `is_linked` that a list
    links its values."""

    end: ClassVar[bool] = False
    first_down: ClassVar[bool] = False
    width: ClassVar[float] = 16
    has_few_values: ClassVar[bool] = False
    none: ClassVar[Any] = ""
    code: ClassVar[bool] = False
    is_linked: ClassVar[bool] = False

    # Its values

    def build_empty_condition(self, field: Field) -> Q:
        """The records in which the field is empty."""
        return Q(**{field.name: None}) if field.null else Q(**{field.name: ""})

    def parse_recorded_value(self, field: Field, recorded: Any) -> Any:
        """The Python value of a JSON value from the history."""
        return recorded if recorded is None else field.to_python(recorded)

    # How it looks

    def format_value(self, field: Field, value: Any, reader: Any = None) -> str:
        """As plain text for timelines, previews, messages and emails. `reader` may not be allowed to see every name."""
        return "" if value in EMPTY_VALUES else str(value)

    def format_record_value(self, field: Any, record: Any) -> str:
        """The record's value as plain text."""
        return self.format_value(field, getattr(record, field.attname))

    def render_cell(self, field: Field, record: Any) -> Any:
        """In a list: text or HTML on one line. The stylesheet cuts text that is too long."""
        return getattr(record, field.name) or ""

    def render_linked_cell(self, field: Field, record: Any) -> Any:
        """The cell with a link, if `is_linked`; for cells without another link."""
        return self.render_cell(field, record)

    def render_fact(self, field: Field, record: Any) -> Any:
        """On the record's page."""
        return render_clipped(self.render_cell(field, record))

    def get_fact_url(self, field: Field, record: Any, user: Any) -> str:
        """Where the fact on the record's page leads, as far as the user may open it; '' for nowhere."""
        return ""

    def get_only_paths(self, field: Field) -> list[str]:
        """The fields that a list fetches to render the cell."""
        return [field.name]

    def get_select_related_paths(self, field: Field) -> list[str]:
        """The select_related() paths for the cell."""
        return []

    def get_list_annotations(self, field: Field) -> dict[str, Any]:
        """What a list computes in its query for the cell."""
        return {}

    # How it is found

    def get_sort_column(self, field: Field) -> str:
        """The column that it sorts by."""
        return str(field.column)

    def build_sort(self, field: Field) -> Sort | None:
        """Its order; None if it can't be sorted."""
        return None

    def build_sort_index(self, field: Field, name: str) -> Index | None:
        """The index that serves the sort: starts with the department, without Trash and empty values."""
        return None

    def build_filter(self, field: Field) -> django_filters.Filter | None:
        return None

    def get_filter_values(self, stored: Any) -> list[str]:
        """The values by which a filter for choices finds this stored value."""
        return [NONE if stored in EMPTY_VALUES else str(stored)]

    def get_key_column(self, field: Field) -> Any:
        """The column with its folded text (crm/fields/model_fields.py), or None."""
        return None

    def get_operators(self, field: Field) -> Sequence[Operator]:
        """What it can be compared by in a condition, the most frequent one first."""
        return ()

    def search_sql(self, field: Field, row: str) -> str:
        """The SQL of its search words, for the row called `row`."""
        return f'{row}."{field.column}"'

    def get_searched_columns(self, field: Field) -> list[str]:
        """The columns of search_sql()."""
        return [str(field.column)]

    # Import and export

    def widget(self, field: Field) -> CellWidget:
        """What an Excel cell means, in both directions."""
        return TextCell(field)

    def json_sql(self, field: Field, row: str) -> str:
        """Its value in the JSON of API v2, as SQL."""
        return f'{row}."{field.column}"'


def build_sort_index(name: str, *columns: str, filled: Q | None = None) -> Index:
    """Starts with the department: it serves users of one department, and one department at a time for users who see
    all.

    Without Trash: after an undone import of 100,000, Trash contains the newest records of all.
    """
    condition = PRESENT if filled is None else filled & PRESENT
    return Index(fields=["department", *columns, "id"], name=name, condition=condition)


def build_sort_indexes(model: Any, names: list[str]) -> list[Index]:
    """The indexes of the sortable columns, from their field types."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [
        index
        for field in fields
        if (index := get_field_type(field).build_sort_index(field, f"{model.table}_{field.name}"))
    ]


# What finds the type of a model field of one of Django's own classes: crm/fields/types/django_fields.py adds it.
FINDERS: list[Callable[[Field], FieldType]] = []


def get_field_type(field: Any) -> FieldType:
    """The type of a model field: its own, or that of its class."""
    own = getattr(field, "type", None)
    return own if isinstance(own, FieldType) else FINDERS[0](field)


def get_field_label(field: Any) -> str:
    """The label at the start of a sentence, heading or line."""
    return str(capfirst(field.verbose_name))
