"""Our defaults for django-tables2: it knows the columns and draws the cells; paging and order are ours (crm/pages.py)."""

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import django_tables2 as tables
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from crm.templatetags.look import short_date


@dataclass(frozen=True)
class Head:
    """The head of a column: its name, label, whether it sorts, and which way it does now ("ascending" or so)."""

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
    """A column. `spot` is its place in the stylesheet (data-col), `end` aligns numbers, `priority` 2 or 3 leaves first
    when the window is narrow, `quiet` hides the label, `first_down` sorts downwards at the first click, `hint` says in
    words what the head sorts by where the label does not."""

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
        """The cell of a record; a table's own render_<name>(record) goes before it."""
        return getattr(record, name)

    def contribute_name(self, name: str) -> None:
        self.spot = self.spot or name


class RowHead(Column):
    """The column that names the row."""

    row_head = True


class Text(Column):
    """A text on one line, cut by the stylesheet where it is too long."""

    def draw(self, record, name):
        return clip(getattr(record, name))


class Moment(Column):
    """A point in time as a short date, numbers right-aligned, the newest first at the first click."""

    def __init__(self, *arguments, **keywords) -> None:
        super().__init__(*arguments, **{"end": True, "first_down": True, **keywords})

    def draw(self, record, name):
        value = getattr(record, name)
        return (
            format_html('<time datetime="{}">{}</time>', value.isoformat(), short_date(value))
            if value
            else ""
        )


def clip(text):
    return format_html('<span class="clip">{}</span>', text) if text else ""


class Table(tables.Table):
    """A table whose `columns_shown` are drawn in that order; `sort` is "name" or "-name".

    A column without a label of its own has that of the model field of the same name. `labelled` tables give every cell
    its label, so that on a phone a row becomes a card of labels and values.
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
            sortable = self.base_columns[name].orderable is not False
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

    @classmethod
    def label_of(cls, name: str) -> str:
        own = cls.base_columns[name].verbose_name
        text = str(own if own is not None else cls._meta.model._meta.get_field(name).verbose_name)
        return str(capfirst(text))

    def before(self, record) -> Any:
        """A control in front of the row, such as a star; None for none."""
        return None

    @cached_property
    def _plan(self) -> list[tuple[str, Any, str]]:
        """For each column its opening tag, what draws a record, and its closing tag; made once a table, because
        asking for signatures in every cell took three times as long as drawing it."""
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
            draw = getattr(self, f"render_{bound.name}", None) or partial(column.draw, name=bound.name)
            plan.append((opening, draw, f"</{tag}>"))
        return plan

    def cells(self, record) -> SafeString:
        """The cells of a record, as HTML."""
        parts = [
            f"{opening}{conditional_escape(draw(record))}{closing}" for opening, draw, closing in self._plan
        ]
        return mark_safe("".join(parts))  # noqa: S308  # nosec - tags of our own, every value is escaped

    def lines(self) -> list[tuple[Any, Any, SafeString]]:
        """Each row: (record, the control in front, its cells)."""
        return [(record, self.before(record), self.cells(record)) for record in self.data]
