"""How many records each column of a board has, what they are worth, and how many wait too long: a fragment after the page."""

from django.views.decorators.http import require_safe

from crm.records.board import board_of
from crm.records.board_figures import figures_of
from crm.records.kinds import Kind
from crm.records.listing import Listing
from crm.records.place import BOARD
from crm.records.tabs import counted_tabs
from crm.records.views.of_kind import of_kind
from crm.web.screens import answer
from crm.web.transactions import COUNT_MILLISECONDS, limit

# For one figure, of two for each column.
EACH_MILLISECONDS = 400


@of_kind()
@require_safe
def board_figures(request, kind: Kind):
    listing, exact = Listing(kind, request.GET, request.user), "exact" in request.GET
    limit(statement=COUNT_MILLISECONDS if exact else EACH_MILLISECONDS, read_only=True)
    figures = figures_of(listing, exact=exact)
    context = {
        "kind": kind,
        "listing": listing,
        "board": board_of(kind),
        "shown_on": BOARD,
        "figures": figures,
        "number": sum(found.count for found in figures),
        "more": any(found.more for found in figures),
        "tabs": counted_tabs(kind, request.user) if request.htmx and not exact else [],
    }
    fragments = {"count": "records/_board_figures.html"}
    return answer(request, "records/board_figures.html", context, fragments=fragments)
