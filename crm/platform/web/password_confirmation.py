"""Asking for the password again before something sensitive, if it wasn't entered lately.

The question comes before a form is shown, so nothing is typed in vain. A form that was sent after the time is over changes
nothing, and the question says so.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from crm.platform.web.responses import get_previous_path
from crm.platform.web.transactions import SAFE_METHODS

CONFIRMED = "confirmed_at"
LASTS = timedelta(minutes=15)


def confirm_password_now(session: Any) -> None:
    """The password has just been entered."""
    session[CONFIRMED] = timezone.now().isoformat()


def confirm_password_with_new_session_key(session: Any) -> None:
    """The same later in a session. What was known of its old key is worth nothing any more."""
    session.cycle_key()
    confirm_password_now(session)


def is_confirmed(request: HttpRequest) -> bool:
    at = request.session.get(CONFIRMED) or ""
    return bool(at) and timezone.now() - datetime.fromisoformat(at) < LASTS


def require_confirmation(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A screen that asks for the password first."""
    return require_confirmation_of("")(view)


def require_confirmation_of(
    permission: str,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """The same, for users who have the permission; others only look at it."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped_view(request: HttpRequest, *arguments, **keywords) -> HttpResponse:
            concerned = not permission or request.user.has_perm(permission)
            if concerned and not is_confirmed(request):
                return redirect_to_confirmation(request)
            return view(request, *arguments, **keywords)

        return wrapped_view

    return decorate


def redirect_to_confirmation(request: HttpRequest) -> HttpResponse:
    """To the question, which leads back to the page, or to the page that a form was sent from."""
    safe = request.method in SAFE_METHODS
    query = {"next": request.get_full_path() if safe else get_previous_path(request)} | (
        {} if safe else {"lost": 1}
    )
    return redirect(f"{reverse('confirm')}?{urlencode(query)}")
