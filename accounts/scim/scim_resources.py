"""Users and groups as SCIM resources, lists of them, and the attributes that a call asks for."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse

from accounts.models import User
from accounts.scim.group_reading import PREFIXES, ScimGroup
from crm.api.api_view import build_json_response
from crm.api.v2.v2_view import format_moment

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
CONTENT_TYPE = "application/scim+json"
ALWAYS = {"schemas", "id"}


def build_url(path: str) -> str:
    return f"{settings.SITE_URL}/scim/v2/{path}"


def build_response(body: Any, status: int = 200) -> HttpResponse:
    found = build_json_response(body, status)
    found["Content-Type"] = CONTENT_TYPE
    return found


def build_user_resource(row: User) -> dict[str, Any]:
    """A user of queries.provisioned()."""
    named = getattr(row, "provisioned", None)
    name = {"formatted": row.name}
    if named:
        parts = {"givenName": named.given_name, "familyName": named.family_name}
        name |= {key: value for key, value in parts.items() if value}
    found = {
        "schemas": [f"{CORE}User"],
        "id": str(row.pk),
        "userName": named.user_name if named else row.email,
        "name": name,
        "displayName": row.name,
        "emails": [{"value": row.email, "type": "work", "primary": True}],
        "active": row.is_active,
        "groups": [_build_group_reference(key, label) for key, label in _get_user_groups(row)],
        "meta": {
            "resourceType": "User",
            "created": format_moment(row.joined_at),
            "location": build_url(f"Users/{row.pk}"),
        },
    }
    return found | ({"externalId": named.external_id} if named and named.external_id else {})


def _get_user_groups(row: User) -> list[tuple[str, str]]:
    roles = [group.role for group in row.groups.all() if hasattr(group, "role") and not group.role.retired]
    departments = [member.department for member in row.memberships.all() if not member.department.retired]
    return [
        *((f"role-{role.pk}", PREFIXES["role"] + role.name) for role in roles),
        *((f"department-{one.pk}", PREFIXES["department"] + one.name) for one in departments),
    ]


def _build_group_reference(key: str, label: str) -> dict[str, str]:
    return {"value": key, "display": label, "$ref": build_url(f"Groups/{key}"), "type": "direct"}


def build_group_resource(found: ScimGroup, members: list[tuple[int, str]] | None) -> dict[str, Any]:
    """Without members if they weren't read."""
    body: dict[str, Any] = {
        "schemas": [f"{CORE}Group"],
        "id": found.id,
        "displayName": found.name,
        "meta": {"resourceType": "Group", "location": build_url(f"Groups/{found.id}")},
    }
    if found.external_id:
        body["externalId"] = found.external_id
    if members is not None:
        body["members"] = [
            {"value": str(pk), "display": name, "$ref": build_url(f"Users/{pk}"), "type": "User"}
            for pk, name in members
        ]
    return body


def build_list_response(resources: list[dict[str, Any]], total: int, start: int) -> dict[str, Any]:
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }


def select_attributes(resource: dict[str, Any], only: list[str], without: list[str]) -> dict[str, Any]:
    """The resource with these attributes only, or without these: names such as "emails" or "name.givenname"."""
    if only:
        return {
            name: _filter_parts(value, name, only, keep=True)
            for name, value in resource.items()
            if name in ALWAYS or any(_matches_attribute(ask, name) for ask in only)
        }
    return {
        name: _filter_parts(value, name, without, keep=False)
        for name, value in resource.items()
        if name in ALWAYS or name.lower() not in without
    }


def _matches_attribute(ask: str, name: str) -> bool:
    return ask.partition(".")[0] == name.lower()


def _filter_parts(value: Any, name: str, names: list[str], *, keep: bool) -> Any:
    """The same for the parts of an attribute, in each entry of a list."""
    asked = {ask.partition(".")[2] for ask in names if _matches_attribute(ask, name)}
    if not asked or "" in asked:
        return value
    if isinstance(value, list):
        return [_filter_parts(entry, name, names, keep=keep) for entry in value]
    if not isinstance(value, dict):
        return value
    return {part: inner for part, inner in value.items() if (part.lower() in asked) == keep}
