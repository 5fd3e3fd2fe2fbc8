"""The URLs of SCIM: each is only for SCIM tokens of administrators; and those for assistants."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ScimCall:
    """One method of one URL; `pk` is what its ID refers to."""

    method: str
    path: str
    pk: str = ""
    data: dict = field(default_factory=dict)
    answers: tuple[int, ...] = (200,)


V2 = "scim/v2"
OFF = {"Operations": [{"op": "replace", "value": {"active": False}}]}
MEMBERS = {"Operations": [{"op": "add", "path": "members", "value": []}]}
SCIM = [
    ScimCall("GET", f"{V2}/ServiceProviderConfig"),
    ScimCall("GET", f"{V2}/ResourceTypes"),
    ScimCall("GET", f"{V2}/ResourceTypes/<str:pk>", "User"),
    ScimCall("GET", f"{V2}/Schemas"),
    ScimCall("GET", f"{V2}/Schemas/<str:pk>", "urn:ietf:params:scim:schemas:core:2.0:User"),
    ScimCall("GET", f"{V2}/Users"),
    ScimCall("POST", f"{V2}/Users", data={"userName": "nina@example.com"}, answers=(201,)),
    ScimCall("GET", f"{V2}/Users/<str:pk>", "{colleague}"),
    ScimCall("PUT", f"{V2}/Users/<str:pk>", "{colleague}", {"displayName": "some"}),
    ScimCall("PATCH", f"{V2}/Users/<str:pk>", "{colleague}", OFF),
    ScimCall("DELETE", f"{V2}/Users/<str:pk>", "{colleague}", answers=(204,)),
    ScimCall("GET", f"{V2}/Groups"),
    ScimCall("POST", f"{V2}/Groups", data={"displayName": "Role: some"}, answers=(403,)),
    ScimCall("GET", f"{V2}/Groups/<str:pk>", "role-{role}"),
    ScimCall("PUT", f"{V2}/Groups/<str:pk>", "role-{role}", {"members": []}),
    ScimCall("PATCH", f"{V2}/Groups/<str:pk>", "role-{role}", MEMBERS),
    ScimCall("DELETE", f"{V2}/Groups/<str:pk>", "role-{role}", answers=(403,)),
    ScimCall("GET", f"{V2}/<path:rest>", "Me", answers=(404,)),
]

# tests/assistants/ asks it with each kind of token, and its tools with the rights and scopes of people.
# So does tests/assistants/sign_in/ with the addresses by which programs are connected.
ASSISTANTS = ["mcp", "oauth/register", "oauth/token", "oauth/revoke"]
