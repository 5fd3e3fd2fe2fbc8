"""One webhook: its URL and events, its delivery log, resending one delivery, turning it off and on, deleting it."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm.api.webhooks.delivery_log import LOG_PAGE_SIZE, build_delivery_lines, describe_webhook_kinds
from crm.api.webhooks.webhook_delivery import queue_redelivery
from crm.models import Webhook, WebhookDelivery
from crm.platform.web.responses import render_response
from crm.records.kinds.record_uses import get_uses

changing = permission_required("crm.change_webhook", raise_exception=True)


@permission_required("crm.view_webhook", raise_exception=True)
@require_safe
def webhook(request, pk):
    shown = get_visible_webhook(request.user, pk)
    context = build_page_context(request, shown, before=request.GET.get("before", ""))
    return render_response(request, "webhooks/webhook.html", context, fragments={"log": "webhooks/_log.html"})


def get_visible_webhook(user, pk: int) -> Webhook:
    return get_object_or_404(Webhook.objects.visible_to(user).select_related("user"), pk=pk)


def get_changeable_webhook(user, pk: int) -> Webhook:
    """Raises Http404, or PermissionDenied for a webhook of a user with more permissions."""
    found = get_visible_webhook(user, pk)
    if not Webhook.objects.changeable_by(user).filter(pk=pk).exists():
        raise PermissionDenied
    return found


def build_page_context(request, shown: Webhook, before: str = "") -> dict:
    deliveries = shown.deliveries.newest_first().select_related("operation__by", "operation__undoes")
    if before.isdecimal() and len(before) < 19:
        deliveries = deliveries.before(int(before))
    rows = list(deliveries[: LOG_PAGE_SIZE + 1])
    return {
        "webhook": shown,
        "told_of": describe_webhook_kinds(shown),
        "mine": Webhook.objects.changeable_by(request.user).filter(pk=shown.pk).exists(),
        "lines": build_delivery_lines(rows[:LOG_PAGE_SIZE], request.user),
        "on_its_way": any(row.state == WebhookDelivery.State.WAITING for row in rows),
        "older": rows[LOG_PAGE_SIZE - 1].pk if len(rows) > LOG_PAGE_SIZE else None,
        "before": before,
    }


def render_page_with_secret(request, shown: Webhook, secret: str):
    """The response with the secret isn't stored anywhere: no redirect, no session, no browser history."""
    context = build_page_context(request, get_visible_webhook(request.user, shown.pk)) | {"secret": secret}
    shown_once = render(request, "webhooks/webhook.html", context)
    shown_once["Cache-Control"] = "no-store"
    return shown_once


@require_POST
@changing
def webhook_rotate(request, pk):
    """Replace the secret; calls are signed with the new one from now on."""
    changed = get_changeable_webhook(request.user, pk)
    secret = changed.set_new_secret()
    changed.save(update_fields=["secret"])
    return render_page_with_secret(request, changed, secret)


@require_POST
@changing
def webhook_switch(request, pk):
    changed = get_changeable_webhook(request.user, pk)
    changed.active, failed = request.POST.get("active") == "yes", changed.failing_since
    if changed.active and not changed.user.is_active:
        raise PermissionDenied
    changed.forget_failures()
    changed.save(update_fields=["active", "failing_since", "slow"])
    if not changed.active:
        messages.success(request, _("The webhook is off and won’t be notified of changes."))
        return redirect("webhook", pk)
    messages.success(request, _("The webhook is on."))
    # After an outage, the next question is what it missed.
    return redirect("webhook_replay" if failed else "webhook", pk)


@require_POST
@changing
def webhook_again(request, pk):
    """Resend one delivery of the log, whatever its result was."""
    told = get_changeable_webhook(request.user, pk)
    number = request.POST.get("delivery", "")
    delivery = None
    if number.isdecimal() and len(number) < 19:
        delivery = told.deliveries.filter(pk=int(number)).first()
    if delivery is None:
        messages.error(request, _("This delivery is no longer in the log. Nothing was sent."))
    elif check_webhook_is_on(request, told):
        queue_redelivery(delivery)
        messages.success(request, _("The delivery is being sent again. The log will show the result."))
    return redirect("webhook", pk)


def check_webhook_is_on(request, asked: Webhook) -> bool:
    """Whether the webhook is on; if not, the next page says so."""
    if not (asked.active and asked.user.is_active):
        messages.error(request, _("The webhook is off. Nothing was sent."))
        return False
    return True


@permission_required("crm.delete_webhook", raise_exception=True)
def webhook_remove(request, pk):
    removed = get_changeable_webhook(request.user, pk)
    if request.method == "POST":
        removed.delete()
        messages.success(request, _("The webhook and its log have been deleted."))
        return redirect("webhooks")
    context = {"webhook": removed, "others": get_uses(removed, request.user)}
    return render(request, "webhooks/remove.html", context)
