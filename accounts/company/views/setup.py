"""The checklist of the first hour: what is done, what is left, and what was skipped."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.company.company_change import CONFIRM, HIDE, RETURN, SHOW, SKIP, change_setup_progress
from crm.models import SetupProgress
from crm.platform.web.start_page.setup_steps import RIGHT, get_setup_lines
from crm.platform.web.views.errors import bad_request
from crm.records.editing.settings_change import one_at_a_time, show_change_message


@permission_required(RIGHT, raise_exception=True)
@one_at_a_time
def setup(request):
    if request.method == "POST":
        act, step = request.POST.get("act", ""), request.POST.get("step", "")
        record = change_setup_progress(act, step, by=request.user)
        if record is None:
            return bad_request(request)
        show_change_message(request, record, _get_message(act))
        return redirect("setup")
    lines = get_setup_lines(request.user)
    context = {
        "lines": lines,
        "left": sum(line.is_open for line in lines),
        "hidden": SetupProgress.get_current().hidden,
    }
    return render(request, "accounts/setup.html", context)


def _get_message(act: str) -> str:
    return {
        SKIP: _("Skipped the step."),
        CONFIRM: _("Confirmed the step as it is."),
        RETURN: _("The step is on the checklist again."),
        HIDE: _("The checklist is no longer on Today."),
        SHOW: _("The checklist is on Today until its last step is done or skipped."),
    }[act]
