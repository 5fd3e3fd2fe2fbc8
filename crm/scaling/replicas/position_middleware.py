"""After a change, the session keeps how far the database was, so that no page of this browser shows an older state.

The session, its user, their roles and permissions are always read from the primary: a session that was ended, a token that was
withdrawn and a right that was removed don't work any more, however late the replicas are.
"""

from collections.abc import Callable

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse

from crm.platform.database import log_positions
from crm.platform.web.program_addresses import PREFIXES
from crm.platform.web.transactions import SAFE_METHODS


class PositionMiddleware:
    """Outside everything that writes. A page that was only read from the primary sets a cookie instead: what follows isn't
    older."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(PREFIXES) or not self._has_session(request, response):
            return response
        if self._may_have_changed(request, response):
            self._note_change(request, response)
        elif getattr(request, "read_primary", False):
            self._set_cookie(response, log_positions.get_primary_position())
        return response

    @staticmethod
    def _has_session(request: HttpRequest, response: HttpResponse) -> bool:
        """Without one, as on a public web form, everything is read from the primary."""
        return (
            settings.SESSION_COOKIE_NAME in request.COOKIES
            or settings.SESSION_COOKIE_NAME in response.cookies
        )

    @staticmethod
    def _may_have_changed(request: HttpRequest, response: HttpResponse) -> bool:
        """A sign-in through a provider ends with a GET."""
        return (
            request.method not in SAFE_METHODS
            or getattr(request, "may_write", False)
            or settings.SESSION_COOKIE_NAME in response.cookies
        )

    def _note_change(self, request: HttpRequest, response: HttpResponse) -> None:
        """If the primary can't be asked, the next pages don't come from a replica."""
        try:
            # The answer is that there is no primary, so asking again would only take longer.
            if response.status_code != 503:
                request.session.save_position()  # type: ignore[attr-defined]
                return
        except Error:
            pass
        self._set_cookie(response, log_positions.UNKNOWN)

    @staticmethod
    def _set_cookie(response: HttpResponse, position: int) -> None:
        response.set_cookie(
            settings.STATE_COOKIE_NAME,
            log_positions.sign_position(position),
            max_age=log_positions.LASTS,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
