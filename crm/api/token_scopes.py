"""What a token may do: the resources and methods of the APIs, and the permission that its user needs for each."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACTION_LABELS: list[tuple[str, str | Promise]] = [
    ("get", _("read")),
    ("search", _("search")),
    ("post", pgettext_lazy("may", "add")),
    ("put", pgettext_lazy("may", "change")),
    ("delete", _("delete")),
]


@dataclass(frozen=True)
class TokenResource:
    """`needs` has the permission that the user needs for each action, by action name; `sees` is required for all of
    them."""

    name: str
    label: str | Promise
    needs: dict[str, str]
    sees: str
    hint: str | Promise = ""

    def get_right(self, action: str) -> str:
        return f"{self.name}.{action}"


# The resources of all apps, in the order of the token form; each app contributes its own.
TOKEN_RESOURCES: list[TokenResource] = []


def get_needed_permissions(right: str) -> list[str]:
    """The permissions that the user needs for "leads.post"; none for an unknown right."""
    name, _dot, action = right.partition(".")
    found = next((resource for resource in TOKEN_RESOURCES if resource.name == name), None)
    return [found.sees, found.needs[action]] if found and action in found.needs else []


def get_all_rights() -> list[str]:
    return [resource.get_right(action) for resource in TOKEN_RESOURCES for action in resource.needs]


def get_possible_rights(user) -> list[str]:
    """Everything a token of this user could do."""
    return [right for right in get_all_rights() if has_right(user, right)]


def has_token_right(token, right: str) -> bool:
    """Whether a token has this right and its user the permissions for it."""
    return right in token.rights and has_right(token.user, right)


def has_right(user, right: str) -> bool:
    """Whether the user has the permissions for this right of a token."""
    needed = get_needed_permissions(right)
    return bool(needed) and user.has_perms(needed)
