"""Signing in through an identity provider: what is accepted as its answer, and what isn't."""

from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Identity, IdentityProvider, Role, Session, SpentNonce
from tests.accounts.second_factor.stepping import give_app, signed_in_as
from tests.accounts.single_sign_on.providing import (
    TOKEN,
    assert_not_signed_in,
    begin,
    eve,
    said,
    set_up,
    sign_in_with,
)
from tests.conftest import PASSWORD


@pytest.fixture
def acme(server, departments):
    return set_up(server, default_role=Role.objects.get(key="rep"))


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


def test_answers_that_any_web_page_can_send_keep_no_one_from_signing_in(client, server, acme, bob, settings):
    settings.AXES_ENABLED = True
    office = {"REMOTE_ADDR": "203.0.113.9"}
    for number in range(20):
        answer = Client().get("/login/provider/back", {"state": f"x{number}", "code": "x"}, **office)
        assert (answer.status_code, answer["Location"]) == (302, "/login")
    assert client.get(f"/login/provider/{acme.pk}", **office).status_code == 302
    sent = {"email": "bob@example.com", "password": PASSWORD}
    assert Client().post("/login", sent, **office)["Location"] == "/"


def test_wrong_codes_of_a_provider_keep_no_one_from_signing_in(client, server, acme, bob, settings):
    settings.AXES_ENABLED = True
    office = {"REMOTE_ADDR": "203.0.113.9"}
    for _number in range(11):
        state = dict(parse_qsl(urlsplit(begin(client, acme)).query))["state"]
        client.get("/login/provider/back", {"state": state, "code": "guessed"}, **office)
    sent = {"email": "bob@example.com", "password": PASSWORD}
    assert Client().post("/login", sent, **office)["Location"] == "/"


def test_a_sign_in_and_a_failure_are_in_the_security_log(client, server, acme, noted):
    lines = noted(lambda: sign_in_with(client, server, acme))
    assert [line["event"] for line in lines] == ["user_added", "sign_on_linked", "signed_in"]
    assert {line["provider"] for line in lines} == {"Acme"}
    server.wrong = lambda claims: claims | {"aud": "another"}
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


def test_the_second_step_of_leadwell_is_not_asked_for(client, server, acme):
    sign_in_with(client, server, acme)
    give_app(eve())
    sign_in_with(other := Client(), server, acme)
    assert signed_in_as(other) == str(eve().pk)


def test_no_token_of_the_provider_is_kept(client, server, acme):
    tokens = []
    server.sign = lambda claims: tokens.append(server.signed(claims)) or tokens[-1]
    sign_in_with(client, server, acme)
    rows = [*Session.objects.values(), *Identity.objects.values(), *IdentityProvider.objects.values()]
    kept = str(rows) + str(dict(client.session)) + str(client.cookies)
    assert tokens
    assert tokens[0].split(".")[2] not in kept
    assert "unused" not in kept


def test_a_session_through_a_provider_has_the_same_limits(client, server, acme, settings):
    settings.SESSION_DAYS = 3
    sign_in_with(client, server, acme)
    session = Session.objects.of_user(eve()).get()
    assert timedelta(days=2, hours=23) < session.expire_date - timezone.now() <= timedelta(days=3)
    Session.objects.update(used_at=timezone.now() - timedelta(hours=settings.SESSION_IDLE_HOURS))
    assert client.get("/profile")["Location"].startswith("/login")
