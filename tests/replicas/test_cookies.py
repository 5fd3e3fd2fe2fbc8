"""Which browsers keep a position: those with a session, after changes and after pages that may have changed something."""

import pytest
from django.conf import settings as of_tests
from django.http import HttpResponse

from crm.replicas.middleware import PositionMiddleware
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

CHANGED, SEEN = of_tests.STATE_COOKIE_NAMES


@pytest.fixture(autouse=True)
def keeping(settings):
    at = settings.MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware")
    settings.MIDDLEWARE = [*settings.MIDDLEWARE]
    settings.MIDDLEWARE.insert(at, "crm.replicas.middleware.PositionMiddleware")


def kept(answer) -> set[str]:
    return {CHANGED, SEEN} & set(answer.cookies)


def test_a_browser_without_a_session_keeps_no_position(client):
    answer = client.post("/login", {"email": "no-one@example.com", "password": "wrong"})
    assert answer.status_code in (200, 422)
    assert kept(answer) == set()


def test_the_form_that_signs_in_is_a_change(client, ann):
    answer = client.post("/login", {"email": ann.email, "password": PASSWORD})
    assert (answer.status_code, kept(answer)) == (302, {CHANGED})


def test_after_a_page_with_transactions_of_its_own_the_next_page_is_not_older(sign_in, ada):
    answer = sign_in(ada).get("/admin/mailboxes/back?state=forged")
    assert (answer.status_code, kept(answer)) == (302, {SEEN})


def test_after_a_sign_in_that_ends_with_a_get_the_next_page_is_not_older(rf):
    signed_in = HttpResponse()
    signed_in.set_cookie(of_tests.SESSION_COOKIE_NAME, "key")
    assert kept(PositionMiddleware(lambda request: signed_in)(rf.get("/login/provider/back"))) == {SEEN}


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/service-worker.js", "/offline"])
def test_files_for_everyone_set_no_cookie(sign_in, ann, path):
    answer = sign_in(ann).get(path)
    assert (answer.status_code, kept(answer)) == (200, set())
