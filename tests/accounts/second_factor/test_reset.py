"""An administrator resets a user's two-step verification: what it says before, who may, and what happens."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from accounts.models import AccountChange, AuthenticatorApp, Passkey, RecoveryCode
from accounts.second_factor.codes import make_recovery_codes
from accounts.users.account_changes import describe_account_change
from crm.models import Notification
from crm.platform.web.notifications import get_notification_sentence
from tests.accounts.second_factor.stepping import give_app, give_password


@pytest.fixture
def protected(bob):
    give_app(bob)
    make_recovery_codes(bob)
    Passkey.objects.create(user=bob, name="Phone", credential_id="one")
    return bob


def path_of(user) -> str:
    return f"/admin/users/{user.pk}/reset"


def test_the_page_says_what_will_be_removed_before_it_happens(sign_in, ada, protected):
    page = sign_in(ada).get(path_of(protected)).content.decode()
    assert "the authenticator app" in page
    assert "1 passkey" in page
    assert "10 unused recovery codes" in page
    assert "signed out everywhere" in page
    assert AuthenticatorApp.objects.exists()


def test_everything_is_removed_all_sessions_end_and_the_password_alone_signs_in(sign_in, ada, protected):
    theirs = Client()
    theirs.force_login(protected, backend="accounts.sign_in.EmailBackend")
    assert sign_in(ada).post(path_of(protected))["Location"] == f"/admin/users/{protected.pk}"
    assert [model.objects.count() for model in (AuthenticatorApp, Passkey, RecoveryCode)] == [0, 0, 0]
    assert theirs.get("/profile")["Location"].startswith("/login")
    assert give_password(Client(), protected)["Location"] == "/"


def test_it_is_recorded_and_the_user_is_notified_and_mailed(sign_in, ada, protected):
    browser = sign_in(ada)
    browser.post(path_of(protected))
    change = AccountChange.objects.get()
    assert (change.by_id, describe_account_change(change)) == (ada.pk, "Two-step verification reset")
    assert (
        get_notification_sentence(Notification.objects.of_user(protected).get())
        == "Two-step verification reset by Ada."
    )
    assert change.kind in AccountChange.KEYS
    assert "Two-step verification reset" in browser.get(f"/admin/users/{protected.pk}").content.decode()


def test_users_with_less_access_cant_and_your_own_is_changed_in_the_profile(sign_in, ada, ann, bob, grant):
    give_app(ada)
    grant(ann, "accounts.view_user", "accounts.change_user")
    assert sign_in(ann).post(path_of(ada)).status_code == 403
    assert sign_in(bob).post(path_of(ada)).status_code == 403
    assert sign_in(ada).post(path_of(ada)).status_code == 403
    assert AuthenticatorApp.objects.exists()


def test_a_user_without_it_is_not_changed_or_signed_out(sign_in, ada, bob):
    theirs = Client()
    theirs.force_login(bob, backend="accounts.sign_in.EmailBackend")
    browser = sign_in(ada)
    assert "doesn’t use two-step verification" in browser.get(path_of(bob)).content.decode()
    browser.post(path_of(bob))
    assert theirs.get("/profile").status_code == 200
    assert not AccountChange.objects.exists()


def test_the_command_helps_the_only_administrator(ada, capsys):
    give_app(ada)
    call_command("reset_two_step", email="ADA@example.com")
    assert not AuthenticatorApp.objects.exists()
    assert "ada@example.com signs in with the password alone" in capsys.readouterr().out
    assert AccountChange.objects.get().by is None
    with pytest.raises(CommandError, match="doesn't use"):
        call_command("reset_two_step", email="ada@example.com")
    with pytest.raises(CommandError, match="no active user"):
        call_command("reset_two_step", email="none@example.com")


def test_it_asks_the_administrator_again_after_some_minutes(sign_in, ada, protected, monkeypatch):
    browser = sign_in(ada)
    later = timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr("crm.platform.web.password_confirmation.timezone.now", lambda: later)
    assert browser.get(path_of(protected))["Location"].startswith("/confirm")
    assert browser.post(path_of(protected))["Location"].startswith("/confirm")
    assert AuthenticatorApp.objects.exists()
