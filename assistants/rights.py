"""The rights of tokens that tools use, and those that a new assistant has at first."""

from typing import Any

from crm.api.token_scopes import TOKEN_RESOURCES, TokenResource, get_possible_rights
from crm.records.kinds.kind_registry import KINDS

# Beside those of the record types.
RESOURCES = (
    "activities",
    "tasks",
    "busy_times",
    "booking_pages",
    "bookings",
    "lead_statuses",
    "lead_sources",
    "users",
    "departments",
    "tags",
    "operations",
    "reports",
)
# What an assistant does to statuses and other settings is left to people.
ONLY_READ = ("lead_statuses", "lead_sources")


def get_assistant_resources() -> list[TokenResource]:
    """In the order of the form, each with only the actions that tools use."""
    known = {*RESOURCES, *(kind.urls for kind in KINDS.values())}
    return [_narrow(resource) for resource in TOKEN_RESOURCES if resource.name in known]


def _narrow(resource: TokenResource) -> TokenResource:
    if resource.name not in ONLY_READ:
        return resource
    needs = {action: needed for action, needed in resource.needs.items() if action == "get"}
    return TokenResource(resource.name, resource.label, needs, resource.sees, resource.hint)


def get_assistant_rights() -> list[str]:
    return [resource.get_right(action) for resource in get_assistant_resources() for action in resource.needs]


def get_first_rights(user: Any, *, read_only: bool = False) -> list[str]:
    """What the user may do themselves, without deleting; with `read_only`, reading and searching."""
    possible = set(get_possible_rights(user))
    kept = (".get", ".search") if read_only else (".get", ".search", ".post", ".put")
    return [right for right in get_assistant_rights() if right in possible and right.endswith(kept)]
