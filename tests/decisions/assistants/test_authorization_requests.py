"""What a program may ask for when it sends a user here, and what it may say about itself: the tables of what is refused."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from assistants.models import AssistantProgram
from assistants.sign_in import registration
from assistants.sign_in.authorization_request import find_request_problem
from assistants.sign_in.registration import (
    clean_name,
    find_registration_problem,
    has_too_many_registrations,
)

RESOURCE = "https://crm.example.com/mcp"
RIGHT = {
    "response_type": "code",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
    "state": "some",
    "resource": RESOURCE,
}
# Name: what is sent instead, None for nothing, and the code of the problem.
REQUESTS: dict[str, tuple[dict[str, str | None], str]] = {
    "all as it should be": ({}, ""),
    "no state": ({"state": None}, ""),
    "no resource": ({"resource": None}, ""),
    "the resource with a slash": ({"resource": f"{RESOURCE}/"}, ""),
    "a scope": ({"scope": "openid offline_access"}, ""),
    "no response type": ({"response_type": None}, "unsupported_response_type"),
    "a token at once": ({"response_type": "token"}, "unsupported_response_type"),
    "no challenge": ({"code_challenge": None}, "invalid_request"),
    "an empty challenge": ({"code_challenge": ""}, "invalid_request"),
    "a challenge that is no hash": ({"code_challenge": "a" * 42}, "invalid_request"),
    "a plain challenge": ({"code_challenge_method": "plain"}, "invalid_request"),
    "no method, which means plain": ({"code_challenge_method": None}, "invalid_request"),
    "the resource of another server": ({"resource": "https://crm.example.net/mcp"}, "invalid_target"),
    "another address of this server": ({"resource": "https://crm.example.com/api"}, "invalid_target"),
    "a resource that begins like it": ({"resource": f"{RESOURCE}.example.net"}, "invalid_target"),
    "the longest state": ({"state": "a" * 2_000}, ""),
    "a state without end": ({"state": "a" * 2_001}, "invalid_request"),
    "the request as a document": ({"request": "e30.e30."}, "request_not_supported"),
    "the request at an address": ({"request_uri": "https://example.com/"}, "request_not_supported"),
}


def build_query(changed: dict[str, str | None]) -> QueryDict:
    sent = QueryDict(mutable=True)
    sent.update({name: value for name, value in {**RIGHT, **changed}.items() if value is not None})
    return sent


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_refused_with_the_code_that_the_standard_has_for_it(name):
    changed, code = REQUESTS[name]
    problem = find_request_problem(build_query(changed), RESOURCE)
    assert (problem.code if problem else "") == code


@pytest.mark.parametrize("name", [*RIGHT, "client_id", "scope"])
def test_a_parameter_that_is_sent_twice_is_refused(name):
    sent = build_query({})
    sent.setlist(name, ["one", "other"])
    assert find_request_problem(sent, RESOURCE).code == "invalid_request"


URIS = ["https://example.com/back"]
# Name: what a program sends, and the code of the problem.
REGISTRATIONS = {
    "addresses alone": ({"redirect_uris": URIS}, ""),
    "as clients send it": (
        {
            "redirect_uris": URIS,
            "client_name": "Claude",
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "application_type": "native",
            "scope": "mcp",
        },
        "",
    ),
    "a program that asks for a secret": (
        {"redirect_uris": URIS, "token_endpoint_auth_method": "client_secret_basic"},
        "",
    ),
    "as many addresses as there may be": ({"redirect_uris": URIS * 10}, ""),
    "one address more": ({"redirect_uris": URIS * 11}, "invalid_redirect_uri"),
    "no addresses": ({}, "invalid_redirect_uri"),
    "an empty list": ({"redirect_uris": []}, "invalid_redirect_uri"),
    "an address without a list": ({"redirect_uris": URIS[0]}, "invalid_redirect_uri"),
    "a number": ({"redirect_uris": [1]}, "invalid_redirect_uri"),
    "one wrong address among right ones": (
        {"redirect_uris": [*URIS, "http://example.com/"]},
        "invalid_redirect_uri",
    ),
    "another grant": (
        {"redirect_uris": URIS, "grant_types": ["client_credentials"]},
        "invalid_client_metadata",
    ),
    "grants without a list": (
        {"redirect_uris": URIS, "grant_types": "authorization_code"},
        "invalid_client_metadata",
    ),
    "a token at once": ({"redirect_uris": URIS, "response_types": ["token"]}, "invalid_client_metadata"),
    "a name that is a number": ({"redirect_uris": URIS, "client_name": 7}, "invalid_client_metadata"),
    "a list": ([], "invalid_client_metadata"),
    "nothing": (None, "invalid_client_metadata"),
}


@pytest.mark.parametrize("name", REGISTRATIONS)
def test_a_program_registers_with_addresses_and_a_name_and_gets_no_secret(name):
    sent, code = REGISTRATIONS[name]
    problem = find_registration_problem(sent)
    assert (problem.code if problem else "") == code


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("Claude", "Claude"),
        ("  Claude \n Desktop ", "Claude Desktop"),
        ("", "Unnamed program"),
        ("\u202eedualC", "\N{REPLACEMENT CHARACTER}edualC"),
        ("Claude\x00", "Claude\N{REPLACEMENT CHARACTER}"),
        ("a" * 200, "a" * 100),
    ],
)
def test_a_name_is_one_short_line_of_letters_that_can_be_seen(sent, shown):
    assert clean_name(sent) == shown


def test_of_a_long_parameter_that_is_sent_twice_the_start_is_named():
    sent = build_query({})
    sent.setlist("x" * 100, ["one", "other"])
    assert find_request_problem(sent, RESOURCE).sentence == f"{'x' * 40} was sent twice."


HERE, ELSEWHERE = "203.0.113.7", "203.0.113.8"
# How many programs were registered from which address, how many minutes ago, and whether another one from here is refused.
NUMBERS = {
    "none": (0, HERE, 0, False),
    "one fewer than allowed": (29, HERE, 1, False),
    "as many as allowed": (30, HERE, 1, True),
    "as many as allowed, almost an hour ago": (30, HERE, 59, True),
    "as many as allowed, more than an hour ago": (30, HERE, 61, False),
    "as many from another address": (30, ELSEWHERE, 1, False),
    "as many without an address": (30, None, 1, False),
}


def register(number: int, address: str | None, minutes: int) -> None:
    at = timezone.now() - timedelta(minutes=minutes)
    AssistantProgram.objects.bulk_create(
        AssistantProgram(name="One", redirect_uris=[], address=address, registered_at=at)
        for _each in range(number)
    )


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "address", "minutes", "refused"), NUMBERS.values(), ids=NUMBERS)
def test_how_many_programs_may_be_registered_from_one_address(number, address, minutes, refused):
    register(number, address, minutes)
    assert has_too_many_registrations(HERE) is refused


@pytest.mark.django_db
@pytest.mark.parametrize(("number", "refused"), [(2, False), (3, True)])
def test_how_many_programs_may_wait_for_a_user(number, refused, monkeypatch):
    monkeypatch.setattr(registration, "MOST_UNUSED", 3)
    register(number, ELSEWHERE, 600)
    assert has_too_many_registrations(HERE) is refused
