"""Choosing the columns of your list, their order and their widths."""

from django.shortcuts import redirect

from crm.models import ListSettings, SavedView
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import Kind
from crm.records.listing.record_list import RecordList
from crm.records.screens.views.kind_access import kind_view
from crm.records.tables.list_columns import get_allowed_columns, get_list_columns, get_widths_key


@kind_view()
def columns(request, kind: Kind):
    listing = RecordList(kind, request.GET, request.user)
    if request.method == "POST":
        if "reset" in request.POST:
            save_columns(kind, request.user, [], widths={})
        else:
            save_columns(
                kind,
                request.user,
                get_allowed_columns(kind, sort_columns_by_place(request.POST), request.user),
            )
        return redirect(f"{kind.get_url('list')}?{listing.query or 'all=1'}")
    shown = get_list_columns(kind, request.user)
    names = [*shown, *(name for name in kind.get_listed_names("LIST", request.user) if name not in shown)]
    choices = [
        (name, kind.table.get_column_label(name), name in shown, place) for place, name in enumerate(names, 1)
    ]
    context = {"kind": kind, "listing": listing, "choices": choices}
    return render_response(
        request, "records/columns.html", context, fragments={"dialog": "records/_columns.html"}
    )


def save_columns(kind: Kind, user, chosen: list[str], *, widths: dict[str, int] | None = None) -> None:
    """Without `widths`, the columns stay as wide as they are, hidden ones too."""
    own, _made = ListSettings.objects.select_for_update().get_or_create(user=user)
    own.columns = own.columns | {kind.name: chosen}
    if widths is not None:
        own.widths = own.widths | {kind.name: widths}
    own.save(update_fields=["columns", "widths"])


def save_widths(kind: Kind, user, view: SavedView | None, changed: dict[str, int | None]) -> None:
    """Other columns stay as wide as they are; None is the usual width."""
    own, _made = ListSettings.objects.select_for_update().get_or_create(user=user)
    place = get_widths_key(kind, view)
    widths = own.widths.get(place, {}) | changed
    own.widths = own.widths | {place: {name: width for name, width in widths.items() if width}}
    own.save(update_fields=["widths"])


def sort_columns_by_place(data) -> list[str]:
    """The chosen columns, ordered by the numbers typed next to them; invalid numbers come last."""

    def get_place(name: str) -> int:
        typed = parse_number(data.get(f"place_{name}", ""), most=999)
        return 999 if typed is None else typed

    return sorted(data.getlist("column"), key=get_place)
