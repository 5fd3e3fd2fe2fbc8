"""One automation: its sentence, whether it is on, and its log."""

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from automations.definition.sentences import build_sentence
from automations.log_lines import build_log_lines, visible_runs_queryset
from automations.models import AutomationRun
from automations.running.clock_days import get_next_look_of
from automations.running.waiting_steps import waiting_records_queryset
from automations.trial.trial_run import get_last_trial
from automations.views.access import get_automation_or_404, may_change
from crm.platform.web.id_parsing import get_newest_page
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import KINDS

PAGE = 50


@permission_required("automations.view_automation", raise_exception=True)
@require_safe
def automation(request, pk):
    found, outcome = get_automation_or_404(pk, request.user), request.GET.get("outcome", "")
    runs, older = get_newest_page(visible_runs_queryset(found, request.user, outcome), request.GET, PAGE)
    trial = get_last_trial(found, request.user)
    context = {
        "automation": found,
        "kind": KINDS[found.table_of],
        "sentence": build_sentence(found, request.user),
        "lines": build_log_lines(found, runs, request.user),
        "next": older,
        "outcome": outcome,
        "outcomes": AutomationRun.Outcome.choices,
        "trial": trial,
        "tried": found.acts_by_clock or (trial is not None and trial.is_about(found)),
        "may_change": may_change(found, request.user),
        "waiting": waiting_records_queryset(found, request.user).count(),
        "next_look": get_next_look_of(found),
    }
    return render_response(request, "automations/automation.html", context)
