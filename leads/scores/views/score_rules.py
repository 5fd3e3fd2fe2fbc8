"""The score rules in order, how many leads have which score, and how far a new count has come."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.responses import render_response
from crm.records.editing.row_order import order_buttons
from crm.records.editing.settings_change import one_at_a_time
from leads.assignment.rule_conditions import describe_conditions, get_leads_kind
from leads.models import ScoreRule
from leads.scores.fading_dates import describe_fading_date
from leads.scores.score_conditions import get_counted_conditions
from leads.scores.score_distribution import build_score_ranges
from leads.scores.scoring import restart_scoring_round, stop_scoring_round
from leads.scores.scoring_round import get_scoring_round
from leads.settings.lists.list_page import move_row_and_redirect
from leads.settings.settings_tables import SCORE_RULES


@permission_required("leads.view_scorerule", raise_exception=True)
@require_safe
def score_rules(request):
    """To htmx, only how far the round under way has come: the page asks for it every two seconds."""
    rights = SCORE_RULES.get_rights(request.user)
    context = {"rights": rights, "kind": get_leads_kind(), "round": get_scoring_round()}
    if request.htmx.target == "round":
        return render_response(request, "leads/scores/_round.html", context)
    found = list(ScoreRule.objects.active().in_order())
    last = len(found) - 1
    lines = [
        {
            "rule": rule,
            "order": order_buttons(rule, first=place == 0, last=place == last),
            "conditions": describe_conditions(rule.conditions, request.user) if rule.counts_facts else "",
            "fades_from": describe_fading_date(rule, request.user),
            "problem": get_counted_conditions(rule).problem if rule.counts_facts else "",
        }
        for place, rule in enumerate(found)
    ]
    context |= {"lines": lines, "ranges": build_score_ranges(request.user) if found else []}
    return render_response(request, "leads/scores/list.html", context)


@permission_required("leads.change_scorerule", raise_exception=True)
@require_POST
def scoring_round(request):
    """Stop the round under way, or start the one that was stopped."""
    if "restart" in request.POST:
        restart_scoring_round()
    elif stop_scoring_round():
        messages.success(request, _("Scoring was stopped. The rules stay as they are."))
    else:
        messages.info(request, _("All leads have already been scored."))
    return redirect("scores:rules")


@permission_required("leads.change_scorerule", raise_exception=True)
@require_POST
@one_at_a_time
def score_rule_order(request):
    """Move one step up or down."""
    rules = ScoreRule.objects.active().in_order()
    return move_row_and_redirect(request, SCORE_RULES, lambda rule: rules, _("Score rules reordered."))
