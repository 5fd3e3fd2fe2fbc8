"""Between the password and the second step, a session belongs to no one: it only remembers who gave the password.

Django's own sign-in happens after the second step, so such a session can't open anything. It ends after ten minutes,
and as soon as the account changes: password, being active, being signed out everywhere.
"""

from datetime import timedelta

from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import User
from accounts.push.devices import delete_device_of_other_user
from accounts.sign_in import remember_device
from accounts.single_sign_on.sign_in_policy import may_sign_in_without_provider

LASTS = timedelta(minutes=10)
KEY = "half_signed_in"
BACKEND = "accounts.sign_in.EmailBackend"


def begin_second_step(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """The password was right: ask for the second step, then lead to `target`."""
    # Nothing of an earlier session stays, and a session key that someone else knows is of no use.
    request.session.flush()
    request.session[KEY] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "until": (timezone.now() + LASTS).timestamp(),
        "next": target,
    }
    request.session.set_expiry(LASTS)
    return redirect("sign_in_code")


def get_pending_user(request: HttpRequest) -> User | None:
    """Who gave their password in this session a short time ago."""
    kept = request.session.get(KEY)
    if not kept or kept["until"] < timezone.now().timestamp():
        return None
    user = User.objects.active().filter(pk=kept["user"]).first()
    if (
        user is None
        or not may_sign_in_without_provider(user)
        or not constant_time_compare(user.get_session_auth_hash(), kept["hash"])
    ):
        return None
    return user


def get_pending_target(request: HttpRequest) -> str:
    return request.session[KEY]["next"]


def forget_pending_sign_in(request: HttpRequest) -> None:
    if request.session.pop(KEY, None) is not None:
        request.session.set_expiry(None)


def finish_sign_in(request: HttpRequest, user: User, target: str) -> HttpResponse:
    """Everything was right: sign in, with a new session key."""
    forget_pending_sign_in(request)
    login(request, user, backend=BACKEND)
    delete_device_of_other_user(request, user)
    response = HttpResponseRedirect(target)
    remember_device(response, user.email)
    return response
