"""The weights and outcomes of the queue, in Settings."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import answer
from crm.records.editing.settings_change import one_at_a_time, posted, say
from leads.models import QueueRules
from leads.queue.forms import RulesForm


@permission_required("leads.change_queuerules", raise_exception=True)
@one_at_a_time
def queue_rules(request):
    form = RulesForm(posted(request), instance=QueueRules.current())
    if form.is_bound and form.is_valid():
        say(request, form.write(request.user), _("Saved the rules of the queue."))
        return redirect("leads:queue_rules")
    return answer(request, "leads/settings/queue_rules.html", {"form": form}, status=form.status_code)
