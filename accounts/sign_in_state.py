"""What a request that signs someone in, or confirms who it is, knows about that."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from accounts.authentication.guess_counts import GuessPlace
from accounts.models.user import User


@dataclass
class SignInState:
    """second_step_of      the user who gives the second step after the password
    slowed_page         for a signed-in user who confirms their password: the page after too many guesses
    used_factor         which second factor was right, or ''
    signed_on_with      the name of the identity provider, or ''
    just_authenticated  False if the provider had authenticated the user some time ago
    guessed_at          where this guess was counted, before it was checked
    """

    second_step_of: User | None = None
    slowed_page: Callable[[HttpRequest], HttpResponse] | None = None
    used_factor: str = ""
    signed_on_with: str = ""
    just_authenticated: bool = True
    guessed_at: GuessPlace | None = None


def get_sign_in_state(request: HttpRequest | None) -> SignInState:
    """The state of this request, to be read and written; an empty one without a request."""
    return SignInState() if request is None else vars(request).setdefault("sign_in_state", SignInState())
