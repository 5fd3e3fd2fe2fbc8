"""A mailing in the browser, as its recipient got it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from mailings.content.email_content import MailingContent
from mailings.content.email_layout import build_content_policy
from mailings.content.signed_tokens import VIEW
from mailings.models import Delivery
from mailings.suppression.public_pages import with_recipient


@with_recipient(VIEW)
@require_safe
def mailing_view(request, delivery: Delivery | None):
    if delivery is None:
        return render(request, "mailings/public/test.html")
    response = HttpResponse(MailingContent(delivery.mailing, tracked=False).build_body(delivery).html)
    # It is a whole page that our own pages have no part in.
    response._csp_replace = build_content_policy()  # type: ignore[attr-defined]
    return response
