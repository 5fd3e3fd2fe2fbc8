"""Confirming who you are at the identity provider, before something sensitive."""

import json
import time
from urllib.parse import parse_qsl, urlsplit

import pytest

from accounts.models import Role
from tests.accounts.single_sign_on.providing import begin, said, set_up, sign_in_with


@pytest.fixture
def acme(server, departments):
    return set_up(server, default_role=Role.objects.get(key="rep"))


def ask_again(browser, acme) -> str:
    return browser.get(f"/confirm/provider/{acme.pk}", {"next": "/admin/users/new"})["Location"]


def expired(browser) -> None:
    session = browser.session
    session.pop("confirmed_at", None)
    session.save()


def test_a_user_without_a_password_confirms_at_the_provider_which_asks_again(client, server, acme):
    sign_in_with(client, server, acme)
    expired(client)
    assert "Confirm with Acme" in said(client, "/confirm")
    assert 'type="password"' not in said(client, "/confirm")
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
    assert answer["Location"] == "/confirm"
    assert "confirmed_at" not in client.session


@pytest.mark.parametrize(("seconds", "confirmed"), [(0, True), (3_600, False)])
def test_only_a_recent_sign_in_at_the_provider_counts_as_confirmation(
    client, server, acme, seconds, confirmed
):
    sign_in_with(client, server, acme, auth_time=int(time.time()) - seconds)
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
