"""Sending a webhook again what it missed since a moment, with the numbers first."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from crm.api.webhooks.forms import ReplayForm
from crm.api.webhooks.replay import MOST_REPLAYED, count_replayed, start_replay
from crm.api.webhooks.views.webhook import changing, check_webhook_is_on, get_changeable_webhook
from crm.platform.web.responses import render_response


@changing
def webhook_replay(request, pk):
    """`since` and `what` are in the URL; POST sends what they say."""
    webhook = get_changeable_webhook(request.user, pk)
    form = ReplayForm(request.GET if "since" in request.GET else None, webhook=webhook)
    if request.method == "POST" and form.is_valid() and check_webhook_is_on(request, webhook):
        start_replay(webhook, form.cleaned_data["since"], request.user, everything=form.sends_everything)
        messages.success(request, _("The changes are being sent. The log will show the results."))
        return redirect("webhook", pk)
    context = {"webhook": webhook, "form": form}
    if form.is_valid():
        counts = count_replayed(webhook, form.cleaned_data["since"])
        sent = counts.count_sent(everything=form.sends_everything)
        context |= {"counts": counts, "sent": sent, "is_cut": sent == MOST_REPLAYED}
    return render_response(request, "webhooks/replay.html", context, status=422 if form.errors else 200)
