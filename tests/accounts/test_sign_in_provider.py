"""Signing in through an identity provider: what is accepted as its answer, and what isn't."""

import base64
import hmac
import json
import time
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client

from accounts.models import Identity, Role, SpentNonce, User
from accounts.single_sign_on import protocol
from crm.api import outgoing
from tests.accounts.providing import (
    AUTHORIZE,
    DOCUMENT,
    KEY,
    KEYS,
    OTHER_KEY,
    TOKEN,
    begin,
    said,
    set_up,
    sign_in_with,
    token_of,
)
from tests.accounts.stepping import give_app, signed_in_as

NOT_ACCEPTED = "The answer of Acme wasn’t accepted. Try again."


@pytest.fixture
def acme(server, departments):
    return set_up(server, default_role=Role.objects.get(key="rep"))


def eve() -> User | None:
    return User.objects.with_email("eve@example.com").first()


def assert_not_signed_in(browser, answer, sentence: str = NOT_ACCEPTED) -> None:
    assert (answer.status_code, answer["Location"]) == (302, "/login")
    assert signed_in_as(browser) is None
    assert sentence in said(browser)


def test_someone_who_signs_in_the_first_time_gets_an_account_and_the_page_they_wanted(client, server, acme):
    back = server.back_from(begin(client, acme, "/admin/leads?q=x"))
    answer = client.get(back)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/leads?q=x")
    assert signed_in_as(client) == str(eve().pk)
    assert (eve().name, eve().has_usable_password()) == ("Eve Nová", False)
    assert [role.role.key for role in eve().groups.all()] == ["rep"]
    assert Identity.objects.get().subject == "eve-1"


def test_the_second_time_it_is_the_same_account_also_with_another_email_of_the_domain(client, server, acme):
    sign_in_with(client, server, acme)
    other = Client()
    sign_in_with(other, server, acme, email="eve.nova@example.com")
    assert signed_in_as(other) == str(eve().pk)
    assert Identity.objects.count() == 1


def test_the_request_has_pkce_a_state_a_nonce_and_the_registered_address(client, acme):
    asked = dict(parse_qsl(urlsplit(begin(client, acme)).query))
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["scope"] == "openid email profile"
    assert asked["redirect_uri"].endswith("/login/provider/back")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    again = dict(parse_qsl(urlsplit(begin(client, acme)).query))
    assert all(asked[name] != again[name] for name in ("state", "nonce", "code_challenge"))


def test_two_tabs_can_sign_in_at_once(client, server, acme):
    first, second = begin(client, acme), begin(client, acme)
    for address in (second, first):
        assert client.get(server.back_from(address))["Location"] == "/"
        assert signed_in_as(client) == str(eve().pk)


@pytest.mark.parametrize("state", ["", "wrong", "\0", "é" * 500])
def test_a_wrong_state_is_not_accepted(client, server, acme, state):
    back = server.back_from(begin(client, acme))
    query = dict(parse_qsl(urlsplit(back).query)) | {"state": state}
    assert_not_signed_in(client, client.get("/login/provider/back", query), "wasn’t started in this browser")
    assert TOKEN not in server.asked


def test_the_answer_for_another_browser_is_not_accepted(client, server, acme):
    back = server.back_from(begin(Client(), acme))
    assert_not_signed_in(client, client.get(back), "wasn’t started in this browser")


def test_an_answer_is_accepted_once(client, server, acme):
    back = server.back_from(begin(client, acme))
    client.get(back)
    client.post("/logout")
    assert_not_signed_in(client, client.get(back), "wasn’t started in this browser")


def test_a_replayed_code_is_not_accepted(client, server, acme):
    used = server.back_from(begin(client, acme))
    code = dict(parse_qsl(urlsplit(used).query))["code"]
    client.get(used)
    other = Client()
    fresh = dict(parse_qsl(urlsplit(server.back_from(begin(other, acme))).query))
    assert_not_signed_in(other, other.get("/login/provider/back", fresh | {"code": code}))


def test_a_code_of_another_browser_fails_pkce(client, server, acme):
    stolen = dict(parse_qsl(urlsplit(server.back_from(begin(Client(), acme))).query))["code"]
    own = dict(parse_qsl(urlsplit(server.back_from(begin(client, acme))).query))
    assert_not_signed_in(client, client.get("/login/provider/back", own | {"code": stolen}))


def test_a_session_that_comes_back_twice_at_once_is_signed_in_once(client, server, acme):
    """Both requests have read the session before either one has removed the attempt from it."""
    back = server.back_from(begin(client, acme))
    kept = client.session["sign_on"]
    client.get(back)
    session = Client()
    begin(session, acme)
    changed = session.session
    changed["sign_on"] = kept
    changed.save()
    assert_not_signed_in(session, session.get(back), "already used")
    assert SpentNonce.objects.count() == 1


def test_an_attempt_lasts_ten_minutes(client, server, acme):
    back = server.back_from(begin(client, acme))
    session = client.session
    (attempt,) = session["sign_on"].values()
    attempt["begun"] -= 601
    session.save()
    assert_not_signed_in(client, client.get(back), "longer than ten minutes")


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


def test_the_answer_of_another_issuer_is_not_accepted(client, server, acme):
    back = server.back_from(begin(client, acme))
    query = dict(parse_qsl(urlsplit(back).query)) | {"iss": "https://accounts.example.com"}
    assert_not_signed_in(client, client.get("/login/provider/back", query))
    assert TOKEN not in server.asked


def test_a_missing_issuer_is_not_accepted_from_a_provider_that_always_sends_it(client, server, acme):
    server.document = {"authorization_response_iss_parameter_supported": True}
    query = dict(parse_qsl(urlsplit(server.back_from(begin(client, acme))).query))
    del query["iss"]
    assert_not_signed_in(client, client.get("/login/provider/back", query))


def test_someone_who_cancels_at_the_provider_is_back_on_the_sign_in_page(client, server, acme):
    state = dict(parse_qsl(urlsplit(begin(client, acme)).query))["state"]
    answer = client.get("/login/provider/back", {"state": state, "error": "access_denied"})
    assert_not_signed_in(client, answer, "Acme didn’t sign you in. Try again.")


@pytest.mark.parametrize(
    "target", ["https://evil.example.com/", "//evil.example.com", "javascript:alert(1)", "/\\evil.com"]
)
def test_no_one_is_led_to_another_site(client, server, acme, target):
    assert client.get(server.back_from(begin(client, acme, target)))["Location"] == "/"


def test_a_provider_that_cannot_be_reached_leaves_a_sentence(client, server, acme):
    server.shutdown()
    server.server_close()
    answer = client.get(f"/login/provider/{acme.pk}")
    assert_not_signed_in(client, answer, "Acme can’t be reached at the moment. Try again later.")


BROKEN = {
    "an error": (500, b"oops"),
    "no JSON": (200, b"<html>"),
    "a list": (200, b"[]"),
    "too long": (200, b'"' + b"x" * 300_000 + b'"'),
    "a deep list": (200, b"[" * 100_000),
    "a redirect": (302, b""),
}


@pytest.mark.parametrize("path", [DOCUMENT, KEYS, TOKEN])
@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN.keys())
def test_a_provider_that_answers_with_something_else_leaves_a_sentence(client, server, acme, path, broken):
    if path != TOKEN:
        server.answers[path] = broken
        answer = client.get(f"/login/provider/{acme.pk}")
    else:
        address = begin(client, acme)
        server.answers[path] = broken
        answer = client.get(server.back_from(address))
    assert_not_signed_in(client, answer, "Acme")


def test_a_provider_that_does_not_answer_in_time_leaves_a_sentence(client, server, acme, monkeypatch):
    address = begin(client, acme)
    monkeypatch.setattr(outgoing, "LONGEST", 0.3)
    server.pause = 1
    begun = time.monotonic()
    assert_not_signed_in(client, client.get(server.back_from(address)), "can’t be reached")
    assert time.monotonic() - begun < 0.9


def test_settings_that_were_read_before_are_used_while_the_provider_does_not_publish_them(
    client, server, acme
):
    sign_in_with(Client(), server, acme)
    acme.refresh_from_db()
    acme.read_at = None
    acme.save()
    server.answers[DOCUMENT] = (500, b"")
    assert begin(client, acme).startswith(server.issuer + AUTHORIZE)


def test_failed_answers_slow_the_address_down(client, server, acme, settings):
    settings.AXES_ENABLED = True
    for _number in range(10):
        answer = client.get(
            "/login/provider/back", {"state": "guessed", "code": "x"}, REMOTE_ADDR="203.0.113.9"
        )
    assert answer.status_code == 429
    assert client.get(f"/login/provider/{acme.pk}", REMOTE_ADDR="203.0.113.9").status_code == 429
    assert client.get(f"/login/provider/{acme.pk}", REMOTE_ADDR="203.0.113.10").status_code == 302


def test_a_sign_in_and_a_failure_are_in_the_security_log(client, server, acme, noted):
    lines = noted(lambda: sign_in_with(client, server, acme))
    assert [line["event"] for line in lines] == ["user_added", "sign_on_linked", "signed_in"]
    assert {line["provider"] for line in lines} == {"Acme"}
    server.wrong = WRONG["for another client"]
    (line,) = noted(lambda: sign_in_with(Client(), server, acme))
    assert (line["event"], line["provider"]) == ("sign_on_failed", "Acme")
    assert "aud" in line["why"]


def test_a_required_method_has_to_be_used_at_the_provider(client, server, acme):
    acme.method = "mfa"
    acme.save()
    assert_not_signed_in(
        client, sign_in_with(client, server, acme, amr=["pwd"]), "didn’t ask for a second step"
    )
    sign_in_with(client, server, acme, amr=["pwd", "mfa"])
    assert signed_in_as(client)
    sign_in_with(other := Client(), server, acme, acr="mfa")
    assert signed_in_as(other)


def test_a_role_that_requires_two_steps_is_satisfied_by_the_provider(client, server, acme):
    Role.objects.filter(key="rep").update(second_factor_days=0, second_factor_from="2026-01-01T00:00:00Z")
    sign_in_with(client, server, acme)
    assert client.get("/profile").status_code == 200


def test_a_provider_that_is_turned_off_is_not_offered(client, server, acme):
    assert "Sign in with Acme" in said(client)
    acme.active = False
    acme.save()
    assert "Sign in with Acme" not in said(client)
    assert client.get(f"/login/provider/{acme.pk}").status_code == 404


def ask_again(browser, acme) -> str:
    return browser.get(f"/confirm/provider/{acme.pk}", {"next": "/admin/users/new"})["Location"]


def expired(browser) -> None:
    session = browser.session
    session.pop("confirmed_at", None)
    session.save()


def test_a_user_without_a_password_confirms_at_the_provider_which_asks_again(client, server, acme):
    sign_in_with(client, server, acme)
    expired(client)
    assert "Confirm with Acme" in said(client, "/password/confirm")
    assert 'type="password"' not in said(client, "/password/confirm")
    address = ask_again(client, acme)
    asked = dict(parse_qsl(urlsplit(address).query))
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    assert client.get(server.back_from(address))["Location"] == "/admin/users/new"
    assert "confirmed_at" in client.session


@pytest.mark.parametrize(
    "claims", [{"auth_time": 1}, {"auth_time": None}, {"auth_time": True}, {"sub": "someone-else"}]
)
def test_an_old_sign_in_or_another_account_confirms_nothing(client, server, acme, claims):
    sign_in_with(client, server, acme)
    expired(client)
    answer = client.get(server.back_from(ask_again(client, acme), **claims))
    assert answer["Location"] == "/password/confirm"
    assert "confirmed_at" not in client.session


@pytest.mark.parametrize(("seconds", "confirmed"), [(0, True), (3_600, False)])
def test_only_a_recent_sign_in_at_the_provider_counts_as_confirmation(
    client, server, acme, seconds, confirmed
):
    sign_in_with(client, server, acme, auth_time=now() - seconds)
    assert ("confirmed_at" in client.session) == confirmed


def test_a_provider_that_never_says_when_confirms_if_an_administrator_has_chosen_so(client, server, acme):
    acme.trusts_sessions = True
    acme.save()
    sign_in_with(client, server, acme, auth_time=None)
    assert "confirmed_at" in client.session
    expired(client)
    client.get(server.back_from(ask_again(client, acme), auth_time=1))
    assert "confirmed_at" not in client.session
    client.get(server.back_from(ask_again(client, acme), auth_time=None))
    assert "confirmed_at" in client.session


def test_the_time_of_the_sign_in_is_asked_for_where_that_is_possible(client, server, acme):
    server.document = {"claims_parameter_supported": True}
    asked = dict(parse_qsl(urlsplit(begin(client, acme)).query))
    assert json.loads(asked["claims"]) == {"id_token": {"auth_time": {"essential": True}}}


def test_the_second_step_of_leadwell_is_not_asked_for(client, server, acme):
    sign_in_with(client, server, acme)
    give_app(eve())
    sign_in_with(other := Client(), server, acme)
    assert signed_in_as(other) == str(eve().pk)


def test_the_leeway_is_small():
    assert protocol.LEEWAY <= 60
