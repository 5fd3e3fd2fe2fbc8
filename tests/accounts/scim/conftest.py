"""An identity provider: calls with a SCIM token, and bodies as Microsoft Entra and Okta document them."""

import json

import pytest
from django.test import Client

from accounts.models import Provisioning, Role, User
from crm.models import Token

CORE = "urn:ietf:params:scim:schemas:core:2.0:"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0:"
PATCH = f"{MESSAGES}PatchOp"


class Provider:
    """Calls SCIM as an identity provider does. Every response with a body is SCIM's JSON, and every error has its shape."""

    def __init__(self, secret: str) -> None:
        self.client, self.secret, self.last = Client(raise_request_exception=True), secret, None

    def call(self, method: str, path: str, body=None, expect: int = 200, kind="application/scim+json"):
        content = body if isinstance(body, str | bytes) else json.dumps(body) if body is not None else ""
        headers = {"Authorization": f"Bearer {self.secret}"} if self.secret else {}
        address = path if path.startswith("/scim") else f"/scim/v2{path}"
        self.last = self.client.generic(method, address, content, content_type=kind, headers=headers)
        text = self.last.content.decode()
        assert self.last.status_code == expect, (self.last.status_code, text[:500])
        if expect == 204:
            assert text == ""
            return None
        assert self.last["Content-Type"] == "application/scim+json"
        found = json.loads(text)
        if expect >= 400:
            assert found["schemas"] == [f"{MESSAGES}Error"]
            assert found["status"] == str(expect)
            assert found["detail"]
        return found

    def get(self, path, expect=200):
        return self.call("GET", path, expect=expect)

    def add(self, expect=201, **values):
        return self.call("POST", "/Users", {"schemas": [f"{CORE}User"], **values}, expect)

    def patch(self, path, *operations, expect=200):
        return self.call("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)}, expect)

    def find(self, path, asked, expect=200):
        from urllib.parse import urlencode

        return self.call("GET", f"{path}?{urlencode({'filter': asked})}", expect=expect)


def scim_secret(user, **start) -> str:
    """The secret of a new SCIM token of this user."""
    token = Token(user=user, name="Entra", purpose=Token.Purpose.SCIM)
    secret = token.set_new_secret()
    token.save()
    Provisioning.objects.create(token=token, **start)
    return secret


@pytest.fixture
def provider(ada, departments):
    """New users get the role Sales Rep and the department Sales."""
    return Provider(scim_secret(ada, role=Role.objects.get(key="rep"), department=departments.sales))


@pytest.fixture
def group_of(provider):
    """group_of("Role: Operator") is its address."""

    def found(name: str) -> str:
        (one,) = provider.find("/Groups", f'displayName eq "{name}"')["Resources"]
        return f"/Groups/{one['id']}"

    return found


@pytest.fixture
def entra():
    """The body with which Microsoft Entra creates a user, with its default attribute mappings."""
    return {
        "schemas": [f"{CORE}User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "Nina.Novak@contoso.com",
        "active": True,
        "displayName": "Nina Novák",
        "emails": [{"primary": True, "type": "work", "value": "Nina.Novak@contoso.com"}],
        "meta": {"resourceType": "User"},
        "name": {"formatted": "Nina M. Novák", "familyName": "Novák", "givenName": "Nina"},
        "title": "Sales",
        "roles": [],
        "phoneNumbers": [{"type": "work", "value": "+40 722 000 000"}],
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "Sales"},
    }


@pytest.fixture
def okta():
    """The body with which Okta creates a user."""
    return {
        "schemas": [f"{CORE}User"],
        "userName": "test.user@okta.local",
        "name": {"givenName": "Test", "familyName": "User"},
        "emails": [{"primary": True, "value": "test.user@okta.local", "type": "work"}],
        "displayName": "Test User",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
    }


def named(email: str) -> User:
    return User.objects.get(email=email)
