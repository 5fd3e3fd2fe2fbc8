"""Composing the conditions of an assignment rule, with the filters of the lead list."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.shortcuts import resolve_url
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.listing.stored_conditions import build_conditions_context, get_allowed_filters
from leads.assignment.rule_conditions import get_leads_kind
from leads.assignment.rule_preview import count_last_and_matching_leads
from leads.assignment.views.assignment_rule import get_rule_or_404
from leads.models import AssignmentRule

PAGE = "rule_conditions"


@require_safe
def rule_conditions(request):
    """`view` is the rule that gets the conditions in the URL; without it, a new one does."""
    pk = parse_number(request.GET.get("view", ""))
    if not request.user.has_perm(AssignmentRule.get_right("add" if pk is None else "change")):
        raise PermissionDenied
    rule = None if pk is None else get_rule_or_404(pk)
    kind = get_leads_kind()
    data = get_allowed_filters(kind, request.GET, request.user)
    page = resolve_url("assignment:rule", pk) if rule else resolve_url("assignment:rule_new")
    context = build_conditions_context(kind, data, request.user, rule, PAGE)
    context |= {
        "rule": rule,
        "done": f"{page}?{urlencode({'conditions': context['listing'].query})}",
        "page": page if rule else resolve_url("assignment:rules"),
    }
    context["past"], context["met"] = count_last_and_matching_leads(data, request.user)
    fragments = {"records": "leads/rules/_conditions.html"}
    return render_response(request, "leads/rules/conditions.html", context, fragments=fragments)
