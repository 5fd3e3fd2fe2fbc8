"""The screens of a connected calendar: connecting, choosing, syncing now, disconnecting."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.second_factor.secret_encryption import decrypt_secret
from calendars.calendar_problems import get_problem_sentence
from calendars.connections import caldav_server
from calendars.jobs import queue_due_calendars
from calendars.models import ConnectedCalendar
from crm.models import AuditEntry
from tests.calendars.serving import PASSWORD, USER
from tests.conftest import PASSWORD as OWN_PASSWORD

pytestmark = pytest.mark.django_db
PAGE = "/profile/connected-calendar"
REALLY_CALLED = caldav_server.SCHEMES


@pytest.fixture
def values(dav):
    return {"address": dav.server.url, "username": USER, "password": PASSWORD}


def test_a_user_connects_a_calendar_and_chooses_one_of_those_found(browser, values, dav, bob):
    assert "No calendar connected" in browser.get(PAGE).text
    assert browser.post(f"{PAGE}/edit", values).url == f"{PAGE}/choose"
    calendar = ConnectedCalendar.objects.of_user(bob).get()
    assert (calendar.path, decrypt_secret(calendar.secret)) == ("", PASSWORD)
    assert "no calendar chosen" in browser.get(PAGE).text
    assert dav.path in browser.get(f"{PAGE}/choose").text
    assert browser.post(f"{PAGE}/choose", {"calendar": "/another/"}).status_code == 422
    assert browser.post(f"{PAGE}/choose", {"calendar": dav.path}).url == PAGE
    calendar.refresh_from_db()
    assert calendar.path == dav.path
    assert f'href="{PAGE}"' in browser.get("/profile").text
    entries = " ".join(str(vars(entry)) for entry in AuditEntry.objects.all())
    assert "own_calendar_saved" in entries
    assert PASSWORD not in entries


def test_a_wrong_password_keeps_what_was_typed_and_writes_nothing(browser, values, bob):
    answer = browser.post(f"{PAGE}/edit", values | {"password": "wrong"})
    assert answer.status_code == 422
    assert get_problem_sentence("login") in answer.text
    assert values["address"] in answer.text
    assert not ConnectedCalendar.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "http://caldav.example.com",
        "https://127.0.0.1/",
        "https://10.0.0.1/dav",
        "https://[::1]/",
        "no address",
        "https://u:p@x.example",
    ],
)
def test_an_address_inside_our_network_or_without_tls_is_not_called(browser, address, bob):
    answer = browser.post(f"{PAGE}/edit", {"address": address, "username": USER, "password": PASSWORD})
    assert answer.status_code == 422
    assert not ConnectedCalendar.objects.exists()


def test_a_password_is_sent_nowhere_without_tls(browser, values, monkeypatch):
    monkeypatch.setattr(caldav_server, "SCHEMES", REALLY_CALLED)
    answer = browser.post(f"{PAGE}/edit", values)
    assert answer.status_code == 422
    assert get_problem_sentence("not_encrypted") in answer.text
    assert not ConnectedCalendar.objects.exists()


@pytest.mark.parametrize("page", ["edit", "choose", "remove"])
def test_pages_that_change_a_connection_ask_for_the_password_again(sign_in, calendar, bob, monkeypatch, page):
    browser, later = sign_in(bob), timezone.now() + timedelta(minutes=16)
    monkeypatch.setattr("crm.platform.web.password_confirmation.timezone.now", lambda: later)
    assert browser.get(f"{PAGE}/{page}")["Location"].startswith("/confirm?")
    assert browser.post(f"{PAGE}/{page}", {"written": "keep"})["Location"].startswith("/confirm")
    assert ConnectedCalendar.objects.filter(pk=calendar.pk).exists()


def test_a_server_inside_our_network_is_called_if_a_shared_mailbox_names_its_host(make_shared_mailbox, bob):
    calendar = ConnectedCalendar(owner=bob, address="https://mail.inside.example/dav", username="bob")
    assert not calendar.may_be_inside
    make_shared_mailbox("mail.inside.example")
    assert calendar.may_be_inside


@pytest.fixture
def make_shared_mailbox(departments):
    from mailboxes.models import Mailbox

    def make(host: str) -> None:
        Mailbox.objects.create(
            name="Mail",
            address="mail@ours.example",
            department=departments.sales,
            imap_host=host,
            smtp_host=host,
        )

    return make


def test_another_address_asks_for_the_password_again_and_forgets_the_calendar(browser, values, calendar):
    answer = browser.post(f"{PAGE}/edit", values | {"username": "someone", "password": ""})
    assert "Enter the password again" in answer.text
    assert browser.post(f"{PAGE}/edit", values | {"password": ""}).status_code == 302
    calendar.refresh_from_db()
    assert calendar.path
    browser.post(f"{PAGE}/edit", values | {"address": values["address"] + "bob/"})
    calendar.refresh_from_db()
    assert (calendar.path, calendar.cursor) == ("", "")


def test_a_calendar_can_be_synced_at_once_and_is_queued_only_once(browser, calendar):
    ConnectedCalendar.objects.update(next_check_at=datetime.now(UTC) + timedelta(hours=1))
    assert queue_due_calendars() == 0
    assert browser.post(f"{PAGE}/sync").status_code == 302
    assert queue_due_calendars() == 1
    assert queue_due_calendars() == 0


def test_the_page_says_what_is_wrong(browser, calendar):
    ConnectedCalendar.objects.update(problem="calendar_gone")
    page = browser.get(PAGE).text
    assert "The calendar no longer exists on its server." in page
    assert f"{PAGE}/choose" in page


def test_only_its_owner_has_the_calendar(client, calendar, ada, bob):
    client.force_login(ada)
    client.post("/confirm", {"password": OWN_PASSWORD, "next": "/profile"})
    assert calendar.address not in client.get(PAGE).text
    before = ConnectedCalendar.objects.values().get()
    for answer in (
        client.post(f"{PAGE}/sync"),
        client.get(f"{PAGE}/remove"),
        client.post(f"{PAGE}/remove", {"written": "keep"}),
        client.get(f"{PAGE}/choose"),
    ):
        assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert ConnectedCalendar.objects.values().get() == before


def test_the_calendar_of_a_user_who_has_left_is_not_synced(calendar, bob):
    bob.is_active = False
    bob.save(update_fields=["is_active"])
    assert queue_due_calendars() == 0
