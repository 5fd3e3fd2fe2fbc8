"""Trying an automation over recorded changes, with the records on which it would have acted; nothing is written to them."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect

from automations.definition.sentences import build_sentence
from automations.models import Automation, AutomationTrial
from automations.trial.due_forecast import build_due_forecast
from automations.trial.present_conditions import describe_present_conditions
from automations.trial.trial_lines import ACTED, REFUSED, build_trial_page, describe_trial_reason
from automations.trial.trial_run import get_last_trial, get_trial_job, start_trial
from automations.views.access import get_automation_or_404, may_change
from crm.platform.database.read_routing import on_primary
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import KINDS


@on_primary
@permission_required("automations.view_automation", raise_exception=True)
def trial(request, pk):
    """POST starts a trial over the last `days`; one by the clock has what becomes due instead."""
    automation = get_automation_or_404(pk, request.user)
    if request.method == "POST" and automation.acts_by_clock:
        return redirect("automations:trial", pk)
    if request.method == "POST":
        days = {str(value): value for value in AutomationTrial.Days.values}
        start_trial(
            automation, request.user, days.get(request.POST.get("days", ""), AutomationTrial.Days.QUARTER)
        )
        return redirect("automations:trial", pk)
    context = build_context(request, automation)
    fragments = {"trial": "automations/_trial.html"}
    return render_response(request, "automations/trial.html", context, fragments=fragments)


def build_context(request, automation: Automation) -> dict:
    kind, found = KINDS[automation.table_of], get_last_trial(automation, request.user)
    shown = REFUSED if request.GET.get("shown") == REFUSED else ACTED
    context = {
        "automation": automation,
        "kind": kind,
        "sentence": build_sentence(automation, request.user),
        "trial": found,
        "periods": AutomationTrial.Days.choices,
        "may_change": may_change(automation, request.user),
    }
    if automation.acts_by_clock:
        return context | {"forecast": build_due_forecast(automation, request.user)}
    if found is None:
        return context
    context |= {"job": get_trial_job(found), "tried": found.is_about(automation), "shown": shown}
    if found.finished_at:
        context["page"] = build_trial_page(found, request.user, shown, request.GET.get("before", ""))
        context["today"] = describe_present_conditions(automation, request.user)
        context["reasons"] = [(describe_trial_reason(code, kind), number) for code, number in found.reasons]
    return context
