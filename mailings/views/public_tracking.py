"""Recorded clicks and opens, for mailings that record them and say so to their readers."""

from base64 import b64decode
from functools import partial

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm.platform.web.after_response import run_after_response
from mailings.content.signed_tokens import CLICK, OPEN
from mailings.models import Delivery
from mailings.responses.tracking import record_click, record_open
from mailings.suppression.public_pages import with_recipient

# One transparent pixel.
PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@with_recipient(CLICK)
@require_safe
def mailing_click(request, delivery: Delivery | None, link: int):
    """Leads only to links of the mailing itself, so its address can't be used to lead anywhere else."""
    if delivery is None:
        return render(request, "mailings/public/test.html")
    found = get_object_or_404(delivery.mailing.links, pk=link)
    response = HttpResponseRedirect(found.url)
    if request.method == "GET" and delivery.mailing.tracks_clicks:
        run_after_response(response, partial(record_click, delivery, found, timezone.now()))
    return response


@with_recipient(OPEN)
@require_safe
def mailing_open(request, delivery: Delivery | None):
    response = HttpResponse(PIXEL, content_type="image/gif")
    if delivery and request.method == "GET" and delivery.mailing.tracks_opens:
        run_after_response(response, partial(record_open, delivery, timezone.now()))
    return response
