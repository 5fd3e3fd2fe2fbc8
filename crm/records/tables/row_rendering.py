"""The rows of a table, drawn in one pass: a template per row or tag per cell takes several times as long as its values."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.platform.web.rendering.html_building import escape_value, html, join_html

# Columns that narrow windows hide, by priority: those that need the width of a tablet, and of a wide window.
NARROWER = {2: " data-mid", 3: " data-wide"}


class Drawn(Protocol):
    """What a table says of its rows (crm/records/tables/tables.py). `columns` are bound to it."""

    columns: Any
    data: Iterable[Any]
    labelled: bool

    def name_of(self, record: Any) -> str: ...

    def before(self, record: Any) -> Any: ...

    def label_of(self, name: str) -> str: ...

    def drawing(self, name: str, column: Any) -> Callable[[Any], Any]: ...


def render_table_rows(table: Drawn, *, ticks: str = "", star: bool = False, named: bool = True) -> SafeString:
    """All rows as HTML, which closes cells and rows by itself. `ticks` is the name of their checkboxes, `star` adds the
    control before the row, and `named` rows have an id."""
    cells = [get_cell_renderer(table, bound.name, bound.column) for bound in table.columns]
    # Of every row: without quotes, which fifty rows would repeat.
    tick = f"<td data-col=tick><input class=tick type=checkbox name={ticks} value="
    label, word = escape_value(_("Select %(record)s")), escape_value
    parts: list[str] = []
    add = parts.append
    for record in table.data:
        pk = record.pk
        add(f"<tr id=row-{pk}>" if named else "<tr>")
        if ticks:
            add(f'{tick}{pk} aria-label="{label % {"record": word(table.name_of(record))}}">')
        if star:
            add(f"<td data-col=vip>{word(table.before(record))}")
        for opening, draw in cells:
            add(opening)
            add(word(draw(record)))
    return join_html(parts)


def get_cell_renderer(table: Drawn, name: str, column: Any) -> tuple[str, Callable[[Any], Any]]:
    """The opening tag of a column's cells, and what draws them."""
    tag, attributes = (
        ("th scope=row", get_cell_attributes(column))
        if column.row_head
        else ("td", get_cell_attributes(column))
    )
    if table.labelled and not column.row_head and not column.quiet:
        attributes += html(' data-label="{}"', table.label_of(name))
    return f"<{tag}{attributes}>", table.drawing(name, column)


def get_cell_attributes(column: Any) -> SafeString:
    """The attributes of a column's header and cells, by which the stylesheet places them. Fifty rows repeat them, so a
    plain word has no quotes."""
    align = " data-end" if column.end else ""
    spot = column.spot or ""
    place = f" data-col={spot}" if spot.isidentifier() else html(' data-col="{}"', spot)
    return join_html([place, align, NARROWER.get(column.priority, "")])
