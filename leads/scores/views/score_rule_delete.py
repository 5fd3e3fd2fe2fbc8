"""Deleting a score rule: leads lose its points."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import one_at_a_time, record_settings_change, show_change_message
from leads.models import ScoreRule
from leads.scores.views.score_rule import get_score_rule_or_404
from leads.settings.settings_tables import SCORE_RULES


@permission_required("leads.delete_scorerule", raise_exception=True)
@one_at_a_time
def score_rule_delete(request, pk):
    rule = get_score_rule_or_404(pk)
    if request.method != "POST":
        return render_response(request, "leads/scores/delete.html", {"kind": SCORE_RULES, "row": rule})
    with record_settings_change("retire_score_rule", by=request.user, rows=[rule.pk]) as record:
        ScoreRule.objects.filter(pk=rule.pk).retire()
    show_change_message(request, record, _("Deleted the score rule %(name)s.") % {"name": rule.label})
    return redirect("scores:rules")
