"""Composing the conditions of an assignment rule, with the filters of the lead list."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import resolve_url
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.listing.filter_alternatives import swap_all_and_any
from crm.records.listing.filter_urls import build_view_parameter
from crm.records.listing.record_list import RecordList
from leads.assignment.rule_conditions import get_allowed_filters, get_leads_kind, parse_conditions
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
    data = get_allowed_filters(request.GET, request.user)
    context = build_context(RecordList(get_leads_kind(), data, request.user), rule)
    context["problem"] = parse_conditions(data).problem
    context["past"], context["met"] = count_last_and_matching_leads(data, request.user)
    fragments = {"records": "leads/rules/_conditions.html"}
    return render_response(request, "leads/rules/conditions.html", context, fragments=fragments)


def build_context(listing: RecordList, rule: AssignmentRule | None) -> dict:
    chips, pk = listing.filters.build_chips(), rule and rule.pk
    page = resolve_url("assignment:rule", pk) if rule else resolve_url("assignment:rule_new")
    return {
        "kind": listing.kind,
        "rule": rule,
        "listing": listing,
        "chips": chips,
        "turned": swap_all_and_any(QueryDict(listing.query), [chip.own for chip in chips]),
        "in_view": build_view_parameter(pk, PAGE),
        "shown_on": PAGE,
        # "Clear all" stays on the page of this rule.
        "kept": build_view_parameter(pk),
        "done": f"{page}?{urlencode({'conditions': listing.query})}",
        "page": page if rule else resolve_url("assignment:rules"),
    }
