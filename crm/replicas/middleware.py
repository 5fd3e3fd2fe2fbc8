"""Browsers keep how far the database was after their last change, so that no page shows them an older state.

The session, its user, their roles and permissions are always read from the primary: a session that was ended, a token that was
withdrawn and a right that was removed don't work any more, however late the replicas are.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from crm.api.entrance import PREFIXES
from crm.replicas import positions
from crm.web.transactions import SAFE_METHODS


class PositionMiddleware:
    """Outside everything that writes. One cookie is for changes, the other for pages that were read from the primary: the
    response of a page that was asked for before must not take the place of the cookie of a change."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(PREFIXES) or not self._has_session(request, response):
            return response
        changed, seen = settings.STATE_COOKIE_NAMES
        if request.method not in SAFE_METHODS:
            self._keep(response, changed)
        # A sign-in through a provider ends with a GET.
        elif getattr(request, "read_primary", False) or settings.SESSION_COOKIE_NAME in response.cookies:
            self._keep(response, seen)
        return response

    @staticmethod
    def _has_session(request: HttpRequest, response: HttpResponse) -> bool:
        """Without one, as on a public web form, everything is read from the primary."""
        return (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            or settings.SESSION_COOKIE_NAME in response.cookies
        )

    @staticmethod
    def _keep(response: HttpResponse, name: str) -> None:
        response.set_cookie(
            name,
            positions.signed(positions.now()),
            max_age=positions.LASTS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
