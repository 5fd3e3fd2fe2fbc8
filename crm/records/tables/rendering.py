"""A table's header and rows, each drawn in one pass: a template per row or cell takes several times as long as its values."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.platform.record_types import RecordType
from crm.platform.web.rendering.html_building import escape_value, html, join_html
from crm.records.listing.search.search_ranking import RANKED
from crm.templatetags.look import REPEATED

# A sort starts again with the first page.
OF_PAGE = ("sort", RANKED, "after", "before", "last")


class ColumnHead(NamedTuple):
    """The header of a column: its label and place, whether it sorts, its current direction ("ascending" and so on), and
    the sort of the next click."""

    name: str
    label: str
    place: str
    sortable: bool
    direction: str
    next_sort: str
    quiet: bool
    hint: Any


def render_header_cells(
    heads: Iterable[ColumnHead],
    *,
    query: QueryDict | None = None,
    kind: RecordType | None = None,
    menus: str = "",
) -> SafeString:
    """The cells of all columns. With the `query` of the page, sortable ones link to their sort; with a kind and `menus`,
    the URL query that they work on, each column has a menu."""
    parts: list[str] = []
    add = parts.append
    sorts = _build_sort_url(query) if query is not None else ""
    menu = _build_menu_link(kind, menus) if kind and menus else None
    for head in heads:
        direction = f' aria-sort="{head.direction}"' if head.direction else ""
        add(f'<th scope="col"{head.place}{direction}>')
        if head.sortable and sorts:
            add(
                f'<a class=sort href="{sorts}{head.next_sort}">{_render_head_label(head)}{REPEATED["up"]}</a>'
            )
        elif head.quiet:
            add(html('<span class="visually-hidden">{}</span>', head.label))
        else:
            add(escape_value(head.label))
        if menu:
            add(menu % {"name": head.name, "label": escape_value(head.label)})
        add("</th>")
    return join_html(parts)


def _render_head_label(head: ColumnHead) -> str:
    if head.quiet:
        drawing = REPEATED["mail"]
        return html(
            '<span class="visually-hidden">{}</span><span class="quiet">{}</span>', head.label, drawing
        )
    if head.hint:
        form = '<span title="{}">{}<span class="visually-hidden">, {}</span></span>'
        return html(form, head.hint, head.label, head.hint)
    return escape_value(head.label)


def _build_sort_url(query: QueryDict) -> str:
    """The URL of the same list in another order, up to the name of the sort."""
    kept = urlencode({name: values for name, values in query.lists() if name not in OF_PAGE}, doseq=True)
    return escape_value(f"?{kept}&sort=" if kept else "?sort=")


def _build_menu_link(kind: RecordType, menus: str) -> str:
    """The link to a column's menu, for %(name)s and %(label)s. Built here because reverse() for each takes too long."""
    label = escape_value(_("Column %(label)s"))
    address, query = kind.get_url("columns"), escape_value(menus).replace("%", "%%")
    return f'<a href="{address}/%(name)s?{query}" aria-label="{label}"></a>'


# Columns that narrow windows hide, by priority: those that need the width of a tablet, and of a wide window.
NARROWER = {2: " data-mid", 3: " data-wide"}


class Drawn(Protocol):
    """What a table says of its rows (crm/records/tables/tables.py). `columns` are bound to it."""

    columns: Any
    data: Iterable[Any]
    labelled: bool
    marks: Mapping[int, str]

    def get_row_name(self, record: Any) -> str: ...

    def render_before_row(self, record: Any) -> Any: ...

    def get_column_label(self, name: str) -> str: ...

    def get_cell_renderer(self, name: str, column: Any) -> Callable[[Any], Any]: ...


def render_table_rows(table: Drawn, *, ticks: str = "", star: bool = False, named: bool = True) -> SafeString:
    """All rows as HTML, which closes cells and rows by itself. `ticks` is the name of their checkboxes, `star` adds the
    control before the row, and `named` rows have an id. `marks` are further attributes of rows."""
    cells = [get_cell_renderer(table, bound.name, bound.column) for bound in table.columns]
    # Of every row: without quotes, which fifty rows would repeat.
    tick = f"<td data-col=tick><input class=tick type=checkbox name={ticks} value="
    label, word = escape_value(_("Select %(record)s")), escape_value
    marks = table.marks
    parts: list[str] = []
    add = parts.append
    for record in table.data:
        pk = record.pk
        mark = marks.get(pk, "")
        add(f"<tr id=row-{pk}{mark}>" if named else f"<tr{mark}>")
        if ticks:
            add(f'{tick}{pk} aria-label="{label % {"record": word(table.get_row_name(record))}}">')
        if star:
            add(f"<td data-col=vip>{word(table.render_before_row(record))}")
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
        attributes += html(' data-label="{}"', table.get_column_label(name))
    return f"<{tag}{attributes}>", table.get_cell_renderer(name, column)


def get_cell_attributes(column: Any) -> SafeString:
    """The attributes of a column's header and cells, by which the stylesheet places them. Fifty rows repeat them, so a
    plain word has no quotes."""
    align = " data-end" if column.end else ""
    spot = column.spot or ""
    place = f" data-col={spot}" if spot.isidentifier() else html(' data-col="{}"', spot)
    return join_html([place, align, NARROWER.get(column.priority, "")])
