"""Marks the pages that the recipients of a mailing open: without a sign-in, in the language of the mailing."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from mailings.content.signed_tokens import find_delivery, is_of_test
from mailings.models import Delivery


def with_recipient(purpose: str) -> Callable[..., Callable[..., HttpResponse]]:
    """The view gets the recipient that the token names, or None for the token of a test email. Such a page reads no session,
    so a forged request can't do more than its sender, who knows the token, can."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @login_not_required
        @csrf_exempt
        @wraps(view)
        def wrapped_view(request: HttpRequest, token: str, *arguments, **keywords) -> HttpResponse:
            delivery = find_delivery(token, purpose)
            if delivery is None and not is_of_test(token, purpose):
                raise Http404
            with translation.override(get_language_code(delivery)):
                response = view(request, delivery, *arguments, **keywords)
            response.headers["X-Robots-Tag"] = "noindex"
            response.headers["Referrer-Policy"] = "no-referrer"
            response.headers["Cache-Control"] = "no-store"
            return response

        return wrapped_view

    return decorate


def get_language_code(delivery: Delivery | None) -> str:
    return delivery.mailing.language if delivery else translation.get_language() or "en"
