"""The page where a recipient unsubscribes, and the address to which email programs post one click (RFC 8058)."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from mailings.content.signed_tokens import UNSUBSCRIBE
from mailings.models import Delivery
from mailings.suppression.blocks import describe_block, find_remaining_block
from mailings.suppression.public_pages import with_recipient
from mailings.suppression.unsubscribe import LONGEST_REASON, is_unsubscribed, resubscribe, unsubscribe

ONE_CLICK = "List-Unsubscribe"


@with_recipient(UNSUBSCRIBE)
@require_http_methods(["GET", "HEAD", "POST"])
def mailing_unsubscribe(request, delivery: Delivery | None):
    """Opening the page changes nothing, because programs that look for viruses open every link."""
    if delivery is None:
        return render(request, "mailings/public/test.html")
    if request.method != "POST":
        return _render_page(request, delivery)
    if ONE_CLICK in request.POST:
        unsubscribe(delivery, everything=False, reason="")
        return HttpResponse("", content_type="text/plain")
    if "back" in request.POST:
        resubscribe(delivery)
        return redirect(f"{request.path}?subscribed=1")
    everything = request.POST.get("from") != "list"
    unsubscribe(delivery, everything=everything, reason=request.POST.get("reason", ""))
    return redirect(request.path)


def _render_page(request, delivery: Delivery) -> HttpResponse:
    context = {
        "address": delivery.address,
        "blocked": describe_block(find_remaining_block(delivery.email_key, delivery.digest)),
        "list": delivery.mailing.list,
        "unsubscribed": is_unsubscribed(delivery),
        "subscribed": "subscribed" in request.GET,
        "longest": LONGEST_REASON,
    }
    return render(request, "mailings/public/unsubscribe.html", context)
