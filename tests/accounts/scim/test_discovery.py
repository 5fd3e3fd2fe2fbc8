"""What a program finds out about Leadwell's SCIM, and addresses and methods that don't exist."""

import pytest

from tests.accounts.scim.conftest import CORE

pytestmark = pytest.mark.django_db


def test_the_configuration_says_what_is_supported(provider):
    found = provider.get("/ServiceProviderConfig")
    supported = {
        name: found[name]["supported"]
        for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag")
    }
    assert supported == {
        "patch": True,
        "bulk": False,
        "filter": True,
        "changePassword": False,
        "sort": False,
        "etag": False,
    }
    assert found["authenticationSchemes"][0]["type"] == "oauthbearertoken"


def test_the_types_lead_to_their_addresses_and_schemas(provider):
    found = provider.get("/ResourceTypes")
    assert found["totalResults"] == 2
    for row in found["Resources"]:
        assert provider.get(row["endpoint"])["schemas"]
        assert provider.get(row["meta"]["location"].removeprefix("http://127.0.0.1:8000"))["id"] == row["id"]
        assert provider.get(f"/Schemas/{row['schema']}")["name"] == row["name"]


def test_the_schemas_describe_every_attribute_that_is_sent(provider, bob, entra):
    made = provider.call("POST", "/Users", entra, 201)
    group = provider.get("/Groups")["Resources"][0]
    for name, resource in (("User", made), ("Group", group)):
        described = {row["name"]: row for row in provider.get(f"/Schemas/{CORE}{name}")["attributes"]}
        assert set(resource) - {"schemas", "id", "meta"} <= set(described) | {"externalId"}
        for key, row in described.items():
            if row["type"] == "complex" and resource.get(key):
                value = resource[key][0] if row["multiValued"] else resource[key]
                assert set(value) <= {part["name"] for part in row["subAttributes"]}


def test_addresses_that_do_not_exist_are_404_in_the_shape_of_scim(provider):
    for path in ("/Bulk", "/Me", "/Users/1/x", "/Schemas/x", "/ResourceTypes/x", "/.search"):
        provider.get(path, expect=404)
    provider.call("POST", "/Users/.search", {}, 405)


def test_methods_that_an_address_does_not_support_are_405(provider):
    for method, path in (("POST", "/ServiceProviderConfig"), ("DELETE", "/Users"), ("PUT", "/Groups")):
        provider.call(method, path, {}, 405)
        assert "GET" in provider.last["Allow"]


def test_a_slash_at_the_end_and_plain_json_are_accepted(provider):
    assert provider.get("/Users/")["totalResults"]
    body = {"userName": "plain@example.org"}
    assert (
        provider.call("POST", "/Users/", body, 201, kind="application/json")["userName"]
        == "plain@example.org"
    )


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/scim+json", 400),
        ("[]", "application/scim+json", 400),
        ("", "application/scim+json", 400),
        ('"x"', "application/scim+json", 400),
        ("[" * 100_000, "application/scim+json", 400),
        ("a=b", "application/x-www-form-urlencoded", 415),
        ("<a/>", "text/xml", 415),
        ('{"userName": "' + "a" * 5_000_001 + '"}', "application/scim+json", 413),
    ],
)
def test_a_body_that_cannot_be_read_is_an_error_in_the_shape_of_scim(provider, body, kind, status):
    answer = provider.call("POST", "/Users", body, status, kind=kind)
    if status == 400:
        assert answer["scimType"] in ("invalidSyntax", "invalidValue")
