"""What each browser of a test would do again, and the words that no page has by chance."""

from importlib import import_module
from unittest.mock import patch

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test.client import Client, ClientHandler

LOADED = ("_view_middleware", "_template_response_middleware", "_exception_middleware", "_middleware_chain")


@pytest.fixture(autouse=True, scope="session")
def middleware_loaded_once(settings_of_all_tests):
    """For all browsers of a process, as on a server."""
    load, of_all_tests = ClientHandler.load_middleware, settings._wrapped
    loaded: dict[str, object] = {}

    def load_once(handler: ClientHandler, is_async: bool = False) -> None:
        # Middleware may read settings while it is loaded, so a test with others loads its own.
        if settings._wrapped is not of_all_tests:
            load(handler, is_async)
            return
        if not loaded:
            load(handler, is_async)
            loaded.update((name, getattr(handler, name)) for name in LOADED)
        vars(handler).update(loaded)

    with patch.object(ClientHandler, "load_middleware", load_once):
        yield


@pytest.fixture(autouse=True, scope="session")
def sessions_begun_once(django_test_environment):
    """Django's test client stores an empty session, reads it, and deletes it, before it signs someone in: half of the statements."""
    from django.contrib.auth import login

    sign_in = Client._login

    def sign_in_at_once(client: Client, user, backend=None) -> None:
        if settings.SESSION_COOKIE_NAME in client.cookies:
            sign_in(client, user, backend)
            return
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        login(request, user, backend)
        request.session.save()
        client._set_login_cookies(request)

    with patch.object(Client, "_login", sign_in_at_once):
        yield


@pytest.fixture(autouse=True, scope="session")
def no_words_in_csrf_tokens():
    """Each page has a token of 64 letters and digits. One of two in a row in 4,000 reads "L3", so one page in 60 has that word in
    front of all others. These tokens are as valid, and no name of a test is in them."""
    with patch("django.middleware.csrf.CSRF_ALLOWED_CHARS", "Zz"):
        yield
