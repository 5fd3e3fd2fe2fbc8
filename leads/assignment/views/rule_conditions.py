"""Composing the conditions of an assignment rule, with the filters of the lead list."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import QueryDict
from django.shortcuts import resolve_url
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import number_of
from crm.platform.web.responses import answer
from crm.records.listing.filter_alternatives import all_or_any
from crm.records.listing.filter_urls import view_in_address
from crm.records.listing.record_list import Listing
from leads.assignment.rule_conditions import filters_in, leads_kind, read
from leads.assignment.rule_preview import how_many_met
from leads.assignment.views.assignment_rule import rule_or_404
from leads.models import AssignmentRule

PAGE = "rule_conditions"


@require_safe
def rule_conditions(request):
    """`view` is the rule that gets the conditions in the URL; without it, a new one does."""
    pk = number_of(request.GET.get("view", ""))
    if not request.user.has_perm(AssignmentRule.right("add" if pk is None else "change")):
        raise PermissionDenied
    rule = None if pk is None else rule_or_404(pk)
    data = filters_in(request.GET, request.user)
    context = drawn(Listing(leads_kind(), data, request.user), rule)
    context["problem"] = read(data).problem
    context["past"], context["met"] = how_many_met(data, request.user)
    fragments = {"records": "leads/rules/_conditions.html"}
    return answer(request, "leads/rules/conditions.html", context, fragments=fragments)


def drawn(listing: Listing, rule: AssignmentRule | None) -> dict:
    chips, pk = listing.filters.chips(), rule and rule.pk
    page = resolve_url("assignment:rule", pk) if rule else resolve_url("assignment:rule_new")
    return {
        "kind": listing.kind,
        "rule": rule,
        "listing": listing,
        "chips": chips,
        "turned": all_or_any(QueryDict(listing.query), [chip.own for chip in chips]),
        "in_view": view_in_address(pk, PAGE),
        "shown_on": PAGE,
        # "Clear all" stays on the page of this rule.
        "kept": view_in_address(pk),
        "done": f"{page}?{urlencode({'conditions': listing.query})}",
        "page": page if rule else resolve_url("assignment:rules"),
    }
