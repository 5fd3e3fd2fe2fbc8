"""ID tokens: whose claims and signatures are accepted, how far clocks may be off, and changed keys."""

import base64
import hmac
import json
import time
from hashlib import sha256

import pytest
from django.test import Client

from accounts.models import Role
from accounts.single_sign_on import openid_connect
from tests.accounts.second_factor.stepping import signed_in_as
from tests.accounts.single_sign_on.providing import (
    KEY,
    KEYS,
    OTHER_KEY,
    assert_not_signed_in,
    begin,
    eve,
    set_up,
    sign_in_with,
    token_of,
)


@pytest.fixture
def acme(server, departments):
    return set_up(server, default_role=Role.objects.get(key="rep"))


def now() -> int:
    return int(time.time())


WRONG = {
    "another nonce": lambda claims: claims | {"nonce": "of another sign-in"},
    "no nonce": lambda claims: {name: value for name, value in claims.items() if name != "nonce"},
    "expired beyond the leeway": lambda claims: claims | {"exp": now() - 62, "iat": now() - 300},
    "of the future beyond the leeway": lambda claims: claims | {"iat": now() + 90, "exp": now() + 400},
    "not valid yet": lambda claims: claims | {"nbf": now() + 90},
    "issued long ago": lambda claims: claims | {"iat": now() - 3_600},
    "no expiry": lambda claims: {name: value for name, value in claims.items() if name != "exp"},
    "expiry as text": lambda claims: claims | {"exp": "never"},
    "expiry as NaN": lambda claims: claims | {"exp": float("nan")},
    "for another client": lambda claims: claims | {"aud": "another"},
    "for two clients without azp": lambda claims: claims | {"aud": ["leadwell", "another"]},
    "for two clients, authorized for the other": lambda claims: (
        claims | {"aud": ["leadwell", "another"], "azp": "another"}
    ),
    "no audience": lambda claims: {name: value for name, value in claims.items() if name != "aud"},
    "of another issuer": lambda claims: claims | {"iss": "https://accounts.example.com"},
    "no subject": lambda claims: {name: value for name, value in claims.items() if name != "sub"},
    "an empty subject": lambda claims: claims | {"sub": ""},
    "a number as subject": lambda claims: claims | {"sub": 1},
    "a NUL in the subject": lambda claims: claims | {"sub": "eve\0"},
    "half a character in the subject": lambda claims: claims | {"sub": "eve\ud800"},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_an_id_token_with_wrong_claims_is_not_accepted(client, server, acme, wrong):
    server.wrong = wrong
    assert_not_signed_in(client, sign_in_with(client, server, acme))
    assert eve() is None


@pytest.mark.parametrize(
    "skewed",
    [
        lambda claims: claims | {"exp": now() - 50, "iat": now() - 300},
        lambda claims: claims | {"iat": now() + 50, "exp": now() + 350, "nbf": now() + 50},
        lambda claims: claims | {"aud": ["leadwell", "another"], "azp": "leadwell"},
    ],
)
def test_a_clock_that_is_a_little_off_and_a_second_audience_are_accepted(client, server, acme, skewed):
    server.wrong = skewed
    sign_in_with(client, server, acme)
    assert signed_in_as(client) == str(eve().pk)


def hmac_with(secret: bytes):
    return lambda claims: token_of(
        {"alg": "HS256", "kid": "first"}, claims, lambda data: hmac.digest(secret, data, sha256)
    )


FORGED = {
    "alg none": lambda claims: token_of({"alg": "none", "kid": "first"}, claims, lambda data: b""),
    "signed with the published key as a secret": hmac_with(json.dumps(KEY.published).encode()),
    "signed with the modulus as a secret": hmac_with(base64.urlsafe_b64decode(KEY.published["n"] + "==")),
    "signed with the client secret": hmac_with(b"a-secret-of-the-client"),
    "an unknown key under a known name": lambda claims: token_of(
        {"alg": "RS256", "kid": "first"}, claims, OTHER_KEY.signature
    ),
    "an unknown key": lambda claims: token_of({"alg": "RS256", "kid": "second"}, claims, OTHER_KEY.signature),
    "its own key in the header": lambda claims: token_of(
        {"alg": "RS256", "jwk": OTHER_KEY.published, "kid": "first"}, claims, OTHER_KEY.signature
    ),
    "another algorithm": lambda claims: token_of({"alg": "PS256", "kid": "first"}, claims, KEY.signature),
    "an unknown critical header": lambda claims: token_of(
        {"alg": "RS256", "kid": "first", "crit": ["x"], "x": 1}, claims, KEY.signature
    ),
    "no token": lambda claims: "",
    "three words": lambda claims: "not.a.token",
    "a number": lambda claims: 17,
    "a long text": lambda claims: "x" * 100_000,
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED.keys())
def test_an_id_token_that_the_provider_did_not_sign_is_not_accepted(client, server, acme, forged):
    server.sign = forged
    assert_not_signed_in(client, sign_in_with(client, server, acme))
    assert eve() is None


def test_a_changed_key_is_looked_up_once(client, server, acme):
    sign_in_with(client, server, acme)
    asked = server.asked.count(KEYS)
    server.published, server.key = [OTHER_KEY.published], OTHER_KEY
    sign_in_with(Client(), server, acme)
    sign_in_with(other := Client(), server, acme)
    assert signed_in_as(other) == str(eve().pk)
    assert server.asked.count(KEYS) == asked + 1


def test_an_unknown_key_is_looked_up_once_and_then_refused(client, server, acme):
    begin(client, acme)
    asked = server.asked.count(KEYS)
    server.key = OTHER_KEY
    assert_not_signed_in(client, sign_in_with(client, server, acme))
    assert server.asked.count(KEYS) == asked + 1


def test_the_leeway_is_small():
    assert openid_connect.LEEWAY <= 60


# The claims of an account, and the sentence for its person; none for those that sign in.
BROKEN_CLAIMS = {
    "a NUL in the email": (
        {"email": "eve\0@example.com"},
        "sent an email with characters that can’t be used",
    ),
    "half a character in the email": ({"email": "eve\ud800@example.com"}, "characters that can’t be used"),
    "a line break in the email": ({"email": "eve\n@example.com"}, "characters that can’t be used"),
    "an email that is a list": ({"email": ["eve@example.com"]}, "didn’t send your email"),
    "a NUL in the name": ({"name": "Eve\0"}, None),
    "half a character in the name": ({"name": "Eve\ud800", "given_name": "Eve"}, None),
    "a name that is a number": ({"name": 7}, None),
    "a NUL in a group": ({"groups": ["sales\0", "\ud800", 7, None, ["x"]]}, None),
    "groups that are an object": ({"groups": {"a": "\0"}}, None),
    "a NUL in a claim that no one reads": ({"locale": "\0\ud800"}, None),
}


@pytest.mark.parametrize(("claims", "sentence"), BROKEN_CLAIMS.values(), ids=BROKEN_CLAIMS)
def test_broken_characters_in_claims_are_a_sentence_or_left_out(client, server, acme, claims, sentence):
    server.wrong = lambda sent: sent | claims
    answer = sign_in_with(client, server, acme)
    if sentence is None:
        assert signed_in_as(client) == str(eve().pk)
        assert "Eve" in eve().name or eve().name == "eve"
        return
    assert answer.status_code == 302
    assert sentence in client.get("/login").content.decode()
    assert eve() is None
