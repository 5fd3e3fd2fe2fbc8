"""The weights and outcomes of the queue, in Settings."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from leads.models import QueueRules
from leads.queue.forms import RulesForm


@permission_required("leads.change_queuerules", raise_exception=True)
@one_at_a_time
def queue_rules(request):
    form = RulesForm(get_posted_data(request), instance=QueueRules.get_current())
    if form.is_bound and form.is_valid():
        show_change_message(request, form.write(request.user), _("Saved the rules of the queue."))
        return redirect("leads:queue_rules")
    return render_response(
        request, "leads/settings/queue_rules.html", {"form": form}, status=form.status_code
    )
