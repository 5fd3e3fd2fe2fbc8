"""Selected statuses, sources, tags or lost reasons: retire, activate or download them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from crm.platform.models.retirable import get_retirement_obstacle
from crm.platform.web.id_parsing import parse_ids
from crm.records.editing.settings_change import one_at_a_time, record_settings_change, show_change_message
from crm.records.kinds.reasons import get_reason_sentence
from crm.records.kinds.record_uses import get_uses
from crm.templatetags.look import number
from leads.settings.lists.list_state import get_sort_label
from leads.settings.lists.settings_lists import LISTS
from leads.settings.lists.workbook import build_settings_workbook
from leads.settings.settings_tables import SETTINGS_TABLES, SettingsTable
from leads.settings.usage import COLUMNS, count_records_by_row, describe_usage_count


@one_at_a_time
def settings_bulk(request, table):
    """GET shows the preview for exactly these rows; POST does it, as one operation."""
    kind, action = SETTINGS_TABLES[table], request.GET.get("action")
    if action not in ("export", "retire", "activate"):
        raise Http404
    if not request.user.has_perm(kind.get_right("view" if action == "export" else "change")):
        raise PermissionDenied
    ids = parse_ids(request.GET.getlist("row"))
    if action == "export":
        return export_rows(request, kind, ids)
    rows = sorted(kind.model.objects.in_bulk(ids).values(), key=get_sort_label)
    if not rows:
        messages.warning(request, _("Select at least one row."))
        return redirect(kind.url)
    judged = JudgedRows(rows, retire=action == "retire")
    if request.method == "POST":
        return apply_to_rows(request, kind, action, judged)
    context = {"kind": kind, "action": action, "judged": judged}
    context["changed"] = build_changed_lines(table, judged, request.user)
    return render(request, "leads/settings/bulk.html", context)


def build_changed_lines(table: str, judged: "JudgedRows", user: User) -> list[tuple[Any, str, list]]:
    """Each changed row with how many records have it, and what uses it if it is retired."""
    numbers = count_records_by_row(COLUMNS[table], user)
    return [
        (
            row,
            describe_usage_count(row, numbers.get(row.pk, 0)),
            get_uses(row, user) if judged.retire else [],
        )
        for row in judged.changed
    ]


class JudgedRows:
    """What would happen to each row: `changed`, `unchanged` (already set), `refused` with the reason."""

    def __init__(self, rows: list, *, retire: bool) -> None:
        self.retire = retire
        reasons = {row.pk: get_retirement_obstacle(row) if retire else "" for row in rows}
        self.unchanged = [row for row in rows if row.retired == retire]
        self.refused = [
            (row, get_reason_sentence(reasons[row.pk]))
            for row in rows
            if reasons[row.pk] and row not in self.unchanged
        ]
        self.changed = [row for row in rows if row not in self.unchanged and not reasons[row.pk]]


def apply_to_rows(request, kind: SettingsTable, action: str, judged: JudgedRows):
    ids = [row.pk for row in judged.changed]
    with record_settings_change(f"edit_{kind.table}", by=request.user, act=action, rows=ids) as record:
        kind.model.objects.filter(pk__in=ids).update(retired=action == "retire")
    words = ngettext("%(number)s item retired.", "%(number)s items retired.", len(ids))
    if action == "activate":
        words = ngettext("%(number)s item is in use again.", "%(number)s items are in use again.", len(ids))
    show_change_message(request, record, words % {"number": number(len(ids))})
    return redirect(kind.url)


def export_rows(request, kind: SettingsTable, ids: list[int]):
    """The selected rows, or everything in the list."""
    numbers = count_records_by_row(COLUMNS[kind.table], request.user)
    rows = LISTS[kind.table](request.GET, numbers).rows
    if ids:
        rows = sorted(kind.model.objects.in_bulk(ids).values(), key=get_sort_label)
    return build_settings_workbook(kind.table, str(kind.title), rows, numbers, by=request.user)
