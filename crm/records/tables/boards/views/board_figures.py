"""How many records each column of a board has, what they are worth, and how many wait too long: a fragment after the page."""

from django.views.decorators.http import require_safe

from crm.platform.web.responses import render_response
from crm.platform.web.transactions import COUNT_MILLISECONDS, set_transaction_limits
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_urls import BOARD
from crm.records.listing.record_list import RecordList
from crm.records.listing.tabs import get_tabs_with_counts
from crm.records.screens.views.kind_access import kind_view
from crm.records.tables.boards.board import get_board
from crm.records.tables.boards.column_figures import get_column_figures

# For one figure, of two for each column.
EACH_MILLISECONDS = 400


@kind_view()
@require_safe
def board_figures(request, kind: Kind):
    listing, exact = RecordList(kind, request.GET, request.user), "exact" in request.GET
    set_transaction_limits(statement=COUNT_MILLISECONDS if exact else EACH_MILLISECONDS, read_only=True)
    figures = get_column_figures(listing, exact=exact)
    context = {
        "kind": kind,
        "listing": listing,
        "board": get_board(kind),
        "shown_on": BOARD,
        "figures": figures,
        "number": sum(found.count for found in figures),
        "more": any(found.more for found in figures),
        "tabs": get_tabs_with_counts(kind, request.user) if request.htmx and not exact else [],
    }
    fragments = {"count": "records/_board_figures.html"}
    return render_response(request, "records/board_figures.html", context, fragments=fragments)
