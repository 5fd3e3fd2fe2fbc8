"""What Leadwell supports of SCIM and which attributes its resources have (RFC 7643, sections 5 to 7)."""

from typing import Any

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
LARGEST_PAGE = 1_000

CONFIGURATION: dict[str, Any] = {
    "schemas": [f"{CORE}ServiceProviderConfig"],
    "patch": {"supported": True},
    "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
    "filter": {"supported": True, "maxResults": LARGEST_PAGE},
    "changePassword": {"supported": False},
    "sort": {"supported": False},
    "etag": {"supported": False},
    "authenticationSchemes": [
        {
            "type": "oauthbearertoken",
            "name": "SCIM token",
            "description": "A token that an administrator creates in Settings, API.",
            "primary": True,
        }
    ],
}


def resource_type(name: str, endpoint: str, description: str) -> dict[str, Any]:
    return {
        "schemas": [f"{CORE}ResourceType"],
        "id": name,
        "name": name,
        "endpoint": endpoint,
        "description": description,
        "schema": f"{CORE}{name}",
    }


RESOURCE_TYPES = [
    resource_type("User", "/Users", "Users of Leadwell."),
    resource_type("Group", "/Groups", "Roles and departments of Leadwell, with their users."),
]


def attribute(name: str, description: str, *, kind: str = "string", **values: Any) -> dict[str, Any]:
    """One attribute: optional, single and writable unless `values` say otherwise."""
    found: dict[str, Any] = {
        "name": name,
        "type": kind,
        "multiValued": False,
        "description": description,
        "required": False,
        "mutability": "readWrite",
        "returned": "default",
    }
    if kind == "string":
        found |= {"caseExact": False, "uniqueness": "none"}
    return found | values


def reference(description: str, to: str, **values: Any) -> dict[str, Any]:
    return attribute("$ref", description, kind="reference", referenceTypes=[to], **values)


def several(name: str, description: str, parts: list[dict[str, Any]], **values: Any) -> dict[str, Any]:
    return attribute(name, description, kind="complex", multiValued=True, subAttributes=parts, **values)


READ_ONLY = {"mutability": "readOnly"}
IMMUTABLE = {"mutability": "immutable"}
USER = [
    attribute(
        "userName", "The name of the user for the identity provider.", required=True, uniqueness="server"
    ),
    attribute("externalId", "The id of the user for the identity provider.", caseExact=True),
    attribute(
        "name",
        "The parts of the name.",
        kind="complex",
        subAttributes=[
            attribute("formatted", "The full name, used if displayName is missing."),
            attribute("givenName", "The first name."),
            attribute("familyName", "The last name."),
        ],
    ),
    attribute("displayName", "The name as Leadwell shows it."),
    several(
        "emails",
        "Leadwell keeps one email: the primary one, else that for work, else the first.",
        [
            attribute("value", "The email with which the user signs in.", uniqueness="server"),
            attribute("type", "Always work.", canonicalValues=["work"]),
            attribute("primary", "Always true.", kind="boolean"),
        ],
    ),
    attribute("active", "Whether the user can sign in.", kind="boolean"),
    several(
        "groups",
        "The roles and departments of the user.",
        [
            attribute("value", "The id of the group.", **READ_ONLY),
            reference("The address of the group.", "Group", **READ_ONLY),
            attribute("display", "The name of the group.", **READ_ONLY),
            attribute("type", "Always direct.", canonicalValues=["direct"], **READ_ONLY),
        ],
        **READ_ONLY,
    ),
]
GROUP = [
    attribute("displayName", "“Role: ” or “Department: ” and the name.", required=True, uniqueness="server"),
    attribute("externalId", "The id of the group for the identity provider.", caseExact=True),
    several(
        "members",
        "The users with this role or in this department.",
        [
            attribute("value", "The id of the user.", **IMMUTABLE),
            reference("The address of the user.", "User", **IMMUTABLE),
            attribute("display", "The name of the user.", **READ_ONLY),
            attribute("type", "Always User.", canonicalValues=["User"], **IMMUTABLE),
        ],
    ),
]


def schema(name: str, description: str, attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schemas": [f"{CORE}Schema"],
        "id": f"{CORE}{name}",
        "name": name,
        "description": description,
        "attributes": attributes,
    }


SCHEMAS = [schema("User", "A user of Leadwell.", USER), schema("Group", "A role or a department.", GROUP)]
