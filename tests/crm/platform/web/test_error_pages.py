"""Error pages: rendered even if no middleware has run, and logged in one line."""

import logging
from dataclasses import replace

import pytest
from django.db import InternalError, OperationalError
from django.test import RequestFactory

from crm.platform.web.middleware.request_ids import WithRequestId
from crm.platform.web.views import errors

PAGES = {
    400: errors.bad_request,
    403: errors.not_allowed,
    404: errors.not_found,
    405: lambda request: errors.render_post_only(request, "POST"),
    500: errors.server_error,
}


@pytest.mark.parametrize("status", PAGES)
def test_an_error_page_works_without_middleware(db, status):
    answer = PAGES[status](RequestFactory().get("/admin/leads"))
    assert answer.status_code == status
    assert '<html lang="en"' in answer.text


@pytest.mark.parametrize("status", PAGES)
def test_an_error_page_is_in_the_language_of_the_browser(db, status):
    answer = PAGES[status](RequestFactory().get("/admin/leads", headers={"accept-language": "ro"}))
    assert '<html lang="ro"' in answer.text


@pytest.mark.parametrize(
    ("page", "status"),
    [(errors.render_busy, 409), (errors.render_no_disk_space, 503), (errors.render_too_slow, 503)],
)
def test_pages_about_a_database_in_trouble_need_no_middleware_either(db, page, status):
    assert page(RequestFactory().post("/admin/leads")).status_code == status


def lost(*_arguments, **_keywords):
    raise OperationalError("the connection was closed by a server that stopped")


class ReadOnly(Exception):
    sqlstate = "25006"


def reaches_a_replica(*_arguments, **_keywords):
    raise InternalError("cannot execute UPDATE in a read-only transaction") from ReadOnly()


def test_a_page_says_that_the_database_is_away_even_if_the_session_could_not_be_read(
    sign_in, bob, monkeypatch
):
    browser = sign_in(bob)
    browser.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("accounts.authentication.session_store.SessionStore.load", lost)
        answer = browser.get("/notifications")
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "The database can’t be reached" in answer.text
    assert "Try again in a few seconds." in answer.text
    # The session is still valid when the database is there again.
    assert browser.get("/notifications").status_code == 200


@pytest.mark.parametrize("broken", [lost, reaches_a_replica])
def test_a_form_that_met_a_lost_primary_asks_to_check_what_was_saved(sign_in, bob, monkeypatch, broken):
    browser = sign_in(bob)
    browser.raise_request_exception = False
    monkeypatch.setattr("accounts.views.profile.ProfileForm", broken)
    answer = browser.post("/profile", headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert "check whether your changes were saved before you try again" in answer.text


def test_a_page_that_writes_is_an_error_of_ours_and_no_lost_primary(sign_in, bob, monkeypatch):
    browser = sign_in(bob)
    browser.raise_request_exception = False
    monkeypatch.setattr("accounts.views.profile.ProfileForm", reaches_a_replica)
    assert browser.get("/profile").status_code == 500


@pytest.mark.parametrize(
    "place", ["crm.api.v2.v2_view.get_bearer_token", "crm.api.idempotency.get_earlier_response"]
)
def test_a_program_gets_a_problem_that_says_when_to_try_again(client, bob, monkeypatch, place):
    from tests.api.conftest import make_token

    headers = {"authorization": f"Bearer {make_token(bob)}", "idempotency-key": "one"}
    monkeypatch.setattr(place, lost)
    answer = client.post(
        "/api/v2/leads", {"last_name": "Away"}, content_type="application/json", headers=headers
    )
    assert (answer.status_code, answer["Retry-After"], answer.json()["code"]) == (503, "5", "unavailable")
    assert answer["Content-Type"] == "application/problem+json"


def test_the_page_of_an_expired_form_works_without_middleware(db, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    assert errors.form_expired(RequestFactory().post("/login")).status_code == 403


def test_an_unknown_host_is_answered_with_400(client, db):
    answer = client.get("/login", headers={"host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.text


def test_an_unknown_host_is_answered_with_400_at_the_apis_too(client, db):
    assert client.get("/v1/crm/leads", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "status", "method"),
    [("/admin/users", 403, "get"), ("/no/such/page", 404, "get"), ("/admin/leads", 405, "post")],
)
def test_a_refusal_is_one_log_line_without_a_traceback(sign_in, bob, caplog, path, status, method):
    browser = sign_in(bob)
    caplog.clear()
    assert getattr(browser, method)(path).status_code == status
    (line,) = [record for record in caplog.records if record.name == "django.request"]
    assert (line.levelno, line.exc_info) == (logging.INFO, None)


def test_the_line_names_the_request_by_the_number_in_the_answer(sign_in, bob, caplog):
    caplog.handler.addFilter(WithRequestId())
    answer = sign_in(bob).get("/no/such/page")
    (line,) = [record for record in caplog.records if record.name == "django.request"]
    assert line.request_id == answer["X-Request-ID"]


def test_an_error_in_the_program_keeps_its_traceback(client, db, caplog, monkeypatch):
    monkeypatch.setattr("crm.platform.web.views.probes.connection", None)
    client.raise_request_exception = False
    answer = client.get("/readyz", headers={"accept-language": "ro"})
    assert (answer.status_code, '<html lang="ro"' in answer.text) == (500, True)
    (line,) = [record for record in caplog.records if record.name == "django.request"]
    assert line.levelno == logging.ERROR
    assert line.exc_info


class SecretsEverywhere:
    """Whatever is asked of it fails with what an answer must never contain."""

    def __getattr__(self, name: str):
        raise RuntimeError("SELECT secretcolumn FROM accounts_user WHERE token = 'lw_secrettoken'")

    def __call__(self, *arguments, **keywords):
        return self.anything


@pytest.mark.parametrize(
    ("path", "broken", "headers"),
    [
        ("/readyz", "crm.platform.web.views.probes.connection", {}),
        ("/profile", "accounts.views.profile.ProfileForm", {}),
        ("/profile", "accounts.views.profile.ProfileForm", {"hx-request": "true"}),
        ("/api/v2/leads", "crm.api.v2.v2_view.get_bearer_token", {}),
    ],
)
def test_an_error_in_the_program_shows_no_details_of_it(
    sign_in, bob, monkeypatch, settings, path, broken, headers
):
    from tests.api.conftest import make_token

    if path.startswith("/api"):
        headers = {"authorization": f"Bearer {make_token(bob)}"}
    browser = sign_in(bob)
    monkeypatch.setattr(broken, SecretsEverywhere())
    browser.raise_request_exception = False
    answer = browser.get(path, headers=headers)
    assert answer.status_code == 500
    said = answer.content.decode() + str(dict(answer.headers))
    inside = (
        "secretcolumn",
        "lw_secret",
        "SELECT",
        "RuntimeError",
        "Traceback",
        ".py",
        "site-packages",
        "Django",
    )
    assert [word for word in (*inside, settings.SECRET_KEY, str(settings.BASE_DIR)) if word in said] == []


def test_every_response_has_a_unique_request_id(client, db):
    first, second = (client.get("/login")["X-Request-ID"] for _ in range(2))
    assert first != second
    assert len(first) == 16


def test_a_request_id_is_only_accepted_from_our_own_proxy(client, db, settings):
    sent = {"x-request-id": "from-the-proxy-1"}
    assert client.get("/login", headers=sent)["X-Request-ID"] != sent["x-request-id"]
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, proxies=1)
    assert client.get("/login", headers=sent)["X-Request-ID"] == sent["x-request-id"]
    forged = client.get("/login", headers={"x-request-id": "a\u0020b"})
    assert forged["X-Request-ID"] != "a b"
