"""The board of a record type: the records of its list as cards in columns. Everything is in the URL, as for the list."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.rendering.html_building import join_html
from crm.platform.web.responses import Template, encode_filled_parameters, render_response
from crm.records.editing.selection_pages import get_menu_pages
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_urls import BOARD
from crm.records.listing.record_list import RecordList
from crm.records.listing.saved_view_use import record_view_use
from crm.records.screens.views.kind_access import get_template_names, kind_view
from crm.records.screens.views.list import build_view_context, get_open_view, get_redirect_url, get_rights
from crm.records.tables.boards.board import build_board_columns, get_board, get_board_cards
from crm.records.tables.boards.moves_since import (
    SeenVerdicts,
    get_changes_since,
    get_seen_verdicts,
    parse_shown_ids,
)

# What a board has seen, after a look for changes that answers nothing else.
SEEN = "Board-Seen"


@kind_view()
@require_safe
def board(request, kind: Kind):
    if address := get_redirect_url(request, kind):
        return redirect(address)
    view = get_open_view(kind, request.user, request.GET)
    listing = RecordList(kind, request.GET, request.user)
    context = build_board_context(request, listing)
    context |= build_view_context(listing, view, page=BOARD)
    fragments: dict[str, Template] = {
        "records": get_template_names(kind, "_board.html"),
        "further": "records/_further.html",
    }
    status = 400 if listing.errors else 200
    response = render_response(
        request, get_template_names(kind, "board.html"), context, fragments=fragments, status=status
    )
    if request.htmx and request.htmx.target == "records":
        response["HX-Push-Url"] = get_pushed_address(request)
    if view and status == 200:
        record_view_use(request, response, view)
    return response


def get_pushed_address(request) -> str:
    """The address that the browser shows once htmx has put the filtered board into the page."""
    asked = request.GET.copy()
    asked.pop("on", None)
    return f"{request.path}?{encode_filled_parameters(asked) or 'all=1'}"


def build_board_context(request, listing: RecordList) -> dict:
    """Everything that the board shows. For htmx, "column" is the only column, with the cards after "after"; without
    JavaScript it is shown beside the others."""
    kind, user, shown = listing.kind, request.user, get_board(listing.kind)
    # First: what changes in between is then read again.
    seen = get_seen_verdicts()
    column = parse_number(request.GET.get("column", ""))
    alone = column if request.htmx and request.htmx.target == "further" else None
    after = request.GET.get("after", "")
    return {
        "kind": kind,
        "words": kind.words,
        "listing": listing,
        "board": shown,
        "shown_on": BOARD,
        "seen": seen,
        "columns": build_board_columns(listing, only=alone, further=column, after=after),
        "beyond": shown.beyond(listing),
        "sets": shown.tabs(listing),
        "symbols": shown.cards.render_symbols(),
        "chips": listing.filters.build_chips(),
        "actions": kind.get_menu_actions(user),
        "set_pages": get_menu_pages(kind, user),
        "in_trash": False,
        "rights": get_rights(kind, user),
    }


@kind_view()
@require_safe
def board_changes(request, kind: Kind):
    """What has changed on the board since "seen": nothing, the cards that changed, or too much to name. Of the records that
    are no longer there, only those that the reader's page shows are named."""
    listing = RecordList(kind, request.GET, request.user)
    changed = get_changes_since(SeenVerdicts.read(request.GET.get("seen", "")) or SeenVerdicts(), kind.name)
    shown = parse_shown_ids(request.GET.get("shown", ""))
    if changed.many or (changed.ids and "shown" not in request.GET):
        return HttpResponse(status=205, headers={SEEN: str(changed.seen), "Cache-Control": "no-store"})
    found, cards = get_board_cards(listing, changed.ids) if changed.ids else ([], None)
    gone = sorted(shown.intersection(changed.ids).difference(pk for pk, _column in found))
    if not found and not gone:
        return HttpResponse(status=204, headers={SEEN: str(changed.seen), "Cache-Control": "no-store"})
    drawn = join_html(cards.render_cards([pk], column) for pk, column in found) if cards else ""
    response = render_response(request, "records/_changed_cards.html", {"cards": drawn, "gone": gone})
    response[SEEN] = str(changed.seen)
    return response
