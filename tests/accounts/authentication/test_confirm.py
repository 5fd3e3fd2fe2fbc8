"""Changing how you sign in asks for the password or a code again after some minutes."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import AuthenticatorApp
from tests.accounts.second_factor.stepping import code, give_app
from tests.conftest import PASSWORD

LIMIT = 10


def test_changing_two_step_verification_asks_again_after_some_minutes(sign_in, bob, monkeypatch):
    browser = sign_in(bob)
    give_app(bob)
    later = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr("crm.platform.web.password_confirmation.timezone.now", lambda: later)
    assert browser.get("/profile/two-step/app")["Location"] == "/confirm?next=%2Fprofile%2Ftwo-step%2Fapp"
    assert browser.post("/profile/two-step/off")["Location"].startswith("/confirm")
    assert AuthenticatorApp.objects.exists()
    assert browser.post("/confirm", {"password": "wrong"}).status_code == 422
    assert browser.post("/confirm?code=1", {"code": "000000"}).status_code == 422
    answer = browser.post("/confirm", {"password": PASSWORD, "next": "/profile/two-step"})
    assert answer["Location"] == "/profile/two-step"
    assert browser.get("/profile/two-step").status_code == 200


def test_a_code_confirms_too(sign_in, bob):
    browser = sign_in(bob)
    give_app(bob)
    answer = browser.post("/confirm?code=1", {"code": code(), "next": "/profile/two-step"})
    assert answer["Location"] == "/profile/two-step"


def test_guessing_the_password_when_confirming_is_slowed_down(sign_in, bob, settings):
    settings.AXES_ENABLED = True
    browser = sign_in(bob)
    for _attempt in range(LIMIT):
        answer = browser.post("/confirm", {"password": "wrong"})
    assert answer.status_code == 429
    assert "Confirm that it’s you" in answer.content.decode()
