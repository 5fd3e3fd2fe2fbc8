"""Slowing down guesses of passwords and codes (django-axes asks here), and forgetting them once the owner is verified."""

from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest

from accounts.authentication.guess_counts import (
    OF_CODES,
    GuessPlace,
    build_guess_place,
    count_guesses,
    get_wait_seconds,
    record_guess_or_get_wait,
)
from accounts.authentication.guess_rules import TOLD_AT
from accounts.models.user import fold_email
from accounts.sign_in import COUNTED_LENGTH, get_failure_key, is_known_browser, is_second_step
from accounts.sign_in_state import get_sign_in_state
from accounts.users.account_changes import Kind, record_account_change


class SlowDown(AxesDatabaseHandler):
    """Axes' hooks with the rules of accounts/authentication/guess_rules.py: what isn't checked isn't counted either.

    A success clears only the failures of this account from this place. Axes clears all failures of the address: a user could then
    guess another account's password endlessly, by signing in to their own in between.
    """

    def is_allowed(self, request: Any, credentials: dict | None = None) -> bool:
        place = get_guess_place(request, credentials)
        request.wait_seconds = record_guess_or_get_wait(place)
        if request.wait_seconds:
            return False
        get_sign_in_state(request).guessed_at = place
        return True

    def user_login_failed(self, sender: Any, credentials: dict, request: Any = None, **_rest: Any) -> None:
        """It was counted before. The last guess that was free is told from those before it, so that people know how long to wait."""
        if request is None:
            return
        if not request.axes_locked_out:
            place = get_guess_place(request, credentials)
            _notify_owner(request, place)
            request.wait_seconds = get_wait_seconds(place)
            request.axes_locked_out = bool(request.wait_seconds)
        request.axes_credentials = credentials

    def reset_user_attempts(self, request: Any, credentials: dict | None = None) -> int:
        known = is_known_browser(request, credentials)
        name = get_failure_key(request, credentials)
        places = [
            build_guess_place(name, request, is_known=known, is_code=is_code) for is_code in (False, True)
        ]
        return sum(place.rows.delete()[0] for place in places)

    def clean_expired_user_attempts(self, *arguments: Any, **keywords: Any) -> int:
        """The rules say how long a guess counts, and the worker removes those that no rule remembers."""
        return 0


def get_guess_place(request: HttpRequest, credentials: dict | None) -> GuessPlace:
    name, known = get_failure_key(request, credentials), is_known_browser(request, credentials)
    return build_guess_place(name, request, is_known=known, is_code=is_second_step(request))


def _notify_owner(request: Any, place: GuessPlace) -> None:
    """Whoever enters codes knows the password, so the user is told in Leadwell and by email."""
    half = get_sign_in_state(request).second_step_of
    if half is None:
        return
    count = count_guesses(place)
    if count in TOLD_AT:
        with transaction.atomic():
            record_account_change(half, Kind.CODES_WRONG, after=[str(count)], by=None)


def forget_failures(email: str) -> None:
    """The owner is verified: the account's passwords are no longer slowed down in any browser. Its codes still are: a link in an
    email and a password are no second step."""
    counted = fold_email(email)[:COUNTED_LENGTH]
    failures = AccessAttempt.objects.filter(Q(username=counted) | Q(username__startswith=f"{counted} "))
    failures.exclude(username__endswith=OF_CODES).delete()
