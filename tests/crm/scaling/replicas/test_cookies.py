"""What keeps a browser from seeing an older state: the session after changes, a cookie after pages from the primary."""

import pytest
from django.conf import settings as of_tests
from django.db import OperationalError
from django.http import HttpResponse

from accounts.authentication.session_store import SessionStore
from accounts.authentication.sessions import clear_positions_of_sessions
from accounts.models import Session
from crm.platform.database import log_positions
from crm.scaling.replicas.position_middleware import PositionMiddleware
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

SEEN = of_tests.STATE_COOKIE_NAME


@pytest.fixture(autouse=True)
def keeping(settings):
    at = settings.MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE]
    settings.MIDDLEWARE.insert(at, "crm.scaling.replicas.position_middleware.PositionMiddleware")


def kept() -> list[bool]:
    """For each session, whether it has a position."""
    return [position is not None for position in Session.objects.values_list("changed_until", flat=True)]


def test_a_browser_without_a_session_keeps_no_position(client):
    answer = client.post("/login", {"email": "no-one@example.com", "password": "wrong"})
    assert answer.status_code in (200, 422)
    assert (SEEN in answer.cookies, kept()) == (False, [])


def test_the_form_that_signs_in_is_a_change(client, ann):
    answer = client.post("/login", {"email": ann.email, "password": PASSWORD})
    assert (answer.status_code, SEEN in answer.cookies, kept()) == (302, False, [True])


def test_after_a_page_with_transactions_of_its_own_the_next_page_is_not_older(sign_in, ada):
    answer = sign_in(ada).get("/admin/mailboxes/back?state=forged")
    assert (answer.status_code, SEEN in answer.cookies, kept()) == (302, False, [True])


def test_after_a_sign_in_that_ends_with_a_get_the_next_page_is_not_older(rf, ann):
    session = SessionStore()
    session.create()
    signed_in = HttpResponse()
    signed_in.set_cookie(of_tests.SESSION_COOKIE_NAME, session.session_key)
    request = rf.get("/login/provider/back")
    request.session = session
    PositionMiddleware(lambda request: signed_in)(request)
    assert kept() == [True]


def test_signing_out_keeps_nothing(sign_in, ann):
    assert sign_in(ann).post("/logout").status_code == 302
    assert kept() == []


def test_a_position_never_goes_back(sign_in, ann):
    """Such as when the answers to two forms are written at the same moment."""
    browser = sign_in(ann)
    Session.objects.update(changed_until=log_positions.get_primary_position() + 10**9)
    before = Session.objects.get().changed_until
    browser.post("/admin/leads/new", {})
    assert Session.objects.get().changed_until == before


def test_positions_that_the_database_has_not_reached_are_forgotten(sign_in, ann, settings):
    """It was restored, or is another one."""
    settings.REPLICAS = ["replica1"]
    sign_in(ann)
    Session.objects.update(changed_until=log_positions.get_primary_position() + 10**9)
    assert clear_positions_of_sessions() == 1
    assert kept() == [False]


def test_the_position_of_a_change_that_is_made_at_that_moment_is_kept(sign_in, ann, settings, monkeypatch):
    settings.REPLICAS = ["replica1"]
    sign_in(ann)
    Session.objects.update(changed_until=50)
    primary = iter([40, 60])
    monkeypatch.setattr(log_positions, "get_primary_position", lambda: next(primary))
    assert clear_positions_of_sessions() == 0
    assert Session.objects.get().changed_until == 50


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/service-worker.js", "/offline"])
def test_files_for_everyone_set_no_cookie(sign_in, ann, path):
    answer = sign_in(ann).get(path)
    assert (answer.status_code, SEEN in answer.cookies, kept()) == (200, False, [False])


def test_the_answer_that_the_database_is_away_does_not_ask_it_again(rf, monkeypatch):
    asked = []
    monkeypatch.setattr(SessionStore, "save_position", lambda self: asked.append(self))
    answer = answered(rf, 503)
    assert asked == []
    assert log_positions.read_signed_position(answer.cookies[SEEN].value) == log_positions.UNKNOWN


def test_after_a_change_whose_position_is_unknown_no_page_comes_from_a_replica(rf, monkeypatch):
    def away(self):
        raise OperationalError("away")

    monkeypatch.setattr(SessionStore, "save_position", away)
    assert log_positions.read_signed_position(answered(rf, 302).cookies[SEEN].value) == log_positions.UNKNOWN


def answered(rf, status: int) -> HttpResponse:
    """A form of a signed-in browser with this answer."""
    request = rf.post("/admin/leads/new")
    request.session = SessionStore("key")
    request.COOKIES[of_tests.SESSION_COOKIE_NAME] = "key"
    return PositionMiddleware(lambda request: HttpResponse(status=status))(request)
