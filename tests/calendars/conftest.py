"""Calendar servers, and a calendar on one of them that Bob has connected."""

import pytest

from accounts.second_factor.secret_encryption import encrypt_secret
from calendars.connections import caldav_server
from calendars.models import ConnectedCalendar
from calendars.syncing.calendar_sync import sync_calendar
from crm.platform.web import outgoing_calls
from tests.calendars.serving import PASSWORD, USER, Radicale, Xandikos, a_calendar_server
from tests.conftest import PASSWORD as OWN_PASSWORD


@pytest.fixture(scope="session")
def radicale():
    with a_calendar_server(Radicale) as server:
        yield server


@pytest.fixture(scope="session")
def xandikos():
    with a_calendar_server(Xandikos) as server:
        yield server


@pytest.fixture
def reachable(monkeypatch):
    """Servers on this machine without TLS count as servers on the Internet."""
    really = outgoing_calls.is_public_address
    monkeypatch.setattr(
        outgoing_calls, "is_public_address", lambda one: str(one) == "127.0.0.1" or really(one)
    )
    monkeypatch.setattr(caldav_server, "SCHEMES", ("https", "http"))


@pytest.fixture
def dav(radicale, reachable):
    """A new calendar, as Bob's own program has it."""
    return radicale.make_calendar()


@pytest.fixture
def connect():
    """connect(dav, bob): the user connects this calendar."""

    def connected(dav, user, **values) -> ConnectedCalendar:
        own = {"address": dav.server.url, "username": USER, "secret": encrypt_secret(PASSWORD)}
        own |= {"path": dav.path, "name": "Work", "known_as": user.email}
        return ConnectedCalendar.objects.create(owner=user, **own | values)

    return connected


@pytest.fixture
def calendar(connect, dav, bob):
    return connect(dav, bob)


@pytest.fixture
def sync(calendar):
    """As the worker does."""

    def once(which: ConnectedCalendar = calendar, *, problem: str = "") -> ConnectedCalendar:
        which.refresh_from_db()
        sync_calendar(which)
        if which.pk and ConnectedCalendar.objects.filter(pk=which.pk).exists():
            which.refresh_from_db()
            assert which.problem == problem
        return which

    return once


@pytest.fixture
def browser(client, bob):
    """Bob's, who has just entered his password."""
    client.force_login(bob)
    client.post("/confirm", {"password": OWN_PASSWORD, "next": "/profile"})
    return client
