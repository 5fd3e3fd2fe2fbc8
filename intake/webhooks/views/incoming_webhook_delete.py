"""Deleting an incoming webhook with its log."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.records.editing.settings_change import one_at_a_time, record_settings_change
from intake.webhooks.views.incoming_webhook import get_changeable_webhook


@permission_required("intake.delete_incomingwebhook", raise_exception=True)
@one_at_a_time
def delete(request, pk):
    webhook = get_changeable_webhook(request.user, pk)
    if request.method == "POST":
        rows, name = [webhook.pk], webhook.name
        with record_settings_change("delete_incoming_webhook", by=request.user, rows=rows, name=name):
            webhook.delete()
        messages.success(
            request, _("The incoming webhook %(name)s and its log have been deleted.") % {"name": name}
        )
        return redirect("incoming:list")
    return render(request, "intake/webhooks/delete.html", {"webhook": webhook})
