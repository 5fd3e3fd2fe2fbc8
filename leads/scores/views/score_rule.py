"""Adding or changing a score rule."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from leads.models import ScoreRule
from leads.scores.forms import ScoreRuleForm
from leads.settings.row_history import get_row_history
from leads.settings.settings_tables import SCORE_RULES


@permission_required("leads.add_scorerule", raise_exception=True)
@one_at_a_time
def score_rule_new(request):
    asked = request.GET.get("conditions", "")
    return save_or_show_form(
        request, ScoreRuleForm(get_posted_data(request), viewer=request.user, asked=asked)
    )


@permission_required("leads.change_scorerule", raise_exception=True)
@one_at_a_time
def score_rule_edit(request, pk):
    rule, asked = get_score_rule_or_404(pk), request.GET.get("conditions")
    return save_or_show_form(
        request, ScoreRuleForm(get_posted_data(request), instance=rule, viewer=request.user, asked=asked)
    )


def save_or_show_form(request, form: ScoreRuleForm):
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        words = _("Saved the score rule %(name)s. All leads are counted again.")
        show_change_message(request, record, words % {"name": form.instance.label})
        return redirect("scores:rules")
    context = {
        "kind": SCORE_RULES,
        "form": form,
        # Its conditions may name users of all departments.
        "history": get_row_history(form.instance, ScoreRule.table)
        if not form.is_new and request.user.sees_everything
        else [],
    }
    return render_response(request, "leads/scores/form.html", context, status=form.status_code)


def get_score_rule_or_404(pk: int) -> ScoreRule:
    """A rule that isn't deleted."""
    rule = ScoreRule.objects.active().filter(pk=pk).first()
    if rule is None:
        raise Http404
    return rule
