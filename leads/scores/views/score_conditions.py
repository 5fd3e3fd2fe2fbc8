"""Composing the conditions of a score rule, with the filters of the lead list."""

from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.shortcuts import resolve_url
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.listing.stored_conditions import build_conditions_context, get_allowed_filters
from leads.assignment.rule_conditions import get_leads_kind
from leads.models import ScoreRule
from leads.scores.matching_leads import get_matching_leads
from leads.scores.score_conditions import get_uncounted_reason
from leads.scores.views.score_rule import get_score_rule_or_404

PAGE = "score_conditions"


@require_safe
def score_conditions(request):
    """`view` is the rule that gets the conditions in the URL; without it, a new one does."""
    pk = parse_number(request.GET.get("view", ""))
    if not request.user.has_perm(ScoreRule.get_right("add" if pk is None else "change")):
        raise PermissionDenied
    rule = None if pk is None else get_score_rule_or_404(pk)
    kind = get_leads_kind()
    data = get_allowed_filters(kind, request.GET, request.user)
    page = resolve_url("scores:rule", pk) if rule else resolve_url("scores:rule_new")
    context = build_conditions_context(kind, data, request.user, rule, PAGE)
    context["problem"] = context["problem"] or get_uncounted_reason(data, request.user)
    context |= {
        "rule": rule,
        "done": f"{page}?{urlencode({'conditions': context['listing'].query})}",
        "page": page if rule else resolve_url("scores:rules"),
        "met": None if context["problem"] else get_matching_leads(context["listing"]),
    }
    fragments = {"records": "leads/scores/_conditions.html"}
    return render_response(request, "leads/scores/conditions.html", context, fragments=fragments)
