"""Two-step verification with an authenticator app: adding it, signing in with its codes, and what a session that has
given only the password can open: nothing."""

import pyotp
import pytest
from axes.models import AccessAttempt
from django.conf import settings as django_settings
from django.test import Client

from accounts.authentication.password_links import build_password_link
from accounts.authentication.pending_sign_in import KEY
from accounts.models import AccountChange, AuthenticatorApp, RecoveryCode
from accounts.second_factor.secret_encryption import decrypt_secret
from tests.accounts.second_factor.stepping import (
    SECRET,
    code,
    give_app,
    give_code,
    give_password,
    signed_in_as,
)
from tests.crossing import crossed

APP = "/profile/two-step/app"
LIMIT = 3


def key_on(page) -> str:
    return page.context["key"].replace(" ", "")


def add_app(browser):
    """Adds the app as a person does; returns the page after it, and the key."""
    page = browser.get(APP)
    if page.status_code != 200:
        return page, ""
    secret = key_on(page)
    return browser.post(APP, {"code": pyotp.TOTP(secret).now(), "kept": page.context["kept"]}), secret


def test_an_app_is_added_with_its_first_code_and_recovery_codes_are_shown_once(sign_in, bob):
    browser = sign_in(bob)
    body = browser.get(APP).content.decode()
    assert "<svg" in body
    assert "style=" not in body
    answer, secret = add_app(browser)
    codes = answer.context["codes"]
    assert len(set(codes)) == 10
    # To read, and to download.
    assert [answer.content.decode().count(one) for one in codes] == [2] * 10
    app = AuthenticatorApp.objects.get(user=bob)
    assert secret not in app.secret
    assert decrypt_secret(app.secret) == secret
    shown = browser.get("/profile/two-step").content.decode()
    assert "10 unused codes left" in shown
    assert not any(one in shown for one in [*codes, secret])
    assert browser.get(APP)["Location"] == "/profile/two-step"


def test_a_wrong_first_code_adds_nothing_and_keeps_the_key(sign_in, bob):
    browser = sign_in(bob)
    page = browser.get(APP)
    before = key_on(page)
    answer = browser.post(APP, {"code": "000000", "kept": page.context["kept"]})
    assert answer.status_code == 422
    assert "Wrong code" in answer.content.decode()
    assert key_on(answer) == before
    assert not AuthenticatorApp.objects.exists()


def test_the_first_code_of_an_app_doesnt_sign_in_too(sign_in, bob):
    browser = sign_in(bob)
    add_app(browser)
    app = AuthenticatorApp.objects.get()
    other = Client()
    give_password(other, bob)
    assert give_code(other, pyotp.HOTP(decrypt_secret(app.secret)).at(app.last_step)).status_code == 422


def test_adding_the_first_app_signs_the_user_out_everywhere_else(sign_in, bob):
    elsewhere = Client()
    give_password(elsewhere, bob)
    browser = sign_in(bob)
    add_app(browser)
    assert elsewhere.get("/profile")["Location"].startswith("/login")
    assert browser.get("/profile").status_code == 200


def test_the_password_leads_to_the_code_page_and_the_code_to_the_requested_page(client, bob):
    give_app(bob)
    answer = give_password(client, bob, next="/profile")
    assert answer["Location"] == "/login/code"
    assert signed_in_as(client) is None
    assert client.get("/login/code").status_code == 200
    before = client.session.session_key
    answer = give_code(client, f" {code()[:3]} {code()[3:]} ")
    assert answer["Location"] == "/profile"
    assert signed_in_as(client) == str(bob.pk)
    assert client.session.session_key != before
    assert KEY not in client.session
    assert client.session.get_expiry_age() > django_settings.SESSION_COOKIE_AGE - 60


def test_a_user_without_a_second_step_signs_in_with_the_password_alone(client, bob):
    assert give_password(client, bob)["Location"] == "/"
    assert signed_in_as(client) == str(bob.pk)


@pytest.mark.parametrize("steps", [-1, 0, 1])
@pytest.mark.usefixtures("stopped_clock")
def test_a_clock_that_is_one_step_off_is_accepted(client, bob, steps):
    give_app(bob)
    give_password(client, bob)
    assert give_code(client, code(steps)).status_code == 302


@pytest.mark.parametrize("steps", [-20, -3, 3, 20])
@pytest.mark.usefixtures("stopped_clock")
def test_a_clock_that_is_further_off_is_not_accepted(client, bob, steps):
    give_app(bob)
    give_password(client, bob)
    assert give_code(client, code(steps)).status_code == 422
    assert signed_in_as(client) is None


def test_a_code_is_accepted_once_and_no_earlier_one_after_it(client, bob):
    app = give_app(bob)
    used = code()
    give_password(client, bob)
    give_code(client, used)
    again = Client()
    give_password(again, bob)
    assert give_code(again, used).status_code == 422
    app.refresh_from_db()
    AuthenticatorApp.objects.update(last_step=app.last_step + 1)
    assert give_code(again, code()).status_code == 422
    assert signed_in_as(again) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_requests_with_the_same_code_at_once_one_is_accepted(bob):
    give_app(bob)
    browsers = [Client(), Client()]
    for browser in browsers:
        give_password(browser, bob)
    used, answers = code(), []
    second = crossed(
        lambda: answers.append(give_code(browsers[0], used)), lambda: give_code(browsers[1], used)
    )
    assert sorted([answers[0].status_code, second.status_code]) == [302, 422]
    assert sorted(map(str, map(signed_in_as, browsers))) == sorted([str(bob.pk), "None"])


@pytest.mark.parametrize("wrong", ["", "12345", "1234567", "abcdef", "٠١٢٣٤٥", "\0", "x" * 500])
def test_anything_else_is_a_wrong_code_with_a_sentence(client, bob, wrong):
    give_app(bob)
    give_password(client, bob)
    answer = give_code(client, wrong)
    assert answer.status_code == 422
    assert "error" in answer.content.decode()
    assert signed_in_as(client) is None


def test_the_session_of_one_user_doesnt_take_the_code_of_another(client, bob, ann):
    give_app(bob)
    AuthenticatorApp.objects.create(user=ann, secret="unreadable")
    give_password(client, ann)
    assert give_code(client, code()).status_code == 422
    assert signed_in_as(client) is None


def test_wrong_codes_are_slowed_down_apart_from_passwords(client, bob, settings):
    settings.AXES_ENABLED = True
    give_app(bob)
    give_password(client, bob)
    for _attempt in range(LIMIT):
        answer = give_code(client, "000000")
    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()
    assert answer["Retry-After"] == "30"
    assert give_code(client, code()).status_code == 429
    # The right password doesn't clear the failures.
    assert give_password(client, bob)["Location"] == "/login/code"
    assert give_code(client, code()).status_code == 429
    assert "000000" not in "".join(AccessAttempt.objects.values_list("post_data", flat=True))


def test_the_right_password_in_between_allows_no_extra_codes(bob, settings):
    settings.AXES_ENABLED = True
    give_app(bob)
    for _attempt in range(LIMIT):
        browser = Client()
        give_password(browser, bob)
        answer = give_code(browser, "000000")
    assert answer.status_code == 429


def test_a_password_link_doesnt_remove_the_second_step(client, bob):
    give_app(bob)
    form = client.get(build_password_link(bob).removeprefix("http://127.0.0.1:8000"))["Location"]
    client.post(form, {"new_password1": "a brand new password 7", "new_password2": "a brand new password 7"})
    answer = client.post("/login", {"email": bob.email, "password": "a brand new password 7"})
    assert answer["Location"] == "/login/code"
    assert signed_in_as(client) is None


def test_turning_it_off_removes_everything_and_is_announced(sign_in, bob):
    browser = sign_in(bob)
    add_app(browser)
    assert "will be removed" in browser.get("/profile/two-step/off").content.decode()
    browser.post("/profile/two-step/off")
    assert not AuthenticatorApp.objects.exists()
    assert not RecoveryCode.objects.exists()
    kinds = list(AccountChange.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["app_added", "factors_off"]
    assert give_password(Client(), bob)["Location"] == "/"


def test_removing_the_only_app_removes_the_recovery_codes_too(sign_in, bob):
    browser = sign_in(bob)
    add_app(browser)
    browser.post("/profile/two-step/app/remove")
    assert not AuthenticatorApp.objects.exists()
    assert not RecoveryCode.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_sign_in_with_the_password_alone_that_crosses_the_adding_of_an_app_opens_nothing(bob, monkeypatch):
    """The race between the two: the password was checked before, and the session was written after."""
    owner, other = Client(), Client()
    owner.force_login(bob, backend="accounts.sign_in.EmailBackend")
    from accounts.authentication.views import sign_in

    checks = sign_in.has_second_factor

    def check_then_cross(user):
        found = checks(user)
        add_app(owner)
        return found

    monkeypatch.setattr(sign_in, "has_second_factor", check_then_cross)
    give_password(other, bob)
    assert AuthenticatorApp.objects.filter(user=bob).exists()
    assert other.get("/profile")["Location"].startswith("/login")
    assert owner.get("/profile").status_code == 200


def test_a_new_secret_key_keeps_apps_and_encrypts_them_again_when_used(client, bob, settings):
    app = give_app(bob)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "new " * 20
    give_password(client, bob)
    assert give_code(client, code()).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    app.refresh_from_db()
    assert decrypt_secret(app.secret) == SECRET


def test_the_key_that_a_form_sends_back_is_encrypted_and_only_its_users(sign_in, bob, ann):
    page = sign_in(ann).get(APP)
    kept, secret = page.context["kept"], key_on(page)
    assert secret not in kept
    browser = sign_in(bob)
    for foreign in (kept, "made up", ""):
        assert browser.post(APP, {"code": pyotp.TOTP(secret).now(), "kept": foreign}).status_code == 422
    assert not AuthenticatorApp.objects.exists()


def test_the_log_says_how_a_user_signed_in_and_that_a_code_was_wrong(client, bob, noted):
    give_app(bob)

    def act():
        give_password(client, bob)
        give_code(client, "000000")
        give_code(client, code())

    lines = [(line["event"], line["user"], line.get("second_step")) for line in noted(act)]
    assert lines == [("code_wrong", bob.pk, None), ("signed_in", bob.pk, "app")]
