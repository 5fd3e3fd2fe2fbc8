"""A calendar at each provider."""

import pytest

from calendars.connections import google_server, microsoft_server
from tests.calendars.connections.google_calendars import GoogleCalendars
from tests.calendars.connections.microsoft_calendars import MicrosoftCalendars
from tests.calendars.connections.provider_serving import OWNER, a_provider

# The path of the owner's calendar there.
PROVIDERS = {
    "google": (GoogleCalendars, google_server, OWNER),
    "microsoft": (MicrosoftCalendars, microsoft_server, "AAMk=1"),
}


@pytest.fixture(params=PROVIDERS)
def calendars(request, reachable, monkeypatch):
    """The server of the provider, with its name and the path of the owner's calendar."""
    kind, module, path = PROVIDERS[request.param]
    with a_provider(kind) as server:
        monkeypatch.setattr(module, "ADDRESS", server.address)
        server.name, server.path = request.param, path
        yield server
