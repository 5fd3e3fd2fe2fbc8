"""Adding or changing an automation: when, if, then."""

from django.contrib.auth.decorators import permission_required
from django.http import QueryDict
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _

from automations.examples import get_example
from automations.forms import AutomationForm
from automations.models import Automation
from automations.running.waiting_steps import waiting_records_queryset
from automations.trial.trial_run import start_trial
from automations.views.access import get_changeable_automation_or_404
from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import one_at_a_time, show_change_message
from crm.records.kinds.kind_registry import get_viewable_kinds

# What was entered while the conditions are composed on their page.
DRAFT = "automation_draft"
DAYS = 90


@permission_required("automations.add_automation", raise_exception=True)
@one_at_a_time
def automation_new(request):
    """Of the record type `of`; `example` fills the form in."""
    kinds = {kind.name: kind for kind in get_viewable_kinds(request.user)}
    kind = kinds.get(request.POST.get("of") or request.GET.get("of", "")) or next(iter(kinds.values()))
    example = get_example(request.GET.get("example", ""), request.user)
    return save_or_show_form(request, example or Automation(table_of=kind.name, owner=request.user))


@permission_required("automations.change_automation", raise_exception=True)
@one_at_a_time
def automation_edit(request, pk):
    return save_or_show_form(request, get_changeable_automation_or_404(pk, request.user))


def save_or_show_form(request, automation: Automation):
    form = build_form(request, automation)
    if request.method == "POST" and request.POST.get("act") == "conditions":
        request.session[DRAFT] = request.POST.urlencode()
        view = f"&view={automation.pk}" if automation.pk else ""
        page = form.kind.get_url(f"automations:{form.kind.name}_conditions")
        return redirect(f"{page}?{form.asked_conditions or 'all=1'}{view}")
    if form.is_bound and form.is_valid():
        record = form.write(request.user)
        words = _("Saved the automation “%(name)s”.") % {"name": automation.name}
        show_change_message(request, record, words)
        if "try" in request.POST:
            if not automation.acts_by_clock:
                start_trial(automation, request.user, DAYS)
            return redirect("automations:trial", automation.pk)
        return redirect("automations:automation", automation.pk)
    waiting = waiting_records_queryset(automation, request.user).count() if automation.pk else 0
    context = {
        "form": form,
        "automation": automation,
        "kinds": get_viewable_kinds(request.user),
        "waiting": waiting,
    }
    fragments = {"automation-form": "automations/_form.html"}
    status = form.status_code if form.is_bound else 200
    return render_response(request, "automations/form.html", context, fragments=fragments, status=status)


def build_form(request, automation: Automation) -> AutomationForm:
    data, act = (request.POST, request.POST.get("act", "")) if request.method == "POST" else (None, "")
    if data is None and "draft" in request.GET and DRAFT in request.session:
        data, act = QueryDict(request.session[DRAFT]), "draft"
    return AutomationForm(
        data, act=act, viewer=request.user, asked=request.GET.get("conditions"), instance=automation
    )


def get_form_url(automation: Automation | None, table: str) -> str:
    """The address of the form that the page of the conditions leads back to."""
    if automation:
        return resolve_url("automations:edit", automation.pk)
    return f"{resolve_url('automations:new')}?of={table}"
