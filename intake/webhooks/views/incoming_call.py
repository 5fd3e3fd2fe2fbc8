"""One call of the log with its body; and processing calls again, after the mapping was changed."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crm.platform.web.id_parsing import parse_number
from crm.platform.web.request_cache import cache_reads_once
from crm.platform.web.responses import render_response
from intake.models import IncomingCall
from intake.webhooks.call_processing import repeat_call
from intake.webhooks.log_lines import build_log_lines
from intake.webhooks.views.incoming_webhook import get_changeable_webhook, get_visible_webhook

# How many calls one click processes.
AT_ONCE = 50


@permission_required("intake.view_incomingwebhook", raise_exception=True)
@require_safe
def call_page(request, pk, call):
    webhook = get_visible_webhook(request.user, pk)
    shown = get_object_or_404(webhook.calls, pk=call)
    (line,) = build_log_lines([shown], webhook, request.user)
    again = shown.state in shown.REPEATABLE and not shown.cut
    return render_response(
        request, "intake/webhooks/call.html", {"webhook": webhook, "line": line, "may_repeat": again}
    )


@require_POST
@permission_required("intake.change_incomingwebhook", raise_exception=True)
def repeat_calls(request, pk):
    """The posted call, or all that need attention, the oldest first."""
    webhook = get_changeable_webhook(request.user, pk)
    calls = webhook.calls.may_be_repeated().select_for_update()
    number = parse_number(request.POST.get("call", ""))
    chosen = calls.filter(pk=number) if number else calls.waiting().order_by("pk")[:AT_ONCE]
    rows: list[IncomingCall] = []
    with cache_reads_once():
        for row in list(chosen):
            row.webhook = webhook
            rows += repeat_call(row)
    left = sum(row.state == row.State.ATTENTION for row in rows)
    show_result_message(request, len(rows), left)
    return redirect("incoming:call", pk, number) if number and rows else redirect("incoming:webhook", pk)


def show_result_message(request, number: int, left: int) -> None:
    if not number:
        messages.error(request, _("This call can’t be processed again. Nothing was changed."))
        return
    done = ngettext("Processed %(number)s call.", "Processed %(number)s calls.", number) % {"number": number}
    if not left:
        messages.success(request, done)
        return
    words = ngettext("%(left)s still needs attention.", "%(left)s still need attention.", left)
    messages.warning(request, f"{done} {words % {'left': left}}")
