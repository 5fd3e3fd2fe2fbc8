"""The link of an invitation lasts a week, says until when, and what to do once it is over."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.authentication import password_links
from accounts.models import User
from accounts.models.user import INVITATION_LASTS
from tests.reading import close_up

# Daylight saving ends in Bucharest on the Sunday between.
FRIDAY = datetime(2026, 10, 23, 14, 10, tzinfo=UTC)


@pytest.fixture
def move_clock(monkeypatch):
    """move_clock(moment) sets the clock of the product."""
    return lambda moment: monkeypatch.setattr(timezone, "now", lambda: moment)


@pytest.fixture
def eva(ada, departments):
    """Invited by Ada; she hasn't chosen a password yet."""
    user = User(name="Eva", email="eva@example.com", time_zone="Europe/Bucharest", invited_by=ada)
    user.set_unusable_password()
    user.save()
    return user


def read_link(letter) -> str:
    return next(line for line in letter.body.splitlines() if "/password/set/" in line).removeprefix(
        "http://127.0.0.1:8000"
    )


def test_an_invitation_outlasts_a_weekend_and_ends_when_its_email_says(eva, ada, move_clock):
    move_clock(FRIDAY)
    letter = password_links.build_password_email(eva, ada)
    # A week later by the clock of the database; the clock on the wall was put back an hour.
    assert "until Friday, 30 October 2026, 16:10 (Europe/Bucharest)" in letter.body
    link = read_link(letter)
    move_clock(FRIDAY + timedelta(days=3))
    assert Client().get(link).status_code == 302
    move_clock(FRIDAY + INVITATION_LASTS - timedelta(minutes=1))
    assert Client().get(link).status_code == 302
    move_clock(FRIDAY + INVITATION_LASTS + timedelta(minutes=1))
    page = Client().get(link)
    assert page.status_code == 410
    assert "This invitation has expired" in page.text
    assert "The link worked until Friday, 30 October 2026, 16:10 (Europe/Bucharest)." in page.text
    assert (
        "Request a new link with your email, or ask Ada, who invited you, to send the invitation again."
        in (close_up(page.text))
    )
    assert 'href="/password/forgotten"' in page.text


def test_a_page_opened_in_time_and_sent_too_late_says_so_too(eva, ada, move_clock):
    move_clock(FRIDAY)
    link = read_link(password_links.build_password_email(eva, ada))
    browser = Client()
    move_clock(FRIDAY + INVITATION_LASTS - timedelta(minutes=1))
    where = browser.get(link)["Location"]
    move_clock(FRIDAY + INVITATION_LASTS + timedelta(minutes=1))
    data = {"new_password1": "a brand new password 7", "new_password2": "a brand new password 7"}
    page = browser.post(where, data)
    assert (page.status_code, "This invitation has expired" in page.text) == (410, True)
    eva.refresh_from_db()
    assert eva.is_invited


def test_an_email_says_when_its_link_ends_by_the_clock_of_its_reader_whatever_the_setting(
    bob, move_clock, settings
):
    move_clock(FRIDAY)
    settings.PASSWORD_RESET_TIMEOUT = 3 * 60 * 60
    until = password_links.describe_moment(FRIDAY + timedelta(hours=3), bob)
    assert f"once, until {until}." in password_links.build_password_email(bob, None).body
    bob.language = "ro"
    with translation.override("ro"):
        until = password_links.describe_moment(FRIDAY + timedelta(hours=3), bob)
    assert f"o singură dată, până {until}." in password_links.build_password_email(bob, None).body


@pytest.mark.parametrize(("hours", "words"), [(24, "24 hours"), (1, "1 hour")])
def test_the_page_after_a_forgotten_password_says_how_long_the_link_lasts(hours, words, settings, db):
    settings.PASSWORD_RESET_TIMEOUT = hours * 60 * 60
    assert f"It works once, for {words}." in Client().get(reverse("password_reset_sent")).text


def test_the_link_of_someone_with_a_password_still_ends_after_a_day(bob, move_clock):
    move_clock(FRIDAY)
    letter = password_links.build_password_email(bob, None)
    link = read_link(letter)
    move_clock(FRIDAY + timedelta(hours=23))
    assert Client().get(link).status_code == 302
    move_clock(FRIDAY + timedelta(hours=25))
    page = Client().get(link)
    assert (page.status_code, "This link no longer works" in page.text) == (410, True)


def test_a_used_invitation_doesnt_come_back_as_a_link_of_a_day(eva, ada, move_clock):
    move_clock(FRIDAY)
    link = read_link(password_links.build_password_email(eva, ada))
    eva.set_password("a brand new password 7")
    eva.save()
    assert Client().get(link).status_code == 410


@pytest.mark.parametrize("token", ["", "x", "-", "zzzzzzzzzzzzzzz-x", "zzzzzz-0123456789abcdef", "ß-x"])
def test_a_made_up_link_tells_nothing_about_the_account(eva, token):
    assert password_links.tokens.read_sent_at(eva, token) is None
    assert not password_links.tokens.check_token(eva, token)


def test_who_invited_someone_is_kept_until_they_are_invited_again(eva, ada, conrad):
    password_links.send_link(eva, by=conrad)
    eva.refresh_from_db()
    assert eva.invited_by == conrad
    assert eva.invitation_ends_at == eva.link_sent_at + INVITATION_LASTS
    User.objects.update(link_sent_at=None)
    password_links.send_forgotten_link(eva.email)
    eva.refresh_from_db()
    assert (eva.invited_by, eva.link_sent_at is None) == (conrad, False)
