"""Our defaults for django-tables2, which knows the columns and cells; crm/records/paging/keyset_pages.py does paging and order."""

from collections.abc import Callable, Mapping
from copy import copy
from functools import partial
from types import MappingProxyType
from typing import Any

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from crm.fields.types.field_type import get_field_type
from crm.platform.web.rendering.html_building import html, join_html
from crm.records.tables.rendering import (
    ColumnHead,
    get_cell_attributes,
    render_header_cells,
    render_table_rows,
)
from crm.templatetags.look import build_short_date_formatter, render_icon_symbols


class Column(tables.Column):
    """A column. `spot` is its place in the stylesheet (data-col), `end` aligns numbers, `priority` 2 or 3 is hidden first
    in narrow windows, `quiet` hides the label, `first_down` sorts descending on the first click, `hint` says what the
    header sorts by if the label doesn't."""

    row_head = False

    def __init__(
        self, *arguments, spot="", end=False, priority=1, quiet=False, first_down=False, hint="", **keywords
    ) -> None:
        self.hint = hint
        self.spot, self.end, self.priority, self.quiet, self.first_down = (
            spot,
            end,
            priority,
            quiet,
            first_down,
        )
        keywords.setdefault("orderable", True)
        keywords.setdefault("empty_values", ())
        super().__init__(*arguments, **keywords)

    def render_cell(self, record, name: str):
        """The cell of a record; a table's own render_<name>(record) takes precedence."""
        return getattr(record, name)

    def get_cell_renderer(self, name: str) -> Callable[[Any], Any]:
        """What draws its cells, from a record."""
        return partial(self.render_cell, name=name)

    def __deepcopy__(self, memo) -> "Column":
        """django-tables2 copies all columns for each table; nested values are shared, the column's own values aren't."""
        return copy(self)

    def contribute_name(self, name: str) -> None:
        self.spot = self.spot or name


class RowHead(Column):
    """The column that names the row."""

    row_head = True


class MomentColumn(Column):
    """A point in time as a short date, right-aligned, newest first on the first click."""

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **{"end": True, "first_down": True, **keywords})

    def get_cell_renderer(self, name):
        short = build_short_date_formatter()
        return lambda record: short(getattr(record, name))


@tables.columns.library.register
class FieldColumn(Column):
    """A column that a table only names in `Meta.fields`: its field type renders it."""

    def __init__(self, *arguments, field: Any = None, **keywords) -> None:
        self.field, self.type = field, get_field_type(field)
        keywords = {"end": self.type.end, "first_down": self.type.first_down, "priority": 3} | keywords
        super().__init__(*arguments, **{**keywords, "verbose_name": field.verbose_name})

    @classmethod
    def from_field(cls, field, **keywords):
        """Called by django-tables2; a reverse relation has no field type."""
        return cls(field=field, **keywords) if field.concrete else None

    def render_cell(self, record, name):
        return self.type.render_cell(self.field, record)

    def get_cell_renderer(self, name):
        return partial(self.type.render_cell, self.field)


class Table(tables.Table):
    """A table whose `columns_shown` are rendered in that order; `sort` is "name" or "-name".

    A column without its own label takes the label of the model field with the same name. `labelled` tables give each cell
    its label, so that a row becomes a card of labels and values on a phone.
    """

    labelled = False
    # More columns than fit beside each other: the table scrolls to the side.
    many = False
    # The widths of columns that aren't as usual, in steps of half a rem, and whether any of those shown has one.
    widths: Mapping[str, int] = MappingProxyType({})
    sized = False
    # The fields that its cells turn into, and further attributes of rows, by ID, where none or not all of them do.
    edits = ""
    marks: Mapping[int, str] = MappingProxyType({})
    # The icons that most headers or rows show, so the page contains their drawing once.
    icons: tuple[str, ...] = ("up",)

    def __init__(self, data, *, columns_shown: list[str], sort: str, **keywords) -> None:
        self.sort = sort
        for name, column in self.base_columns.items():
            column.contribute_name(name)
        hidden = [name for name in self.base_columns if name not in columns_shown]
        super().__init__(data, exclude=hidden, sequence=[*columns_shown, "..."], orderable=False, **keywords)

    def build_heads(self) -> list[ColumnHead]:
        sorted_by, descending = self.sort.removeprefix("-"), self.sort.startswith("-")
        found = []
        for bound in self.columns:
            column: Any = bound.column
            name = bound.name
            direction, next_sort = "", f"-{name}" if column.first_down else name
            if name == sorted_by:
                direction = "descending" if descending else "ascending"
                next_sort = name if descending else f"-{name}"
            label = self.get_column_label(name)
            sortable = self.is_sortable(name)
            place, quiet, hint = self.render_head_attributes(name, column), column.quiet, column.hint
            found.append(ColumnHead(name, label, place, sortable, direction, next_sort, quiet, hint))
        return found

    def render_head_attributes(self, name: str, column: Any) -> SafeString:
        """The attributes of the header: those of its cells, and the width. Two digits, as the stylesheet reads them."""
        width = self.widths.get(name)
        return join_html(
            [get_cell_attributes(column), html(' data-width="{}"', f"{width:02}") if width else ""]
        )

    def is_sortable(self, name: str) -> bool:
        return self.base_columns[name].orderable is not False

    @classmethod
    def get_column_label(cls, name: str) -> str:
        own = cls.base_columns[name].verbose_name
        text = str(own if own is not None else cls._meta.model._meta.get_field(name).verbose_name)
        return str(capfirst(text))

    def render_before_row(self, record) -> Any:
        """A control before the row, such as a star; None for none."""
        return None

    def get_cell_renderer(self, name: str, column: Any) -> Callable[[Any], Any]:
        """What renders the cells of a column: a table method, or the column."""
        return getattr(self, f"render_{name}", None) or column.get_cell_renderer(name)

    def get_row_name(self, record) -> str:
        return str(record)

    def render_header(self, **keywords) -> SafeString:
        """The cells of its header (crm/records/tables/rendering.py)."""
        return render_header_cells(self.build_heads(), **keywords)

    def render_symbols(self) -> SafeString:
        """The icons that it repeats, for repeated_icon()."""
        return render_icon_symbols(self.icons)

    def render_body(self, **keywords) -> SafeString:
        """All its rows as HTML (crm/records/tables/rendering.py)."""
        return render_table_rows(self, **keywords)
