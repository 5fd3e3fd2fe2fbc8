"""Sessions: where a user is signed in, ending them, and the two limits after which they end on their own."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.authentication.session_store import SessionStore, hash_session_key
from accounts.models import Session
from crm.platform.jobs import housekeeping
from tests.conftest import PASSWORD

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def start():
    """The beginning of the test."""
    return timezone.now()


@pytest.fixture
def at(monkeypatch, start):
    """at(hours=3) moves the clock to so long after the beginning of the test."""

    def moved(**passed) -> None:
        now = start + timedelta(**passed)
        monkeypatch.setattr(timezone, "now", lambda: now)

    moved()
    return moved


def browser_of(user, *, address: str = "203.0.113.9") -> Client:
    browser = Client(REMOTE_ADDR=address, headers={"User-Agent": FIREFOX})
    answer = browser.post("/login", {"email": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return browser


def row_of(browser) -> Session:
    return Session.objects.get(session_key=hash_session_key(browser.cookies["sessionid"].value))


def is_signed_in(browser) -> bool:
    return browser.get("/profile").status_code == 200


def test_a_session_knows_its_user_browser_address_and_sign_in_and_its_key_is_stored_hashed(bob, at, start):
    row = row_of(browser_of(bob))
    assert (row.user, row.browser, row.address) == (bob, "Firefox, Windows", "203.0.113.9")
    assert (row.signed_in_at, row.used_at) == (start, start)


def test_the_profile_lists_the_sessions_of_the_user_and_marks_this_one(bob, ann, at):
    here, there, _another = browser_of(bob), browser_of(bob), browser_of(ann)
    listed = here.get("/profile").context["sessions"]
    assert {(row.pk, is_here) for row, is_here in listed} == {
        (row_of(here).pk, True),
        (row_of(there).pk, False),
    }


def test_ending_one_session_signs_out_there_and_nowhere_else(bob, noted):
    here, there = browser_of(bob), browser_of(bob)
    (line,) = noted(lambda: here.post(f"/profile/sessions/{row_of(there).pk}/end"))
    assert (line["event"], line["user"], line["of"]) == ("session_ended", bob.pk, bob.pk)
    assert not is_signed_in(there)
    assert is_signed_in(here)


def test_the_cookie_of_a_session_is_worth_nothing_after_signing_out(bob):
    browser, thief = browser_of(bob), Client()
    thief.cookies["sessionid"] = browser.cookies["sessionid"].value
    assert is_signed_in(thief)
    browser.post("/logout")
    assert not is_signed_in(thief)


def test_no_one_ends_the_session_of_another_user_from_the_profile(ann, bob):
    there = browser_of(bob)
    assert browser_of(ann).post(f"/profile/sessions/{row_of(there).pk}/end").status_code == 404
    assert is_signed_in(there)


def test_an_administrator_sees_the_sessions_of_a_user_and_ends_one_or_all(ada, bob, noted):
    office, first, second = browser_of(ada), browser_of(bob), browser_of(bob)
    page = office.get(f"/admin/users/{bob.pk}")
    assert {row.pk for row, _here in page.context["sessions"]} == {row_of(first).pk, row_of(second).pk}
    office.post(f"/admin/users/{bob.pk}/sessions/{row_of(first).pk}/end")
    assert (is_signed_in(first), is_signed_in(second)) == (False, True)
    (line,) = noted(lambda: office.post(f"/admin/users/{bob.pk}/sign-out"))
    assert (line["event"], line["user"], line["of"]) == ("sessions_ended", ada.pk, bob.pk)
    assert not is_signed_in(second)
    assert is_signed_in(office)


def test_a_session_of_one_user_is_not_found_under_another(ada, ann, bob):
    address = f"/admin/users/{ann.pk}/sessions/{row_of(browser_of(bob)).pk}/end"
    assert browser_of(ada).post(address).status_code == 404


def test_a_session_ends_after_so_many_hours_without_use(bob, at, settings):
    settings.SESSION_IDLE_HOURS = 12
    browser = browser_of(bob)
    at(hours=11)
    assert is_signed_in(browser)
    at(hours=22)
    assert is_signed_in(browser)
    at(hours=34, seconds=1)
    assert not is_signed_in(browser)


def test_a_session_ends_so_many_days_after_signing_in_however_much_it_is_used(bob, at, settings):
    settings.SESSION_DAYS, settings.SESSION_IDLE_HOURS = 2, 12
    browser = browser_of(bob)
    for hours in range(8, 48, 8):
        at(hours=hours)
        assert is_signed_in(browser)
    at(hours=48)
    assert not is_signed_in(browser)


def test_what_a_page_asks_for_on_its_own_is_no_use(bob, at, start):
    browser = browser_of(bob)
    at(hours=11)
    browser.get("/notices")
    assert row_of(browser).used_at == start


def test_the_last_use_is_written_at_most_once_a_minute_and_costs_other_requests_no_query(bob, at, start):
    browser = browser_of(bob)
    at(seconds=59)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        browser.get("/profile")
    assert [
        query for query in queries if "UPDATE" in query["sql"] and "accounts_session" in query["sql"]
    ] == []
    at(seconds=61)
    browser.get("/profile", REMOTE_ADDR="198.51.100.7")
    assert (row_of(browser).used_at, row_of(browser).address) == (
        start + timedelta(seconds=61),
        "198.51.100.7",
    )


def test_a_new_password_gives_this_session_a_new_key_and_keeps_when_it_began(bob, at):
    browser = browser_of(bob)
    before = row_of(browser)
    at(hours=1)
    new = "a brand new password 7"
    browser.post("/password/change", {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    after = row_of(browser)
    assert after.session_key != before.session_key
    assert (after.signed_in_at, after.expire_date) == (before.signed_in_at, before.expire_date)
    assert not Session.objects.filter(pk=before.pk).exists()


def test_a_session_that_was_ended_meanwhile_is_not_written_again(bob):
    key = browser_of(bob).cookies["sessionid"].value
    store = SessionStore(key)
    store["x"] = 1
    Session.objects.of_user(bob).delete()
    with pytest.raises(UpdateError):
        store.save()
    assert not Session.objects.exists()


def test_sessions_beyond_a_limit_are_removed_within_the_hour(bob, at, settings):
    settings.SESSION_DAYS, settings.SESSION_IDLE_HOURS = 2, 12
    browser_of(bob)
    at(hours=13)
    browser_of(bob)
    assert housekeeping.clean_up()["delete_expired_sessions"] == 1
    assert Session.objects.count() == 1
