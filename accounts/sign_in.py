"""Signing in by email, with guessing slowed down per account, browser and address (authentication/guess_rules.py).

A browser in which someone has signed in before has a signed device cookie and is counted separately, so an attacker who
keeps failing on an account never locks its owner out (OWASP, "Slow Down Online Guessing Attacks with Device Cookies").
"""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.core import signing
from django.db.models import Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from accounts.authentication.guess_counts import remove_recorded_guess
from accounts.models.user import User, fold_email
from accounts.second_factor.codes import verify_and_consume_code
from accounts.second_factor.second_factor import build_due_subquery
from accounts.sign_in_state import get_sign_in_state
from accounts.single_sign_on.sign_in_policy import may_sign_in_without_provider
from crm.platform.models.notification import Notification
from crm.platform.sql.compiled_querysets import get_records_compiled_once
from crm.platform.web.security_log import write_security_line

DEVICE_COOKIE = settings.DEVICE_COOKIE_NAME
SALT = "leadwell_device"
DEVICE_AGE = 60 * 60 * 24 * 180
# How much of an address the counters keep, so that it fits their column together with the browser mark.
COUNTED_LENGTH = 200


class EmailBackend(ModelBackend):
    """Django's own, with folded emails and permissions only from roles."""

    def authenticate(self, request, username=None, password=None, **kwargs):
        email = kwargs.get("email", username)
        user = super().authenticate(request, username=fold_email(email) if email else None, password=password)
        if user is None or not may_sign_in_without_provider(user):
            return None
        remove_correct_guess(request)
        return user

    def get_user(self, user_id):
        """With everything that pages need from their user, in one query: permissions, start view, number of unread."""
        user = next(iter(get_records_compiled_once(_page_users_queryset, [user_id])), None)
        return user if user and self.user_can_authenticate(user) else None

    def get_user_permissions(self, user_obj, obj=None):
        return set()

    def get_all_permissions(self, user_obj, obj=None):
        """All permissions of the user's roles; none are granted to a single user or for a single row."""
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        return user_obj.granted_permissions

    def get_group_permissions(self, user_obj, obj=None):
        return self.get_all_permissions(user_obj, obj)


def _page_users_queryset(ids: list[int]):
    """Compiled once (crm/platform/sql/compiled_querysets.py): writing this SQL took a quarter of the time of an empty page."""
    unread = Coalesce(Subquery(Notification.objects.unread().build_user_count_subquery()), 0)
    users = User.objects.with_rights().select_related("list_settings")
    users = users.annotate(number_unread=unread, second_factor_due=build_due_subquery())
    return users.filter(pk__any=ids)


class CodeBackend(BaseBackend):
    """The second step. As one of Django's backends, so that wrong codes are counted too."""

    def authenticate(self, request, second_step_of: User | None = None, password: str | None = None, **_rest):
        if second_step_of is None or not (used := verify_and_consume_code(second_step_of, password or "")):
            return None
        get_sign_in_state(request).used_factor = used
        remove_correct_guess(request)
        return second_step_of


def remove_correct_guess(request: HttpRequest | None) -> None:
    """What was counted before it was checked was no guess."""
    if place := get_sign_in_state(request).guessed_at:
        remove_recorded_guess(place)


def get_browser_mark(request: HttpRequest | None, email: str) -> str:
    """The mark of a browser in which this account has signed in before, or ''."""
    if request is None:
        return ""
    cookie = request.COOKIES.get(DEVICE_COOKIE, "")
    try:
        known_email, mark = signing.loads(cookie, salt=SALT, max_age=DEVICE_AGE)
    except (signing.BadSignature, ValueError):
        return ""
    return mark if known_email == email else ""


def remember_device(response: HttpResponse, email: str) -> None:
    value = signing.dumps([email, secrets.token_hex(8)], salt=SALT)
    response.set_cookie(
        DEVICE_COOKIE,
        value,
        max_age=DEVICE_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def get_attempted_email(request: HttpRequest | None, credentials: dict | None) -> str:
    tried = (credentials or {}).get("email") or (credentials or {}).get("username")
    if not tried and request is not None:
        half = get_sign_in_state(request).second_step_of
        tried = half.email if half else request.POST.get("email", "")
    return fold_email(str(tried or ""))[:254]


def mark_password_confirmation(
    request: HttpRequest, slowed_page: Callable[[HttpRequest], HttpResponse]
) -> None:
    """Mark that a signed-in user is confirming their password. Guesses there are counted separately: a sign-in page
    blocked by someone else doesn't keep the owner from changing the password. After too many, they get `slowed_page`."""
    get_sign_in_state(request).slowed_page = slowed_page


def mark_second_step(request: HttpRequest, user: User) -> None:
    """Mark that this user gives the second step after the password: wrong codes are counted with longer waits."""
    get_sign_in_state(request).second_step_of = user


def is_second_step(request: HttpRequest) -> bool:
    return get_sign_in_state(request).second_step_of is not None


def get_failure_key(request, credentials=None) -> str:
    """What failures are counted under: the account, or the account in one known browser."""
    email = get_attempted_email(request, credentials)
    counted = email[:COUNTED_LENGTH]
    if get_sign_in_state(request).slowed_page:
        return f"{request.user.email[:COUNTED_LENGTH]} signed in"
    device = get_browser_mark(request, email)
    return f"{counted} {device}" if device else counted


def is_known_browser(request, credentials=None) -> bool:
    """Whether the account has signed in here before, or is signed in."""
    confirms = get_sign_in_state(request).slowed_page is not None
    return confirms or bool(get_browser_mark(request, get_attempted_email(request, credentials)))


def render_lockout_page(request, response=None, credentials=None) -> HttpResponse:
    # These pages are shown again with the refusal, and they sign users in with this module.
    from accounts.authentication.views import sign_in, sign_in_code

    write_security_line("slowed_down", tried=get_attempted_email(request, credentials))
    request.wait_minutes = -(-request.wait_seconds // 60)
    page = sign_in_code.render_slowed_page if is_second_step(request) else sign_in.render_slowed_page
    answer = (get_sign_in_state(request).slowed_page or page)(request)
    add_never_cache_headers(answer)
    answer["Retry-After"] = str(request.wait_seconds)
    return answer
