"""The profile: a user's own name, language, look, password, and sessions."""

import pytest
from django.test import Client

from accounts.models import Session, User
from tests.conftest import PASSWORD
from tests.reading import close_up

NEW = "a brand new password 7"
FILLED = {
    "name": "Bob Moreau",
    "language": "",
    "time_zone": "Europe/Paris",
    "theme": "dark",
    "density": "compact",
    "rows_per_page": "100",
    "reminder_time": "08:00",
    "remind_before": "15",
    "signature": "Bob Moreau, Sales",
}


def elsewhere(user) -> Client:
    browser = Client()
    browser.force_login(user, backend="accounts.sign_in.EmailBackend")
    return browser


def is_signed_in(browser) -> bool:
    return browser.get("/profile").status_code == 200


def test_the_profile_requires_signing_in(client, db):
    for address in ("/profile", "/password/change"):
        assert client.get(address)["Location"] == f"/login?next={address}"
    assert client.post("/profile/sign-out-elsewhere").status_code == 302


def test_every_user_can_choose_how_the_product_looks(sign_in, bob):
    browser = sign_in(bob)
    assert browser.post("/profile", FILLED)["Location"] == "/profile"
    bob.refresh_from_db()
    assert (bob.name, bob.time_zone, bob.theme, bob.density, bob.rows_per_page, bob.signature) == (
        "Bob Moreau",
        "Europe/Paris",
        "dark",
        "compact",
        100,
        "Bob Moreau, Sales",
    )
    page = close_up(browser.get("/profile").content.decode())
    assert 'data-theme="dark" data-density="compact"' in page
    assert "Saved." in page


def test_a_new_language_applies_from_the_next_page(sign_in, bob):
    browser = sign_in(bob)
    browser.post("/profile", {**FILLED, "language": "ro"})
    assert '<html lang="ro"' in browser.get("/profile").content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "x" * 151),
        ("language", "xx"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "posixrules"),
        ("theme", "pink"),
        ("density", "loose"),
        ("rows_per_page", "1000000"),
        ("rows_per_page", "many"),
    ],
)
def test_invalid_values_get_422_and_nothing_is_saved(sign_in, bob, field, value):
    answer = sign_in(bob).post("/profile", {**FILLED, field: value})
    assert answer.status_code == 422
    assert 'class="error"' in answer.content.decode()
    kept = User.objects.get(pk=bob.pk)
    assert (kept.name, kept.theme, kept.rows_per_page) == ("Bob", "", 50)
    if field != "name":
        assert 'value="Bob Moreau"' in answer.content.decode()


def test_an_invalid_name_does_not_appear_in_the_header(sign_in, bob):
    page = sign_in(bob).post("/profile", {**FILLED, "name": "", "theme": "dark"}).content.decode()
    assert "<span>Bob</span>" in page
    assert "data-theme" not in page


def test_permissions_email_and_state_cannot_be_changed_in_the_profile(sign_in, bob):
    more = {
        "email": "x@example.com",
        "is_active": "",
        "groups": "1",
        "departments": "1",
        "sign_out_count": "9",
    }
    sign_in(bob).post("/profile", {**FILLED, **more})
    kept = User.objects.get(pk=bob.pk)
    assert (kept.email, kept.is_active, kept.sign_out_count) == ("bob@example.com", True, 0)
    assert [group.role.key for group in kept.groups.all()] == ["rep"]


def change_password(browser, old=PASSWORD, new=NEW, again=None):
    return browser.post(
        "/password/change", {"old_password": old, "new_password1": new, "new_password2": again or new}
    )


def test_changing_the_password_ends_other_sessions_and_keeps_this_one(sign_in, bob):
    other, browser = elsewhere(bob), sign_in(bob)
    assert change_password(browser)["Location"] == "/profile"
    assert is_signed_in(browser)
    assert not is_signed_in(other)
    bob.refresh_from_db()
    assert bob.check_password(NEW)


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [
        ("wrong", NEW, None),
        (PASSWORD, "short", None),
        (PASSWORD, NEW, "something else"),
        (PASSWORD, "bob@example.com", None),
    ],
)
def test_an_unsuitable_password_changes_nothing(sign_in, bob, old, new, again):
    other, browser = elsewhere(bob), sign_in(bob)
    assert change_password(browser, old, new, again).status_code == 422
    bob.refresh_from_db()
    assert bob.check_password(PASSWORD)
    assert is_signed_in(other)


def test_signing_out_everywhere_else_keeps_this_session_and_deletes_the_others(sign_in, bob, ann):
    other, stranger, browser = elsewhere(bob), elsewhere(ann), sign_in(bob)
    assert browser.post("/profile/sign-out-elsewhere")["Location"] == "/profile"
    assert is_signed_in(browser)
    assert not is_signed_in(other)
    assert is_signed_in(stranger)
    assert Session.objects.count() == 2


def test_signing_out_elsewhere_requires_a_post(sign_in, bob):
    assert sign_in(bob).get("/profile/sign-out-elsewhere").status_code == 405


def test_the_profile_shows_departments_and_roles(sign_in, carla):
    page = sign_in(carla).get("/profile").content.decode()
    assert "Sales Manager" in page
    assert "Export" in page
