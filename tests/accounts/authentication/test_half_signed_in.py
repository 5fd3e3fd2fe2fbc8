"""Between the password and the second step, a session opens nothing, and ends soon."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import AuthenticatorApp, User
from tests.accounts.second_factor.stepping import code, give_app, give_code, give_password, signed_in_as


def test_a_session_after_the_password_alone_opens_nothing(client, bob, make_lead):
    give_app(bob)
    lead = make_lead("Ana Half", owner=bob)
    give_password(client, bob)
    for path in (
        "/admin/leads",
        f"/admin/leads/{lead.pk}",
        "/profile",
        "/profile/two-step",
        "/confirm",
        "/notices",
        "/admin/exports/1/file",
    ):
        answer = client.get(path)
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/login"), path
    for path in ("/api/leads", "/v1/crm/leads", "/api/v2/leads"):
        assert client.get(path).status_code == 401, path
    assert client.post("/profile/two-step/off")["Location"].startswith("/login")
    assert AuthenticatorApp.objects.exists()


def test_a_stolen_session_after_the_password_alone_ends_after_ten_minutes(client, bob, monkeypatch):
    give_app(bob)
    give_password(client, bob)
    assert client.session.get_expiry_age() <= 600
    later = timezone.now() + timedelta(minutes=11)
    monkeypatch.setattr("accounts.authentication.pending_sign_in.timezone.now", lambda: later)
    assert client.get("/login/code")["Location"] == "/login"
    assert give_code(client, code())["Location"] == "/login"
    assert signed_in_as(client) is None


@pytest.mark.parametrize("change", [{"is_active": False}, {"sign_out_count": 7}, {"password": "!"}])
def test_it_ends_when_the_account_changes(client, bob, change):
    give_app(bob)
    give_password(client, bob)
    User.objects.filter(pk=bob.pk).update(**change)
    assert give_code(client, code())["Location"] == "/login"
    assert signed_in_as(client) is None


def test_the_code_page_without_a_password_leads_to_the_sign_in_page(client, bob):
    give_app(bob)
    assert client.get("/login/code")["Location"] == "/login"
    assert give_code(client, code())["Location"] == "/login"
