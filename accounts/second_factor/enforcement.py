"""Users whose role requires two-step verification, after the time to set it up: everything leads to that page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.authentication.session_store import SIGNED_ON
from accounts.second_factor.second_factor import is_second_factor_overdue

# Where it is set up. Signing in and out, and what signed-out users can open, stay open too.
OPEN = {
    "two_step",
    "authenticator_app",
    "passkey_options",
    "passkey_new",
    "confirm",
    "confirm_passkey",
    "confirm_passkey_options",
}


class SecondFactorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, arguments: Any, keywords: Any) -> HttpResponse | None:
        if SIGNED_ON in request.session:
            # The provider asks for its own second step (docs/sign_in.md).
            request.user.second_factor_due = None
        if not getattr(view, "login_required", True) or not is_second_factor_overdue(request.user):
            return None
        return None if request.resolver_match.url_name in OPEN else redirect("two_step")
