"""Composing the conditions of an automation, with the filters of the list of its records."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.views.decorators.http import require_safe

from automations.models import Automation
from automations.views.access import get_changeable_automation_or_404
from automations.views.automation_form import get_form_url
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.filter_alternatives import swap_all_and_any
from crm.records.listing.filter_urls import build_view_parameter
from crm.records.listing.record_list import RecordList
from crm.records.listing.stored_conditions import get_allowed_filters, parse_conditions


@require_safe
def conditions(request, kind: str):
    """`view` is the automation that gets the conditions in the URL; without it, a new one does."""
    pk, found = parse_number(request.GET.get("view", "")), KINDS[kind]
    action = "add" if pk is None else "change"
    if not request.user.has_perms([Automation.get_right(action), found.get_right("view")]):
        raise PermissionDenied
    automation = None if pk is None else get_changeable_automation_or_404(pk, request.user)
    data = get_allowed_filters(found, request.GET, request.user)
    context = build_context(RecordList(found, data, request.user), automation)
    context["problem"] = parse_conditions(found, data).problem
    fragments = {"records": "automations/_conditions.html"}
    return render_response(request, "automations/conditions.html", context, fragments=fragments)


def build_context(listing: RecordList, automation: Automation | None) -> dict:
    chips, pk, page = listing.filters.build_chips(), automation and automation.pk, listing.kind.name
    shown_on = f"automations:{page}_conditions"
    form = get_form_url(automation, page)
    start = "&" if "?" in form else "?"
    return {
        "kind": listing.kind,
        "automation": automation,
        "listing": listing,
        "chips": chips,
        "turned": swap_all_and_any(QueryDict(listing.query), [chip.own for chip in chips]),
        "in_view": build_view_parameter(pk, shown_on),
        "shown_on": shown_on,
        # "Clear all" stays on the page of this automation.
        "kept": build_view_parameter(pk),
        "done": f"{form}{start}{urlencode({'conditions': listing.query, 'draft': 1})}",
        "page": f"{form}{start}draft=1",
    }
