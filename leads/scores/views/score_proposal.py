"""What told won leads from lost ones in the past, as score rules to choose from."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from crm.platform.database.read_routing import on_primary
from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import one_at_a_time, show_change_message
from leads.models import ScoreProposal
from leads.models.score_rule import MOST_RULES
from leads.scores.proposal.adoption import add_proposed_rules, find_chosen_lines, has_room_for
from leads.scores.proposal.closed_leads import DAY, TRIED_DAYS, build_list_query
from leads.scores.proposal.points_from_counts import get_win_rate
from leads.scores.proposal.proposal_lines import (
    LEAST_OF_EACH,
    build_proposal_lines,
    build_trial,
    get_whole,
    has_enough,
)
from leads.scores.proposal.proposal_run import get_last_proposal, get_proposal_job, start_proposal

DATE = "j M Y"


@on_primary
@permission_required("leads.add_scorerule", raise_exception=True)
def score_proposal(request):
    """POST counts the past again."""
    if request.method == "POST":
        start_proposal(request.user)
        return redirect("scores:proposal")
    proposal = get_last_proposal(request.user)
    context: dict[str, Any] = {"proposal": proposal, "least": LEAST_OF_EACH}
    if proposal is not None:
        context["job"] = get_proposal_job(proposal)
        context |= _build_result(proposal, request.user) if proposal.finished_at else {}
    fragments = {"proposal": "leads/scores/proposal/_proposal.html"}
    return render_response(request, "leads/scores/proposal/proposal.html", context, fragments=fragments)


def _build_result(proposal: ScoreProposal, viewer: Any) -> dict[str, Any]:
    since, quarter = proposal.since, proposal.quarter
    lines = build_proposal_lines(proposal, viewer) if has_enough(proposal) else []
    return {
        "enough": has_enough(proposal),
        "rate": get_win_rate(get_whole(proposal)),
        "since": date_format(since, DATE),
        "until": date_format(quarter - DAY, DATE),
        "tried_days": TRIED_DAYS,
        "lines": lines,
        "offers": any(line.rule is None for line in lines),
        "trial": build_trial(proposal),
        "won_query": build_list_query(since, quarter, won=True),
        "lost_query": build_list_query(since, quarter, won=False),
        "tried_query": build_list_query(quarter, None, won=True),
    }


@permission_required("leads.add_scorerule", raise_exception=True)
@require_POST
@one_at_a_time
def score_proposal_add(request):
    """Add the chosen facts as rules."""
    proposal = get_last_proposal(request.user)
    asked = request.POST.getlist("fact")
    lines = find_chosen_lines(proposal, asked, request.user) if proposal else []
    if not lines:
        messages.error(request, _("Choose at least one fact."))
        return redirect("scores:proposal")
    if not has_room_for(lines):
        messages.error(request, _("There can be at most %(most)s score rules.") % {"most": MOST_RULES})
        return redirect("scores:proposal")
    record = add_proposed_rules(lines, request.user)
    words = ngettext("Added %(number)s score rule.", "Added %(number)s score rules.", len(lines))
    counted = _("All leads are counted again.")
    show_change_message(request, record, f"{words % {'number': len(lines)}} {counted}")
    return redirect("scores:rules")
