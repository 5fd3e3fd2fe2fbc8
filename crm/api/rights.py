"""What a token may do: resources and methods of the APIs, and the right that its user has to hold for each."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ACTIONS: list[tuple[str, str | Promise]] = [
    ("get", _("read")),
    ("search", _("search")),
    ("post", pgettext_lazy("may", "add")),
    ("put", pgettext_lazy("may", "change")),
    ("delete", _("delete")),
]


@dataclass(frozen=True)
class Resource:
    """`needs` has for each action the permission that the user needs, by the name of the action; `sees` is needed for
    all of them."""

    name: str
    label: str | Promise
    needs: dict[str, str]
    sees: str
    hint: str | Promise = ""

    def right(self, action: str) -> str:
        return f"{self.name}.{action}"


# The resources of all apps, in the order in which the form of a token shows them; each app adds its own in apps.py.
RESOURCES: list[Resource] = []


def needed_for(right: str) -> list[str]:
    """The permissions that the user needs for "leads.post"; none for a right that there is not."""
    name, _dot, action = right.partition(".")
    found = next((resource for resource in RESOURCES if resource.name == name), None)
    return [found.sees, found.needs[action]] if found and action in found.needs else []


def all_rights() -> list[str]:
    return [resource.right(action) for resource in RESOURCES for action in resource.needs]


def rights_of(user) -> list[str]:
    """All that a token of this user could do."""
    return [right for right in all_rights() if may(user, right)]


def may(user, right: str) -> bool:
    """Whether the user holds what this right of a token needs."""
    needed = needed_for(right)
    return bool(needed) and user.has_perms(needed)
