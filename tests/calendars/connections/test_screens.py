"""Connecting a calendar at Google or Microsoft: to the provider and back, another account, and a permission that ends."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from accounts.second_factor.secret_encryption import decrypt_secret, encrypt_secret
from calendars.calendar_problems import get_problem_sentence
from calendars.models import CalendarEvent, ConnectedCalendar
from crm.models import AuditEntry, Notification
from mailboxes.connections import oauth
from mailboxes.models import OAuthClient
from tests.calendars.connections.provider_serving import OWNER
from tests.mailboxes.connections.oauth_server import CLIENT, CLIENT_SECRET, an_oauth_server

pytestmark = pytest.mark.django_db
PAGE = "/profile/connected-calendar"
SCOPES = {"google": "calendar.events", "microsoft": "Calendars.ReadWrite"}


@pytest.fixture
def name(calendars):
    return calendars.name


@pytest.fixture
def provider(name, calendars, monkeypatch):
    """Who signs in here gives a permission that the calendars accept."""
    with an_oauth_server(0) as server:
        known = replace(
            oauth.PROVIDERS[name], authorize=f"{server.address}/authorize", token=f"{server.address}/token"
        )
        monkeypatch.setitem(oauth.PROVIDERS, name, known)
        calendars.tokens = server.accounts
        yield server


@pytest.fixture
def registered(name):
    return OAuthClient.objects.create(provider=name, client_id=CLIENT, secret=encrypt_secret(CLIENT_SECRET))


@pytest.fixture
def go(browser, provider, registered, name):
    """What the user sees after giving the permission."""

    def gone_and_back():
        address = browser.get(f"{PAGE}/connect/{name}")["Location"]
        return browser.get(provider.back_from(address, OWNER), follow=True)

    return gone_and_back


@pytest.fixture
def calendar(go, browser, calendars, bob):
    go()
    browser.post(f"{PAGE}/choose", {"calendar": calendars.path})
    return ConnectedCalendar.objects.of_user(bob).get()


def test_a_user_signs_in_at_a_provider_and_chooses_a_calendar(
    browser, provider, registered, name, calendars, bob
):
    assert f'href="{PAGE}/connect/{name}"' in browser.get(f"{PAGE}/edit").text
    address = browser.get(f"{PAGE}/connect/{name}")["Location"]
    asked = parse_qs(urlsplit(address).query)
    assert SCOPES[name] in asked["scope"][0]
    assert "mail" not in asked["scope"][0].lower()
    page = browser.get(provider.back_from(address, OWNER), follow=True)
    assert page.redirect_chain[-1][0] == f"{PAGE}/choose"
    assert calendars.path in page.text
    assert browser.post(f"{PAGE}/choose", {"calendar": calendars.path}).url == PAGE
    calendar = ConnectedCalendar.objects.of_user(bob).get()
    assert (calendar.provider, calendar.username, calendar.known_as, calendar.secret) == (
        name,
        OWNER,
        OWNER,
        "",
    )
    shown = browser.get(PAGE).text
    assert OWNER in shown
    entries = " ".join(str(vars(entry)) for entry in AuditEntry.objects.all())
    assert "own_calendar_saved" in entries
    for token in (*provider.accounts, *provider.refreshing):
        assert token not in shown + entries + calendar.access_token + calendar.refresh_token


def test_a_provider_where_leadwell_is_not_registered_is_not_offered(browser, provider, name):
    assert f"{PAGE}/connect" not in browser.get(f"{PAGE}/edit").text
    assert get_problem_sentence("no_client") in browser.get(f"{PAGE}/connect/{name}", follow=True).text
    assert browser.get(f"{PAGE}/connect/caldav").status_code == 404


def test_an_answer_that_was_not_asked_for_connects_nothing(browser, provider, registered, name):
    address = browser.get(f"{PAGE}/connect/{name}")["Location"]
    back = provider.back_from(address, OWNER)
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert "wasn’t started in this browser" in browser.get(back.replace(state, "guess"), follow=True).text
    assert "wasn’t started in this browser" in browser.get(f"{PAGE}/back?code=x", follow=True).text
    assert provider.asked == []
    assert "access_denied" in browser.get(f"{PAGE}/back?error=access_denied&state={state}", follow=True).text
    assert "wasn’t started in this browser" in browser.get(back, follow=True).text
    assert not ConnectedCalendar.objects.exists()


def test_an_account_without_calendars_connects_nothing(go, calendars):
    calendars.answers = [(404, {"error": {"code": "MailboxNotEnabledForRESTAPI"}})]
    assert get_problem_sentence("no_own_calendars") in go().text
    calendars.answers = [(403, {"error": {"message": "Insufficient scopes"}})]
    assert "Insufficient scopes" in go().text
    assert not ConnectedCalendar.objects.exists()


def test_an_answer_about_a_mailbox_connects_no_calendar(browser, provider, registered, name):
    session = browser.session
    session["oauth_attempt"] = {
        "state": "s",
        "verifier": "v",
        "back": "mailbox_back",
        "subject": "1",
        "begun": 9e12,
    }
    session.save()
    assert "wasn’t started in this browser" in browser.get(f"{PAGE}/back?code=x&state=s", follow=True).text


def test_the_same_account_goes_on_where_it_was_and_another_one_begins_again(go, calendar, calendars, browser):
    CalendarEvent.objects.create(calendar=calendar, path="a")
    calendar.problem, calendar.failures, calendar.cursor = "expired", 3, "5"
    calendar.save()
    assert 'data-kind="primary" href="/profile/connected-calendar/connect' in browser.get(PAGE).text
    go()
    calendar.refresh_from_db()
    assert (calendar.problem, calendar.failures, calendar.cursor, calendar.events.count()) == ("", 0, "5", 1)
    ConnectedCalendar.objects.update(username="other@calendar.example")
    assert go().redirect_chain[-1][0] == f"{PAGE}/choose"
    calendar.refresh_from_db()
    assert (calendar.username, calendar.path, calendar.cursor, calendar.events.count()) == (OWNER, "", "", 0)


def test_a_token_that_ended_is_renewed_and_a_revoked_permission_is_reported_once(
    calendar, provider, sync, bob
):
    assert sync().problem == ""
    provider.accounts.clear()
    assert sync().problem == ""
    assert provider.asked[-1]["grant_type"] == "refresh_token"
    assert len(provider.accounts) == 1
    provider.accounts.clear()
    provider.refreshing.clear()
    for _turn in range(2):
        sync(problem="expired")
    assert Notification.objects.get().user == bob


def test_a_registration_that_is_gone_is_said(calendar, provider, registered, sync, browser):
    provider.accounts.clear()
    registered.delete()
    sync(problem="no_client")
    assert get_problem_sentence("no_client") in browser.get(PAGE).text


def test_a_caldav_calendar_takes_the_place_of_one_at_a_provider(calendar, browser, dav, bob):
    from tests.calendars.serving import PASSWORD as SECRET
    from tests.calendars.serving import USER

    CalendarEvent.objects.create(calendar=calendar, path="a")
    values = {"address": dav.server.url, "username": USER, "password": SECRET}
    assert browser.post(f"{PAGE}/edit", values).url == f"{PAGE}/choose"
    calendar.refresh_from_db()
    assert (calendar.provider, calendar.path, calendar.refresh_token, calendar.access_token) == (
        "caldav",
        "",
        "",
        "",
    )
    assert decrypt_secret(calendar.secret) == SECRET
    assert not CalendarEvent.objects.exists()


def test_an_account_at_a_provider_takes_the_place_of_a_caldav_calendar(go, connect, dav, bob, name):
    connect(dav, bob)
    go()
    calendar = ConnectedCalendar.objects.of_user(bob).get()
    assert (calendar.provider, calendar.address, calendar.secret, calendar.path) == (name, "", "", "")
