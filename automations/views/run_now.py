"""Running an automation for the records that meet its conditions now: POST finds them, then a preview, then a change like any other."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from automations.definition.sentences import build_sentence
from automations.models import Automation
from automations.run_now.matching_records import (
    freeze_matching_records,
    get_run_obstacle,
    get_size_problem,
)
from automations.run_now.requested_run import may_run, needs_job, run_for_set, start_run_job
from automations.run_now.run_preview import build_run_forecast
from automations.run_now.trigger_state import DUE
from automations.views.access import get_changeable_automation_or_404
from crm.models import FrozenSet
from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList


@permission_required("automations.change_automation", raise_exception=True)
def run_now(request, pk):
    """`set` is the frozen set; without one, POST freezes it. A second click finds the operation of the first."""
    automation = get_changeable_automation_or_404(pk, request.user)
    if not may_run(automation, request.user):
        raise PermissionDenied
    if problem := get_run_obstacle(automation, request.user):
        messages.warning(request, problem)
        return redirect("automations:automation", pk)
    if "set" not in request.GET:
        return (
            freeze(request, automation)
            if request.method == "POST"
            else redirect("automations:automation", pk)
        )
    frozen = get_own_set(request, automation)
    if frozen.operation_id:
        return redirect("operation", frozen.operation_id)
    if request.method == "POST":
        return apply_run(request, automation, frozen)
    return render_response(request, "automations/run_now.html", build_context(request, automation, frozen))


def freeze(request, automation: Automation):
    frozen = freeze_matching_records(automation, request.user)
    problem = get_size_problem(frozen)
    if not frozen.count:
        problem = _("No records that you can change match now.")
    if problem:
        frozen.delete()
        messages.info(request, problem)
        return redirect("automations:automation", automation.pk)
    return redirect(f"{reverse('automations:run_now', args=[automation.pk])}?set={frozen.pk}")


def get_own_set(request, automation: Automation) -> FrozenSet:
    """The user's set of such records; locked while it is used, so that two clicks on the button make one operation."""
    sets = FrozenSet.objects.alive_of_user(request.user, automation.table_of).defer("ids")
    rows = sets.select_for_update() if request.method == "POST" else sets
    found = rows.filter(pk=parse_number(request.GET["set"]) or 0).first()
    if found is None:
        raise Http404
    return found


def apply_run(request, automation: Automation, frozen: FrozenSet):
    values = {
        "skips_acted": "skip_acted" in request.POST,
        "note": request.POST.get("note", "").strip()[:500],
    }
    if needs_job(automation, frozen):
        return redirect("job", start_run_job(automation, frozen, request.user, **values).pk)
    return redirect("operation", run_for_set(automation, frozen, request.user, **values).pk)


def build_context(request, automation: Automation, frozen: FrozenSet) -> dict:
    kind, skips = KINDS[automation.table_of], "skip_acted" in request.GET
    return {
        "automation": automation,
        "kind": kind,
        "set": frozen,
        "sentence": build_sentence(automation, request.user),
        "is_due": automation.trigger in DUE,
        "listing": RecordList(kind, QueryDict(frozen.query), request.user),
        "forecast": build_run_forecast(automation, frozen, request.user, skips_acted=skips),
        "skips_acted": skips,
    }
