"""What a program learns from the address alone: where it registers, where it sends the user, and where it gets its access."""

import pytest
from django.test import Client

from tests.assistants.sign_in.connecting import RESOURCE, ConnectedProgram

SITE = "http://127.0.0.1:8000"
RESOURCE_METADATA = "/.well-known/oauth-protected-resource"


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_call_without_a_token_says_where_to_get_one(db, method):
    answer = getattr(Client(), method)("/mcp")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == f'Bearer resource_metadata="{SITE}{RESOURCE_METADATA}/mcp"'


def test_a_call_with_a_wrong_token_says_that_it_is_wrong(db):
    answer = Client().post("/mcp", headers={"Authorization": "Bearer lwa_wrong"})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].endswith(', error="invalid_token"')


@pytest.mark.parametrize("path", [RESOURCE_METADATA, f"{RESOURCE_METADATA}/mcp"])
def test_the_resource_names_its_server(db, path):
    found = Client().get(path).json()
    assert (found["resource"], found["authorization_servers"]) == (RESOURCE, [SITE])


def test_the_server_names_addresses_that_are_there_and_offers_no_less_than_pkce(db):
    found = Client().get("/.well-known/oauth-authorization-server").json()
    assert found["issuer"] == SITE
    assert found["code_challenge_methods_supported"] == ["S256"]
    assert found["token_endpoint_auth_methods_supported"] == ["none"]
    assert found["authorization_response_iss_parameter_supported"] is True
    assert found["authorization_endpoint"] == f"{SITE}/oauth/authorize"
    for name in ("registration_endpoint", "token_endpoint", "revocation_endpoint"):
        assert Client().post(found[name].removeprefix(SITE)).status_code in (400, 401)
        assert Client().get(found[name].removeprefix(SITE)).status_code == 405


def test_pages_of_other_sites_may_read_nothing_of_this(db):
    for answer in (
        Client().get(RESOURCE_METADATA, headers={"Origin": "https://example.com"}),
        ConnectedProgram(client=Client(headers={"Origin": "https://example.com"})).register(),
    ):
        assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize(
    "path", ["/mcp", "/oauth/token", "/oauth/register", "/oauth/revoke", "/scim/v2/Users"]
)
def test_a_secret_that_is_sent_without_encryption_is_refused_and_not_redirected(db, settings, path):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().post(path).status_code == 403


def test_the_page_for_people_is_redirected_to_https(db, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/oauth/authorize")["Location"].startswith("https://")
