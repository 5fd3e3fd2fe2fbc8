"""The mapping of an incoming webhook: which field each path of a body fills."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.platform.web.responses import render_response
from crm.records.editing.settings_change import get_posted_data, one_at_a_time, show_change_message
from intake.webhooks.mapping_form import MappingForm
from intake.webhooks.views.incoming_webhook import get_changeable_webhook


@permission_required("intake.change_incomingwebhook", raise_exception=True)
@one_at_a_time
def mapping(request, pk):
    webhook = get_changeable_webhook(request.user, pk)
    form = MappingForm(webhook, get_posted_data(request), suggest="suggest" in request.GET)
    if form.is_valid():
        show_change_message(
            request, form.write(request.user), _("Saved the mapping of %(name)s.") % {"name": webhook.name}
        )
        return redirect("incoming:webhook", pk)
    context = {"webhook": webhook, "form": form}
    return render_response(request, "intake/webhooks/mapping.html", context, status=form.status_code)
