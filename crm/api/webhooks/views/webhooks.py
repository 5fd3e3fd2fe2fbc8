"""The webhooks: the URLs that are notified of operations, and the results of the last deliveries."""

from django.contrib.auth.decorators import permission_required
from django.shortcuts import render
from django.views.decorators.http import require_safe

from crm.api.webhooks.delivery_log import describe_webhook_kinds
from crm.models import Webhook


@permission_required("crm.view_webhook", raise_exception=True)
@require_safe
def webhooks(request):
    rows = Webhook.objects.visible_to(request.user).with_last_delivery().newest_first()
    return render(
        request, "webhooks/list.html", {"lines": [(row, describe_webhook_kinds(row)) for row in rows]}
    )
