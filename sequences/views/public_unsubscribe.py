"""The page where someone unsubscribes from emails of sequences, and the address to which mail programs post one click (RFC 8058)."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from crm.platform.configuration.company import get_company_language
from mailings.suppression.blocks import describe_block, find_remaining_block
from sequences.outgoing.opt_out import is_unsubscribed, resubscribe, unsubscribe
from sequences.outgoing.opt_out_link import Recipient, find_recipient

ONE_CLICK = "List-Unsubscribe"


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def sequence_unsubscribe(request, token: str):
    """Opening the page changes nothing, because programs that look for viruses open every link. It reads no session, so a forged
    request can do no more than its sender, who knows the token."""
    recipient = find_recipient(token)
    if recipient is None:
        raise Http404
    with translation.override(get_company_language()):
        response = _answer(request, recipient)
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(request, recipient: Recipient) -> HttpResponse:
    if request.method != "POST":
        context = {
            "address": recipient.address,
            "blocked": describe_block(find_remaining_block(recipient.email_key, recipient.digest)),
            "unsubscribed": is_unsubscribed(recipient),
            "subscribed": "subscribed" in request.GET,
        }
        return render(request, "sequences/public/unsubscribe.html", context)
    if "back" in request.POST:
        resubscribe(recipient)
        return redirect(f"{request.path}?subscribed=1")
    unsubscribe(recipient)
    if ONE_CLICK in request.POST:
        return HttpResponse("", content_type="text/plain")
    return redirect(request.path)
