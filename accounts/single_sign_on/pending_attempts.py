"""A sign-in that a browser has begun: kept in its session until the provider leads back, for ten minutes, and used once.

The address that the provider leads back to is the same for all providers. Which one it was is in the session, and an
answer with the name of another one isn't accepted (RFC 9207).
"""

import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authentication.session_store import hash_session_key
from accounts.models import SpentNonce
from accounts.single_sign_on.failure_reasons import NotSignedOn

KEY = "sign_on"
LASTS = timedelta(minutes=10)
# Several tabs may be open at once.
MOST_AT_ONCE = 5
# What an attempt is for.
SIGN_IN, CONFIRM, LINK = "sign in", "confirm", "link"


@dataclass(frozen=True)
class Attempt:
    provider: int
    purpose: str
    target: str
    nonce: str
    verifier: str
    begun: float


def redirect_address() -> str:
    """The address to register at each provider."""
    return settings.SITE_URL + reverse("sign_on_back")


def create_attempt(request: HttpRequest, provider: int, purpose: str, target: str) -> tuple[str, Attempt]:
    """A new attempt and its state."""
    state = secrets.token_urlsafe(32)
    nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    attempt = Attempt(provider, purpose, target, nonce, verifier, timezone.now().timestamp())
    kept: dict[str, Any] = request.session.get(KEY, {})
    latest = sorted(kept.items(), key=lambda item: item[1]["begun"])[-(MOST_AT_ONCE - 1) :]
    request.session[KEY] = dict(latest) | {state: asdict(attempt)}
    return state, attempt


def pop_attempt(request: HttpRequest) -> Attempt:
    """The attempt of this browser that the answer is for, which is used up. Raises NotSignedOn."""
    kept: dict[str, Any] = dict(request.session.get(KEY, {}))
    found = kept.pop(request.GET.get("state", ""), None)
    if found is None:
        sentence = _("This sign-in wasn’t started in this browser, or it was already used. Try again.")
        raise NotSignedOn("unknown state", sentence)
    request.session[KEY] = kept
    attempt = Attempt(**found)
    if timezone.now().timestamp() - attempt.begun > LASTS.total_seconds():
        raise NotSignedOn("expired state", _("Signing in took longer than ten minutes. Try again."))
    return attempt


def mark_attempt_used(attempt: Attempt) -> None:
    """Of two requests with the same attempt at once, the second one stops here. Raises NotSignedOn."""
    try:
        with transaction.atomic():
            SpentNonce.objects.create(nonce=hash_session_key(attempt.nonce))
    except IntegrityError:
        sentence = _("This sign-in was already used. Try again.")
        raise NotSignedOn("replayed answer", sentence) from None
