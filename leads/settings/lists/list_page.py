"""What the screens of statuses, sources, tags, lost reasons and pipelines share: showing their list, moving a row."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.models import User
from crm.platform.web.id_parsing import parse_ids
from crm.platform.web.responses import render_response
from crm.records.editing.row_order import move_row_one_step
from crm.records.editing.settings_change import record_settings_change, show_change_message
from leads.settings.lists.list_state import SettingsList
from leads.settings.lists.row_order import can_sort_by_name
from leads.settings.lists.row_rendering import SettingsRows
from leads.settings.merge import get_merge_rights
from leads.settings.settings_tables import SettingsTable, get_row_or_404


def list_page(
    request: HttpRequest,
    template: str,
    kind: SettingsTable,
    listing: SettingsList,
    table: SettingsRows,
    *,
    ticks: bool = True,
    **more: Any,
) -> HttpResponse:
    """The page of one list, or only its table for htmx; 400 if a filter is invalid. `more` is for the page."""
    context = {
        **more,
        "kind": kind,
        "listing": listing,
        "table": table,
        "rights": table.rights,
        "ticks": ticks,
    }
    context["may_merge"] = ticks and request.user.has_perms(get_merge_rights(kind))
    orders = ticks and "change" in table.rights and listing.is_in_full_order
    context["may_sort"] = orders and can_sort_by_name(kind)
    fragments = {"settings-list": "leads/settings/_list.html"}
    return render_response(
        request, template, context, fragments=fragments, status=400 if listing.errors else 200
    )


def build_list_table(
    table: type[SettingsRows],
    kind: SettingsTable,
    listing: SettingsList,
    columns: list[str],
    user: User,
    **values: Any,
) -> SettingsRows:
    """The page of a list as a table. Who may change the rows moves them, as long as all are shown in their order."""
    rights = kind.get_rights(user)
    if "change" in rights and listing.is_in_full_order:
        columns = ["order", *columns]
    return table(
        list(listing.page),
        columns_shown=columns,
        sort=listing.sort,
        rights=rights,
        all_rows=listing.rows,
        **values,
    )


def move_row_and_redirect(
    request: HttpRequest, kind: SettingsTable, neighbours: Callable[[Any], Iterable], words: str
) -> HttpResponse:
    """Move the submitted row "up" or "down" among its `neighbours`, which are all rows in order; `words` is the message
    afterwards."""
    direction = "up" if "up" in request.POST else "down"
    row = get_row_or_404(kind, *parse_ids([request.POST.get(direction, "")]) or [0])
    with record_settings_change(f"edit_{kind.table}", by=request.user, act="order", rows=[row.pk]) as record:
        move_row_one_step(row, neighbours(row), direction)
    show_change_message(request, record, words)
    return redirect(kind.url)
