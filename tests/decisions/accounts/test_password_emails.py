"""What the emails about passwords and account changes say, to whom, in which language, and which links are still good."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.authentication.password_links import (
    build_account_change_email,
    build_password_email,
    build_password_link,
    describe_moment,
    send_links,
    tokens,
)
from accounts.models import AccountChange, User

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 26, 21, 30, 5, tzinfo=UTC)


@pytest.fixture
def eva(monkeypatch) -> User:
    """Invited, on the clock of Bucharest."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return User.objects.create_user("eva@example.com", "Eva", time_zone="Europe/Bucharest")


# What is so of Eva, whether Ann sent the link, the subject, and what the text says.
EMAILS: dict[str, tuple[dict[str, Any], bool, str, str]] = {
    "an invitation by Ann": ({}, True, "Your Leadwell account", "Ann created an account for you"),
    "an invitation": ({}, False, "Your Leadwell account", "An account has been created for you"),
    "a link that Ann sent": (
        {"password": "x"}, True, "Set a new Leadwell password", "Ann sent you this link to set a new password",
    ),
    "a link that Eva asked for": (
        {"password": "x"}, False, "Set a new Leadwell password", "A new password was requested",
    ),
    "a link for one who signed in through a provider": (
        {"last_login": NOW}, False, "Set a new Leadwell password", "A new password was requested",
    ),
    "in the language of the user": ({"language": "ro"}, False, "Contul tău Leadwell", "Bună, Eva"),
}  # fmt: skip


@pytest.mark.parametrize(("values", "by_ann", "subject", "words"), EMAILS.values(), ids=EMAILS)
def test_what_an_email_with_a_link_says(values, by_ann, subject, words, eva, ann):
    for name, value in values.items():
        setattr(eva, name, value)
    email = build_password_email(eva, ann if by_ann else None)
    assert (email.subject, email.to) == (subject, ["eva@example.com"])
    assert words in email.body
    assert build_password_link(eva) in email.body


def test_an_invitation_says_on_the_clock_of_the_user_until_when_its_link_works(eva):
    assert "until Thursday, 3 December 2026, 23:30 (Europe/Bucharest)" in build_password_email(eva, None).body


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("UTC", "Thursday, 26 November 2026, 21:30 (UTC)"),
        ("Asia/Tokyo", "Friday, 27 November 2026, 06:30 (Asia/Tokyo)"),
    ],
)
def test_a_moment_names_its_clock(zone, words):
    assert describe_moment(NOW, User(time_zone=zone)) == words


# The account change, the subject of its email, and to whom it goes.
CHANGES: dict[str, tuple[str, list[str], list[str], str, list[str]]] = {
    "another email": (
        "email", ["e@a.example"], ["eva@example.com"], "Your Leadwell account was changed", ["e@a.example", "eva@example.com"],
    ),
    "other roles": ("roles", ["Sales Rep"], ["Operator"], "Your Leadwell account was changed", ["eva@example.com"]),
    "wrong codes": ("codes_wrong", [], ["3"], "Wrong codes for your Leadwell account", ["eva@example.com"]),
}  # fmt: skip


@pytest.mark.parametrize(("kind", "before", "after", "subject", "to"), CHANGES.values(), ids=CHANGES)
def test_who_gets_which_email_about_an_account_change(kind, before, after, subject, to, eva):
    change = AccountChange(user=eva, kind=kind, before=before, after=after, at=NOW)
    email = build_account_change_email(change)
    assert (email.subject, email.to) == (subject, to)
    assert "26 November 2026, 23:30" in email.body
    eva.language = "ro"
    assert build_account_change_email(change).subject != subject


def change_of(**values: Any) -> Callable[[User], Any]:
    return lambda user: vars(user).update(values)


# What happens after a link was sent, and whether its token still tells when that was.
SINCE: dict[str, tuple[Callable[[User], Any], bool]] = {
    "nothing": (lambda user: None, True),
    "another name": (change_of(name="Eva Lee"), True),
    "another password": (change_of(password="y"), False),
    "another email": (change_of(email="e@example.com"), False),
    "signed in": (change_of(last_login=NOW), False),
    "deactivated": (change_of(is_active=False), False),
    "signed out everywhere": (change_of(sign_out_count=1), False),
}


@pytest.mark.parametrize(("act", "works"), SINCE.values(), ids=SINCE)
def test_a_link_is_over_as_soon_as_anything_about_the_account_changes(act, works, eva):
    token = tokens.make_token(eva)
    act(eva)
    assert tokens.read_sent_at(eva, token) == (NOW.replace(microsecond=0) if works else None)
    assert tokens.check_token(eva, token) is works


def test_what_is_no_link_of_the_user_was_never_sent(eva, bob):
    token = tokens.make_token(eva)
    others = (bob, token), (None, token), (eva, None), (eva, ""), (eva, "-"), (eva, "x"), (eva, f"{token}0")
    assert [tokens.read_sent_at(user, text) for user, text in others] == [None] * len(others)


def test_a_link_works_until_its_secret_key_is_no_longer_an_earlier_one(eva, settings):
    token = tokens.make_token(eva)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new key", [settings.SECRET_KEY]
    assert tokens.check_token(eva, token)
    settings.SECRET_KEY_FALLBACKS = []
    assert not tokens.check_token(eva, token)


@pytest.mark.parametrize("by_ann", [True, False])
def test_links_are_noted_with_those_who_sent_them(by_ann, eva, bob, ann, ben, noted):
    User.objects.filter(pk=eva.pk).update(invited_by=ben)
    lines = noted(lambda: send_links([eva, bob], by=ann if by_ann else None))
    assert [(line["event"], line["of_email"]) for line in lines] == [
        ("password_link_sent", "eva@example.com"),
        ("password_link_sent", "bob@example.com"),
    ]
    sent = dict(User.objects.filter(link_sent_at=NOW).values_list("name", "invited_by"))
    # Without a sender, the one who invited stays.
    assert sent == ({"Eva": ann.pk, "Bob": ann.pk} if by_ann else {"Eva": ben.pk, "Bob": None})
