"""Recorded clicks and opens, for mailings that record them and say so to their readers."""

from base64 import b64decode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from mailings.models import Click, Delivery
from mailings.public import of_recipient
from mailings.tokens import CLICK, OPEN

# One transparent pixel.
PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


@of_recipient(CLICK)
@require_safe
def mailing_click(request, delivery: Delivery | None, link: int):
    """Leads only to links of the mailing itself, so its address can't be used to lead anywhere else."""
    if delivery is None:
        return render(request, "mailings/public/test.html")
    found = get_object_or_404(delivery.mailing.links, pk=link)
    if request.method == "GET" and delivery.mailing.tracks_clicks:
        now = timezone.now()
        Click.objects.bulk_create([Click(delivery=delivery, link=found, at=now)], ignore_conflicts=True)
        Delivery.objects.filter(pk=delivery.pk, clicked_at=None).update(clicked_at=now)
    return HttpResponseRedirect(found.url)


@of_recipient(OPEN)
@require_safe
def mailing_open(request, delivery: Delivery | None):
    if delivery and request.method == "GET" and delivery.mailing.tracks_opens:
        Delivery.objects.filter(pk=delivery.pk, opened_at=None).update(opened_at=timezone.now())
    return HttpResponse(PIXEL, content_type="image/gif")
