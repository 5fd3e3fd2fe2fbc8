"""Moving a card of a board to another column: the menu on the card, and the move itself, which is one verb."""

from typing import Any
from urllib.parse import quote, urlsplit

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.rendering.html_building import join_html
from crm.platform.web.responses import get_previous_path, render_response
from crm.records.editing.edit_conflicts import get_edit_conflicts
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import RecordList
from crm.records.screens.views.kind_access import get_changeable_record, get_template_names, kind_view
from crm.records.screens.views.record_buttons import show_outcome_message
from crm.records.tables.boards.board import get_board, get_board_cards
from crm.work.screens.views.edit import parse_sent_version

# Events for the board after a form that it opened: it looks for changes, and the message with Undo appears.
CHANGED = "board-changed, notices"


@kind_view("change")
def move_card(request, kind: Kind, pk):
    """GET is the menu. A POST from a board gets the card as it is then, or the form to fill in first; without JavaScript, it
    leads to the same."""
    record = get_changeable_record(kind, request.user, pk, lock=request.method == "POST")
    if request.method != "POST":
        return render_move_menu(request, kind, record)
    board, query = get_board(kind), get_board_query(request, kind)
    row = board.row(parse_number(request.POST.get("column", "")))
    if row is None:
        raise Http404
    if moved := get_edit_conflicts(
        kind, record, parse_sent_version(request, record) or record.version, {board.field: row}
    ):
        messages.error(request, get_faster_sentence(record, moved[0]))
    elif asks := board.asks(record, row, request.user):
        return render_requirements_form(request, kind, record, f"{asks}&board={quote(query, safe='')}", query)
    else:
        rows = kind.model.objects.present().changeable_by(request.user).filter(pk=pk)
        outcome = carry_out(board.verb(row), rows, by=request.user)
        said = _("%(record)s moved to %(column)s.") % {"record": record, "column": row.label}
        show_outcome_message(request, kind, outcome, said)
        return render_placed_card(request, kind, pk, query, said if outcome.operation else "")
    return render_placed_card(request, kind, pk, query)


def render_move_menu(request, kind: Kind, record: Any):
    board = get_board(kind)
    context = {
        "kind": kind,
        "record": record,
        "title": _("Move to…"),
        "fragment": get_template_names(kind, "_move_card.html"),
        "targets": board.targets(record, request.user),
        "here": getattr(record, f"{board.field}_id"),
        "query": get_board_query(request, kind),
    }
    fragments = {"inline": context["fragment"]}
    return render_response(request, get_template_names(kind, "inline.html"), context, fragments=fragments)


def get_board_query(request, kind: Kind) -> str:
    """The query of the board that a request comes from; '' if it comes from elsewhere."""
    if "board" in request.POST:
        return str(request.POST["board"])
    parts = urlsplit(get_previous_path(request))
    return parts.query if parts.path == kind.get_url("board") else ""


def get_faster_sentence(record: Any, crossing: Any) -> str:
    """A colleague was faster."""
    operation = crossing.change.operation
    who = operation.by if operation and operation.by else _("The system")
    values = {"who": who, "record": record, "column": crossing.theirs.label}
    return _("%(who)s has just moved %(record)s to %(column)s.") % values


def render_requirements_form(request, kind: Kind, record: Any, address: str, query: str):
    """The form that asks for what is required there: the board opens it over itself."""
    if not request.htmx:
        return redirect(address)
    return render_placed_card(request, kind, record.pk, query, asks=address)


def render_placed_card(request, kind: Kind, pk: int, query: str, said: str = "", *, asks: str = ""):
    """The card where it is now, or that it is no longer on this board."""
    if not request.htmx:
        return redirect(f"{kind.get_url('board')}?{query or 'all=1'}#card-{pk}")
    listing = RecordList(kind, QueryDict(query), request.user)
    found, cards = get_board_cards(listing, [pk])
    context = {
        "cards": join_html(cards.render_cards([card], column) for card, column in found),
        "gone": [] if found else [pk],
        "said": said,
        "asks": asks,
    }
    response = render_response(request, "records/_changed_cards.html", context)
    response["HX-Trigger"] = "notices"
    return response


def render_board_if_opened(request, kind: Kind, pk: int) -> HttpResponse | None:
    """After a form that a board has opened: back to the board, which looks for changes. None for any other form."""
    if "board" not in request.POST:
        return None
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Trigger": CHANGED})
    return redirect(f"{kind.get_url('board')}?{request.POST['board'] or 'all=1'}#card-{pk}")
