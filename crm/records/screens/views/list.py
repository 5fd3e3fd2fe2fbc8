"""The list of a record type, the main screen. Filters, search, sort and page are in the URL."""

from django.http import QueryDict
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from crm.models import SavedView
from crm.platform.audit.viewing_entries import record_search
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import encode_filled_parameters, render_response
from crm.records.editing.inline_editing import get_columns_edited_in_cells, get_columns_that_records_lack
from crm.records.editing.selection_pages import get_menu_pages
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.filter_alternatives import swap_all_and_any
from crm.records.listing.filter_urls import build_view_parameter
from crm.records.listing.personal_filters import get_personal_reason
from crm.records.listing.record_list import PAGE_PARAMETERS, RecordList, get_records_for_page
from crm.records.listing.saved_view_use import record_view_use
from crm.records.listing.search.search_ranking import RANKED
from crm.records.listing.search.search_results import (
    build_search_elsewhere_context,
    find_record_url_by_number,
)
from crm.records.listing.tabs import build_list_tabs, build_view_tabs, get_first_tab, get_open_tab_label
from crm.records.screens.views.kind_access import get_template_names, kind_view
from crm.records.tables.hidden_sort import get_hidden_sort
from crm.records.tables.list_columns import get_column_widths, get_list_columns, get_start_view_id


@kind_view()
@require_safe
def record_list(request, kind: Kind):
    if address := get_redirect_url(request, kind):
        return redirect(address)
    view = find_visible_view(kind, request.user, parse_number(request.GET.get("view", "")))
    listing = RecordList(kind, add_default_order(request.GET), request.user)
    if not any(name in request.GET for name in PAGE_PARAMETERS):
        record_search(kind.name, listing.search)
    widths = get_column_widths(kind, request.user, view)
    columns = get_list_columns(kind, request.user, view)
    context = build_list_context(request, listing, columns, widths=widths)
    context |= build_view_context(listing, view) | {"hidden_sort": get_hidden_sort(listing, columns)}
    context["note"] = kind.list_note(listing, columns)
    context |= {} if context["page"].ids else build_search_elsewhere_context(listing, view)
    fragments = {"records": get_template_names(kind, "_list.html")}
    status = 400 if listing.errors else 200
    response = render_response(
        request, get_template_names(kind, "list.html"), context, fragments=fragments, status=status
    )
    if request.htmx:
        response["HX-Push-Url"] = f"{request.path}?{encode_filled_parameters(request.GET) or 'all=1'}"
    if view and status == 200:
        record_view_use(request, response, view)
    return response


def build_view_context(listing: RecordList, view: SavedView | None, *, page: str = "list") -> dict:
    """The saved view that is open on the list or the board, the tabs beside it, and what differs from it."""
    kind, user = listing.kind, listing.viewer
    tabs = build_list_tabs(listing, in_view=bool(view))
    return {
        "view": view,
        "in_view": build_view_parameter(view and view.pk, page),
        "tabs": tabs,
        "view_tabs": build_view_tabs(get_saved_views(kind, user), view),
        "place": view.name if view else get_open_tab_label(tabs),
        "may_change_view": view and view.owner_id == user.pk and differs_from_view(listing, view),
        "differs_by_user": get_personal_reason(listing) if view and view.shared else "",
    }


def get_redirect_url(request, kind: Kind) -> str:
    """Where a list URL redirects to: a number to its record if it was sent with Enter, an empty query to the list that
    opens first, and empty parameters from a form to the URL without them."""
    if not is_typing(request) and (
        record := find_record_url_by_number([kind], request.GET.get("q", ""), request.user)
    ):
        return record
    query = ""
    if not request.GET:
        first = find_visible_view(kind, request.user, get_start_view_id(kind, request.user))
        own = get_first_tab(kind, request.user)
        query = first.address if first else own.query if own else ""
    elif "" in request.GET.dict().values() and not request.htmx:
        query = encode_filled_parameters(request.GET) or "all=1"
    return f"{request.path}?{query}" if query else ""


def add_default_order(data: QueryDict) -> QueryDict:
    """The URL of a list; a search without an order is ordered by match."""
    if not data.get("q") or data.get("sort"):
        return data
    data = data.copy()
    data[RANKED] = "1"
    return data


def is_typing(request) -> bool:
    """Whether a search was sent while it is typed, so that its end may still be missing (static/js/swaps.js)."""
    return "Typing" in request.headers


def differs_from_view(listing: RecordList, view: SavedView) -> bool:
    """Whether the list's filter, search or sort now differs from its view."""
    return (
        bool(listing.query)
        and listing.query != RecordList(listing.kind, view.parameters, listing.viewer).query
    )


def find_visible_view(kind: Kind, user, number: int | None) -> SavedView | None:
    """The saved view with this number, if the user may see it."""
    if number is None:
        return None
    return (
        SavedView.objects.of_table(kind.name).visible_to(user).with_use_today(user).filter(pk=number).first()
    )


def get_saved_views(kind: Kind, user) -> list[SavedView]:
    """The saved views that a user may open. Each list shows them, so their query is compiled once."""
    return get_records_compiled_once(_saved_views_queryset, [user.pk], kind.name, tuple(user.department_ids))


def _saved_views_queryset(users: list[int], table: str, departments: tuple[int, ...]):
    return SavedView.objects.of_table(table).visible_to_any(users, departments).in_order()


def get_open_view(kind: Kind, user, data: QueryDict) -> SavedView | None:
    """The saved view that a URL was opened from."""
    return find_visible_view(kind, user, parse_number(data.get("view", "")))


def build_list_context(
    request,
    listing: RecordList,
    columns: list[str],
    *,
    widths: dict[str, int] | None = None,
    in_trash: bool = False,
) -> dict:
    """Everything that the table, its header and its footer show."""
    kind = listing.kind
    page = listing.get_page(request.user.rows_per_page)
    records = get_records_for_page(kind, page.ids, columns, viewer=request.user)
    chips = listing.filters.build_chips()
    return {
        "kind": kind,
        "words": kind.words,
        "listing": listing,
        "page": page,
        "table": build_table(listing, records, columns, widths),
        "chips": chips,
        "turned": swap_all_and_any(listing.data, [chip.own for chip in chips]),
        "actions": kind.get_menu_actions(request.user, in_trash=in_trash),
        "set_pages": [] if in_trash else get_menu_pages(kind, request.user),
        "in_trash": in_trash,
        "rights": get_rights(kind, request.user),
    }


def build_table(listing: RecordList, records: list, columns: list[str], widths: dict[str, int] | None = None):
    kind = listing.kind
    in_cells = () if listing.in_trash else get_columns_edited_in_cells(kind, columns, listing.viewer)
    return kind.table(
        records,
        columns_shown=columns,
        sort="" if listing.is_sorted_by_match else listing.sort,
        sortable=kind.sorts.get_names(listing.viewer),
        may_change={record.pk for record in records if record.may_change and not record.is_read_only},
        in_place=kind.get_inline_fields(listing.viewer),
        in_cells=in_cells,
        lacks=get_columns_that_records_lack(kind, records, in_cells),
        own={record.owner_id for record in records} == {listing.viewer.pk},
        place=listing.place,
        in_trash=listing.in_trash,
        widths=widths,
    )


RIGHTS = ("add", "change", "delete", "bulk", "import", "export")


def get_rights(kind: Kind, user) -> set[str]:
    """What the user may do with such records, by permission name."""
    return {right for right in RIGHTS if user.has_perm(kind.get_right(right))}
