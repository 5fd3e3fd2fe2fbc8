"""The users that a form of the list of invitations is about: one by its own button, or those that are selected."""

from collections.abc import Iterable

from accounts.models import User
from accounts.models.user import UserQuerySet


def get_chosen_users(request) -> UserQuerySet:
    """As far as this user may change them."""
    chosen = request.POST.getlist("one") or request.POST.getlist("user")
    return User.objects.changeable_by(request.user).invited().filter(pk__in=read_ids(chosen)).by_name()


def read_ids(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdecimal() and len(text) < 19]
