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
    ("delete", _("remove")),
]


@dataclass(frozen=True)
class Resource:
    """`needs` has for each action the permission that the user needs, by the name of the action."""

    name: str
    label: str | Promise
    needs: dict[str, str]
    hint: str | Promise = ""

    def right(self, action: str) -> str:
        return f"{self.name}.{action}"


SEES = "leads.view_lead"
RESOURCES = [
    Resource(
        "leads",
        _("Leads"),
        {
            "get": SEES,
            "search": SEES,
            "post": "leads.add_lead",
            "put": "leads.change_lead",
            "delete": "leads.delete_lead",
        },
    ),
    # Whoever sees leads sees the names of their statuses and sources on every screen.
    Resource(
        "lead_statuses",
        _("Statuses"),
        {
            "get": SEES,
            "post": "leads.add_status",
            "put": "leads.change_status",
            "delete": "leads.delete_status",
        },
    ),
    Resource(
        "lead_sources",
        _("Sources"),
        {
            "get": SEES,
            "post": "leads.add_source",
            "put": "leads.change_source",
            "delete": "leads.delete_source",
        },
    ),
    # The calls of /api/v2: reading operations and jobs, and undoing.
    Resource(
        "operations", _("Operations"), {"get": SEES, "post": SEES}, hint=_("To add is to take one back.")
    ),
    Resource("webhooks", _("Webhooks"), dict.fromkeys(("get", "post", "put", "delete"), SEES)),
]
# "leads.post": what the user needs for it.
NEEDS = {
    resource.right(action): needed for resource in RESOURCES for action, needed in resource.needs.items()
}


def rights_of(user) -> list[str]:
    """All that a token of this user could do."""
    return [right for right, needed in NEEDS.items() if user.has_perm(SEES) and user.has_perm(needed)]


def may(user, right: str) -> bool:
    """Whether the user holds what this right of a token needs; all of them need to see leads."""
    return right in NEEDS and user.has_perm(SEES) and user.has_perm(NEEDS[right])
