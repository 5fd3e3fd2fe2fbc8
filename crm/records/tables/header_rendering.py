"""The header of a table, drawn in one pass like its rows (crm/records/tables/row_rendering.py): a template per column takes as long
as ten rows."""

from collections.abc import Iterable
from typing import Any, NamedTuple
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


class Head(NamedTuple):
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
    heads: Iterable[Head], *, query: QueryDict | None = None, kind: RecordType | None = None, menus: str = ""
) -> SafeString:
    """The cells of all columns. With the `query` of the page, sortable ones link to their sort; with a kind and `menus`,
    the URL query that they work on, each column has a menu."""
    parts: list[str] = []
    add = parts.append
    sorts = _sorts(query) if query is not None else ""
    menu = _menu(kind, menus) if kind and menus else None
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


def _render_head_label(head: Head) -> str:
    if head.quiet:
        drawing = REPEATED["mail"]
        return html(
            '<span class="visually-hidden">{}</span><span class="quiet">{}</span>', head.label, drawing
        )
    if head.hint:
        form = '<span title="{}">{}<span class="visually-hidden">, {}</span></span>'
        return html(form, head.hint, head.label, head.hint)
    return escape_value(head.label)


def _sorts(query: QueryDict) -> str:
    """The URL of the same list in another order, up to the name of the sort."""
    kept = urlencode({name: values for name, values in query.lists() if name not in OF_PAGE}, doseq=True)
    return escape_value(f"?{kept}&sort=" if kept else "?sort=")


def _menu(kind: RecordType, menus: str) -> str:
    """The link to a column's menu, for %(name)s and %(label)s. Built here because reverse() for each takes too long."""
    label = escape_value(_("Column %(label)s"))
    address, query = kind.url("columns"), escape_value(menus).replace("%", "%%")
    return f'<a href="{address}/%(name)s?{query}" aria-label="{label}"></a>'
