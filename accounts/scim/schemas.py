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


def build_resource_type(name: str, endpoint: str, description: str) -> dict[str, Any]:
    return {
        "schemas": [f"{CORE}ResourceType"],
        "id": name,
        "name": name,
        "endpoint": endpoint,
        "description": description,
        "schema": f"{CORE}{name}",
    }


RESOURCE_TYPES = [
    build_resource_type("User", "/Users", "Users of Leadwell."),
    build_resource_type("Group", "/Groups", "Roles and departments of Leadwell, with their users."),
]


def build_attribute(name: str, description: str, *, kind: str = "string", **values: Any) -> dict[str, Any]:
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


def build_reference(description: str, to: str, **values: Any) -> dict[str, Any]:
    return build_attribute("$ref", description, kind="reference", referenceTypes=[to], **values)


def build_multivalued_attribute(
    name: str, description: str, parts: list[dict[str, Any]], **values: Any
) -> dict[str, Any]:
    return build_attribute(name, description, kind="complex", multiValued=True, subAttributes=parts, **values)


READ_ONLY = {"mutability": "readOnly"}
IMMUTABLE = {"mutability": "immutable"}
USER = [
    build_attribute(
        "userName", "The name of the user for the identity provider.", required=True, uniqueness="server"
    ),
    build_attribute("externalId", "The id of the user for the identity provider.", caseExact=True),
    build_attribute(
        "name",
        "The parts of the name.",
        kind="complex",
        subAttributes=[
            build_attribute("formatted", "The full name, used if displayName is missing."),
            build_attribute("givenName", "The first name."),
            build_attribute("familyName", "The last name."),
        ],
    ),
    build_attribute("displayName", "The name as Leadwell shows it."),
    build_multivalued_attribute(
        "emails",
        "Leadwell keeps one email: the primary one, else that for work, else the first.",
        [
            build_attribute("value", "The email with which the user signs in.", uniqueness="server"),
            build_attribute("type", "Always work.", canonicalValues=["work"]),
            build_attribute("primary", "Always true.", kind="boolean"),
        ],
    ),
    build_attribute("active", "Whether the user can sign in.", kind="boolean"),
    build_multivalued_attribute(
        "groups",
        "The roles and departments of the user.",
        [
            build_attribute("value", "The id of the group.", **READ_ONLY),
            build_reference("The address of the group.", "Group", **READ_ONLY),
            build_attribute("display", "The name of the group.", **READ_ONLY),
            build_attribute("type", "Always direct.", canonicalValues=["direct"], **READ_ONLY),
        ],
        **READ_ONLY,
    ),
]
GROUP = [
    build_attribute(
        "displayName", "“Role: ” or “Department: ” and the name.", required=True, uniqueness="server"
    ),
    build_attribute("externalId", "The id of the group for the identity provider.", caseExact=True),
    build_multivalued_attribute(
        "members",
        "The users with this role or in this department.",
        [
            build_attribute("value", "The id of the user.", **IMMUTABLE),
            build_reference("The address of the user.", "User", **IMMUTABLE),
            build_attribute("display", "The name of the user.", **READ_ONLY),
            build_attribute("type", "Always User.", canonicalValues=["User"], **IMMUTABLE),
        ],
    ),
]


def build_schema(name: str, description: str, attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schemas": [f"{CORE}Schema"],
        "id": f"{CORE}{name}",
        "name": name,
        "description": description,
        "attributes": attributes,
    }


SCHEMAS = [
    build_schema("User", "A user of Leadwell.", USER),
    build_schema("Group", "A role or a department.", GROUP),
]
