"""`{% kept "records/_bulk.html" kind=kind actions=actions %}` draws a fragment once per process for the same values.

The fragment sees these values and the language and nothing else: no request, user or CSRF token. So whatever it shows
is part of its key, and it is drawn again as soon as one of them differs. Only `holes` are filled in anew each time: texts
by name that differ from page to page, such as the query of a list. The fragment can print one, but not decide by it.
"""

from collections.abc import Hashable, Mapping
from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from crm.platform.web.rendering.html_building import escape_value, join_html
from crm.records.editing.bulk_actions import BulkAction
from crm.records.editing.selection_pages import SetPage
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_urls import BOARD
from crm.records.listing.tabs import ListTab
from crm.records.paging.keyset_pages import KeysetPage
from crm.templatetags.look import address_with

register = template.Library()

# A fragment has a few kilobytes. If there are more of them, all are drawn again.
MOST = 500
# Texts, numbers and tabs are told apart by value; kinds and actions, which code declares once, by identity. A row of a
# table can't be: it would still equal itself after it was renamed.
TOLD_APART = (str, int, type(None), ListTab, Kind, BulkAction, SetPage)
# The place of a hole. No text contains this character, and escaping leaves it as it is.
HOLE = "\0{}\0"

_drawn: dict[Hashable, SafeString] = {}


@register.simple_tag(takes_context=True)
def kept(context: Context, name: str, *, holes: Mapping[str, str] | None = None, **values: Any) -> SafeString:
    engine: Any = context.template.engine  # type: ignore[union-attr]
    key = (engine, name, get_language(), *((word, build_key_part(value)) for word, value in values.items()))
    found = _drawn.get(key)
    if found is None:
        marks = {"holes": {word: join_html([HOLE.format(word)]) for word in holes}} if holes else {}
        found = engine.get_template(name).render(Context(values | marks))
        if len(_drawn) >= MOST:
            _drawn.clear()
        _drawn[key] = found
    return fill_holes(found, holes) if holes else found


def fill_holes(drawn: str, holes: Mapping[str, str]) -> SafeString:
    """The fragment with these texts in its holes. A text can't contain the mark of another hole, and is escaped."""
    for word, text in holes.items():
        drawn = drawn.replace(HOLE.format(word), escape_value(text.replace("\0", "")))
    return join_html([drawn])


@register.simple_tag(takes_context=True)
def list_head(context: Context, again: bool = False) -> SafeString:
    """The head of a list with its tabs; `again` replaces the one that is shown."""
    names = ("kind", "rights", "tabs", "view_tabs", "may_change_view")
    values = {name: context[name] for name in names}
    view, listing = context["view"], context["listing"]
    values |= {"view": view.pk if view else None, "counts": not listing.errors, "again": again}
    # A board has the same head.
    shown_on = context.get("shown_on") or "list"
    on_board = shown_on == BOARD
    values |= {
        "shown_on": shown_on,
        "other": "list" if on_board else BOARD,
        "on": "&on=board" if on_board else "",
    }
    values["count"] = "board_figures" if on_board else "count"
    holes = {"query": listing.query, "query_or_all": listing.query or "all=1"}
    return kept(context, "records/_list_head.html", holes=holes, **values)


@register.simple_tag(takes_context=True)
def page_links(context: Context, page: KeysetPage) -> SafeString:
    """The links from a page of a list to its neighbors."""
    first = {"after": None, "before": None, "last": None}
    changes: dict[str, dict[str, Any]] = {
        "first": first,
        "previous": first | {"before": page.previous},
        "next": first | {"after": page.next},
        "last": first | {"last": 1},
    }
    holes = {word: address_with(context, **change) for word, change in changes.items()}
    number, previous, following = len(page.ids), bool(page.previous), bool(page.next)
    name = "records/_pagination.html"
    return kept(context, name, number=number, previous=previous, following=following, holes=holes)


def build_key_part(value: Any) -> Hashable:
    """A value as a part of the key, with its type: 1 and True are equal."""
    if isinstance(value, list | tuple):
        return tuple(map(build_key_part, value))
    if isinstance(value, set):
        return frozenset(map(build_key_part, value))
    if not isinstance(value, TOLD_APART):
        raise TypeError(f"A kept fragment can't be given a {type(value).__name__}.")
    return type(value), value
