"""Composing the conditions of an automation, with the filters of the list of its records."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.views.decorators.http import require_safe

from automations.models import Automation
from automations.views.access import get_changeable_automation_or_404
from automations.views.automation_form import get_form_url
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import append_query, render_response
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.stored_conditions import build_conditions_context, get_allowed_filters


@require_safe
def conditions(request, kind: str):
    """`view` is the automation that gets the conditions in the URL; without it, a new one does."""
    pk, found = parse_number(request.GET.get("view", "")), KINDS[kind]
    action = "add" if pk is None else "change"
    if not request.user.has_perms([Automation.get_right(action), found.get_right("view")]):
        raise PermissionDenied
    automation = None if pk is None else get_changeable_automation_or_404(pk, request.user)
    data = get_allowed_filters(found, request.GET, request.user)
    shown_on = f"automations:{kind}_conditions"
    context = build_conditions_context(found, data, request.user, automation, shown_on)
    form = get_form_url(automation, kind)
    context |= {
        "automation": automation,
        "done": append_query(form, urlencode({"conditions": context["listing"].query, "draft": 1})),
        "page": append_query(form, "draft=1"),
    }
    fragments = {"records": "automations/_conditions.html"}
    return render_response(request, "automations/conditions.html", context, fragments=fragments)
