"""Our defaults for django-tables2, which knows the columns and cells; crm/records/pages.py does paging and order."""

from collections.abc import Callable, Collection
from copy import copy
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, ClassVar
from urllib.parse import quote

import django_tables2 as tables
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.fields.type import type_of
from crm.records.names import label_of_row
from crm.templatetags.look import clip, short_date


@dataclass(frozen=True)
class Head:
    """The header of a column: its name, label, whether it sorts, and its current direction ("ascending" and so on)."""

    name: str
    label: str
    spot: str
    sortable: bool
    direction: str = ""
    next_sort: str = ""
    end: bool = False
    quiet: bool = False
    priority: int = 1
    hint: Any = ""


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

    def draw(self, record, name: str):
        """The cell of a record; a table's own render_<name>(record) takes precedence."""
        return getattr(record, name)

    def __deepcopy__(self, memo) -> "Column":
        """django-tables2 copies all columns for each table; nested values are shared, the column's own values aren't."""
        return copy(self)

    def contribute_name(self, name: str) -> None:
        self.spot = self.spot or name


class RowHead(Column):
    """The column that names the row."""

    row_head = True


class TextColumn(Column):
    """A text on one line, cut by the stylesheet if it is too long."""

    def draw(self, record, name):
        return clip(getattr(record, name))


class MomentColumn(Column):
    """A point in time as a short date, right-aligned, newest first on the first click."""

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **{"end": True, "first_down": True, **keywords})

    def draw(self, record, name):
        value = getattr(record, name)
        return (
            format_html('<time datetime="{}">{}</time>', value.isoformat(), short_date(value))
            if value
            else ""
        )


@tables.columns.library.register
class FieldColumn(Column):
    """A column that a table only names in `Meta.fields`: its field type renders it."""

    def __init__(self, *arguments, field: Any = None, **keywords) -> None:
        self.field, self.type = field, type_of(field)
        keywords = {"end": self.type.end, "first_down": self.type.first_down, "priority": 3} | keywords
        super().__init__(*arguments, **{**keywords, "verbose_name": field.verbose_name})

    @classmethod
    def from_field(cls, field, **keywords):
        """Called by django-tables2; a reverse relation has no field type."""
        return cls(field=field, **keywords) if field.concrete else None

    def draw(self, record, name):
        return self.type.cell(self.field, record)


class Table(tables.Table):
    """A table whose `columns_shown` are rendered in that order; `sort` is "name" or "-name".

    A column without its own label takes the label of the model field with the same name. `labelled` tables give each cell
    its label, so that a row becomes a card of labels and values on a phone.
    """

    labelled = False

    def __init__(self, data, *, columns_shown: list[str], sort: str, **keywords) -> None:
        self.sort = sort
        for name, column in self.base_columns.items():
            column.contribute_name(name)
        hidden = [name for name in self.base_columns if name not in columns_shown]
        super().__init__(data, exclude=hidden, sequence=[*columns_shown, "..."], orderable=False, **keywords)

    def heads(self) -> list[Head]:
        sorted_by, descending = self.sort.removeprefix("-"), self.sort.startswith("-")
        found = []
        for bound in self.columns:
            column: Any = bound.column
            name = bound.name
            direction, next_sort = "", f"-{name}" if column.first_down else name
            if name == sorted_by:
                direction = "descending" if descending else "ascending"
                next_sort = name if descending else f"-{name}"
            label = self.label_of(name)
            sortable = self.is_sortable(name)
            found.append(
                Head(
                    name,
                    label,
                    column.spot,
                    sortable,
                    direction,
                    next_sort,
                    column.end,
                    column.quiet,
                    column.priority,
                    column.hint,
                )
            )
        return found

    def is_sortable(self, name: str) -> bool:
        return self.base_columns[name].orderable is not False

    @classmethod
    def label_of(cls, name: str) -> str:
        own = cls.base_columns[name].verbose_name
        text = str(own if own is not None else cls._meta.model._meta.get_field(name).verbose_name)
        return str(capfirst(text))

    def before(self, record) -> Any:
        """A control before the row, such as a star; None for none."""
        return None

    @cached_property
    def _plan(self) -> list[tuple[str, Any, str]]:
        """For each column its opening tag, its cell function, and its closing tag; built once per table, because
        inspecting signatures for each cell took three times as long as rendering it."""
        plan: list[tuple[str, Any, str]] = []
        for bound in self.columns:
            column: Any = bound.column
            tag = "th" if column.row_head else "td"
            attributes = [("data-col", column.spot)]
            if column.row_head:
                attributes.insert(0, ("scope", "row"))
            if column.end:
                attributes.append(("data-align", "end"))
            if column.priority > 1:
                attributes.append(("data-priority", column.priority))
            if self.labelled and not column.row_head and not column.quiet:
                attributes.append(("data-label", self.label_of(bound.name)))
            opening = format_html("<{}{}>", tag, format_html_join("", ' {}="{}"', attributes))
            plan.append((opening, self.drawing(bound.name, column), f"</{tag}>"))
        return plan

    def drawing(self, name: str, column: Any) -> Callable[[Any], Any]:
        """What renders the cells of a column: a table method, or the column."""
        return getattr(self, f"render_{name}", None) or partial(column.draw, name=name)

    def cells(self, record) -> SafeString:
        """The cells of a record, as HTML."""
        parts = [
            f"{opening}{conditional_escape(draw(record))}{closing}" for opening, draw, closing in self._plan
        ]
        return mark_safe("".join(parts))  # noqa: S308  # nosec - tags of our own, every value is escaped

    def lines(self) -> list[tuple[Any, Any, SafeString]]:
        """Each row: (record, the control before it, its cells)."""
        return [(record, self.before(record), self.cells(record)) for record in self.data]


class RecordTable(Table):
    """The list of one record type. `may_change` are the ids on the page that the viewer may change, `in_place` the
    fields that they may edit in a row; only those show an inline edit. `query` is the list's URL query, which the
    links to its records carry along; `sortable` are the columns that sort. If all records are the reader's `own`, a
    phone hides the owner."""

    # The columns that stay in narrow windows: 1 always, 2 on a tablet; all others are hidden first.
    priorities: ClassVar[dict[str, int]] = {}
    # What a header sorts by if its label doesn't say so.
    hints: ClassVar[dict[str, Any]] = {}
    # The link text of a value that can be edited in place, with %(value)s and %(record)s.
    inline_words: ClassVar[dict[str, Any]] = {}

    def __init__(
        self,
        data,
        *,
        may_change: Collection[int] = (),
        in_place: Collection[str] = (),
        query: str = "",
        sortable: Collection[str] = (),
        own: bool = False,
        **keywords,
    ) -> None:
        self.own = own
        self.may_change, self.in_place, self.sortable = may_change, in_place, sortable
        self.query = f"?list={quote(query)}" if query else ""
        self.sequence_shown = keywords["columns_shown"]
        self.drawn: dict[tuple, Any] = {}
        self.words = {name: str(words) for name, words in self.inline_words.items() if name in in_place}
        super().__init__(data, **keywords)
        for bound in self.columns:
            column: Any = bound.column
            column.priority = self.priorities.get(bound.name, column.priority)
            column.hint = self.hints.get(bound.name, column.hint)

    def is_sortable(self, name):
        return name in self.sortable

    def once(self, *key, draw: Callable[[], Any]):
        if key not in self.drawn:
            self.drawn[key] = draw()
        return self.drawn[key]

    def drawing(self, name, column):
        draw = super().drawing(name, column)
        if isinstance(column, FieldColumn) and column.type.few and not hasattr(self, f"render_{name}"):
            draw = partial(self._once_a_value, name, column.field.attname, draw)
        return partial(self._inline, name, draw) if name in self.words else draw

    def _once_a_value(self, name: str, attribute: str, draw: Callable[[Any], Any], record):
        return self.once(name, getattr(record, attribute), draw=lambda: draw(record))

    def _inline(self, name: str, draw: Callable[[Any], Any], record):
        """A value that opens its small form in place: a link, so that it also works without JavaScript."""
        inside = draw(record)
        if record.pk not in self.may_change or not inside:
            return inside
        return format_html(
            '<a class="inline" href="{}" data-inline aria-label="{}">{}</a>',
            inline_address(record, name),
            self.words[name] % {"value": self.value_in_words(record, name), "record": record.shown_name},
            inside,
        )

    def value_in_words(self, record, name: str) -> str:
        """The value in the cell, for screen readers."""
        value = getattr(record, name, "")
        return label_of_row(value) if value is not None else _("Unassigned")

    def render_name(self, record):
        return format_html(
            '<span class="lead"><a href="{}{}">{}</a><small>{}</small></span>',
            record.get_absolute_url(),
            self.query,
            record.shown_name,
            self.below_name(record),
        )

    def below_name(self, record) -> str:
        """The second line of the cell that names the row."""
        return ""

    def render_id(self, record):
        return format_html('<span class="number">#{}</span>', record.pk)


def inline_address(record: Any, field: str) -> str:
    """The URL for editing a value in place, built here because reverse() for each cell of a page takes too long."""
    return f"{record.get_absolute_url()}/inline/{field}"
