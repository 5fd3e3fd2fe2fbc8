"""One incoming webhook: its address, its settings, its mapping in short, and the log of its calls."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.responses import render_response
from intake.models import IncomingUse, IncomingWebhook
from intake.webhooks.log_lines import LOG_PAGE_SIZE, build_log_lines


@permission_required("intake.view_incomingwebhook", raise_exception=True)
@require_safe
def webhook(request, pk):
    context = build_page_context(request, get_visible_webhook(request.user, pk))
    return render_response(request, "intake/webhooks/webhook.html", context)


def get_visible_webhook(user, pk: int) -> IncomingWebhook:
    rows = IncomingWebhook.objects.visible_to(user).select_related("department", "owner", "source", "status")
    return get_object_or_404(rows, pk=pk)


def get_changeable_webhook(user, pk: int) -> IncomingWebhook:
    """Raises Http404, or PermissionDenied for one that the user only sees."""
    found = get_visible_webhook(user, pk)
    if not IncomingWebhook.objects.changeable_by(user).filter(pk=pk).exists():
        raise PermissionDenied
    return found


def build_page_context(request, shown: IncomingWebhook) -> dict:
    calls = shown.calls.newest_first()
    if before := parse_number(request.GET.get("before", "")):
        calls = calls.before(before)
    rows = list(calls.defer("body")[: LOG_PAGE_SIZE + 1])
    return {
        "webhook": shown,
        "use": IncomingUse.objects.filter(pk=shown.pk).first(),
        "lines": build_log_lines(rows[:LOG_PAGE_SIZE], shown, request.user),
        "older": rows[LOG_PAGE_SIZE - 1].pk if len(rows) > LOG_PAGE_SIZE else None,
        "waiting": shown.calls.waiting().may_be_repeated().count(),
    }


def render_page_with_secret(request, shown: IncomingWebhook, secret: str):
    """The response with the secret isn't stored anywhere: no redirect, no session, no browser history."""
    fresh = get_visible_webhook(request.user, shown.pk)
    context = build_page_context(request, fresh) | {"secret": secret, "address": fresh.build_address(secret)}
    shown_once = render(request, "intake/webhooks/webhook.html", context)
    shown_once["Cache-Control"] = "no-store"
    return shown_once
