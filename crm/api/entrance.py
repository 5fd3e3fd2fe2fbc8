"""The entrance of the APIs: no cookies, no sessions, addresses with and without a slash at their end; who calls."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.models import Token, User
from accounts.sign_in import address_of
from crm.api.problems import Problem

PREFIXES = ("/api/", "/v1/")


class ApiMiddleware:
    """Before anything that reads cookies: a program that sends a stray one is not somebody who is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(PREFIXES):
            request.META.pop("HTTP_COOKIE", None)
            request.path_info = request.path_info.rstrip("/") or "/"
        return self.get_response(request)


def token_behind(secret: str) -> Token:
    """The token of this secret, of an active user with their rights. Raises Problem 401.

    Who was deactivated has no token any more, and neither has one that nobody ever gave out: both answer alike.
    """
    if not secret:
        raise Problem(401, "no_token", "Token is not defined.")
    token = Token.objects.of_secret(secret).in_force().first()
    user = User.objects.active().with_rights().filter(pk=token.user_id).first() if token else None
    if token is None or user is None:
        raise Problem(401, "bad_token", "Invalid API token.")
    token.user = user
    return token


def check_still_open(token: Token, request: HttpRequest) -> None:
    """Raises Problem where the token has run out, or the call comes from an address that it does not allow."""
    if token.expired:
        raise Problem(401, "expired", "Token Time Expire.")
    if not token.lets_in(address_of(request)):
        raise Problem(403, "address", "This token may not be used from your address.")
