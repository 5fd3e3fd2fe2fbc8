"""Trying a webhook: the request for a test or for a recent change, exactly as it is sent; POST sends it."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from crm.api.webhooks.trial import build_trial_body, get_recent_operations
from crm.api.webhooks.views.webhook import changing, check_webhook_is_on, get_changeable_webhook
from crm.api.webhooks.webhook_delivery import send_operation, send_test
from crm.platform.web.id_parsing import parse_number
from crm.records.history.visible_operations import describe_operation


@changing
def webhook_trial(request, pk):
    """`operation` is one of the recent changes; without it, or if it is gone by now, it is the test."""
    webhook = get_changeable_webhook(request.user, pk)
    recent = {record.pk: record for record in get_recent_operations(webhook)}
    sent = request.POST if request.method == "POST" else request.GET
    chosen = recent.get(parse_number(sent.get("operation", "")) or 0)
    if request.method == "POST":
        if check_webhook_is_on(request, webhook):
            send_operation(webhook, chosen) if chosen else send_test(webhook)
            messages.success(request, _("The call is being sent. The log will show the result."))
        return redirect("webhook", pk)
    options = [(record, describe_operation(record, request.user)) for record in recent.values()]
    context = {"webhook": webhook, "options": options, "chosen": chosen}
    return render(request, "webhooks/trial.html", context | {"body": build_trial_body(webhook, chosen)})
