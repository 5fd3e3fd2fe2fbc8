"""One automation: its sentence, whether it is on, and its log."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.views.decorators.http import require_safe

from automations.definition.sentences import build_sentence
from automations.log_lines import build_log_lines, visible_runs_queryset
from automations.models import Automation, AutomationRun
from automations.run_now.requested_run import may_run
from automations.running.clock_days import get_next_look_of
from automations.running.waiting_steps import waiting_records_queryset
from automations.trial.trial_run import get_last_trial
from automations.views.access import get_automation_or_404, may_change
from crm.platform.web.id_parsing import get_newest_page, parse_number
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import KINDS

PAGE = 50


@permission_required("automations.view_automation", raise_exception=True)
@require_safe
def automation(request, pk):
    found, outcome = get_automation_or_404(pk, request.user), request.GET.get("outcome", "")
    record = parse_number(request.GET.get("record", ""))
    log = visible_runs_queryset(found, request.user, outcome, record)
    runs, older = get_newest_page(log, request.GET, PAGE)
    changeable = may_change(found, request.user)
    trial = get_last_trial(found, request.user)
    context = {
        "automation": found,
        "kind": KINDS[found.table_of],
        "sentence": build_sentence(found, request.user),
        "lines": build_log_lines(found, runs, request.user),
        "next": older,
        "outcome": outcome,
        "of_record": find_record(found, record, request.user),
        "outcomes": AutomationRun.Outcome.choices,
        "trial": trial,
        "tried": found.acts_by_clock or (trial is not None and trial.is_about(found)),
        "may_change": changeable,
        "may_run": changeable and may_run(found, request.user),
        "waiting": waiting_records_queryset(found, request.user).count(),
        "next_look": get_next_look_of(found),
    }
    return render_response(request, "automations/automation.html", context)


def find_record(found: Automation, pk: int | None, user: Any) -> Any:
    """The record that the log is narrowed to, or None; one that the user doesn't see leaves an empty log."""
    return KINDS[found.table_of].model.objects.visible_to(user).filter(pk=pk).first() if pk else None
