"""The rules of duplicates, in Settings."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from duplicates.existing_record_policies import ELSEWHERE
from duplicates.forms import DuplicateRulesForm
from duplicates.models import DuplicateRules
from duplicates.permissions import RULES_PERMISSION
from duplicates.scanning.exact_matches import SWITCHBOARD


@permission_required(RULES_PERMISSION, raise_exception=True)
@one_at_a_time
def rules(request):
    form = DuplicateRulesForm(get_posted_data(request), instance=DuplicateRules.get_current())
    if form.is_bound and form.is_valid():
        show_change_message(request, form.write(request.user), _("Saved the rules of duplicates."))
        return redirect("duplicates:rules")
    elsewhere = [tab for tab in ELSEWHERE if request.user.has_perm(tab.permission)]
    context = {"form": form, "most": SWITCHBOARD, "elsewhere": elsewhere}
    return render_response(request, "duplicates/rules.html", context, status=form.status_code)
