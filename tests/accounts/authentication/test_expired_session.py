"""Signed out while working: to the sign-in page and back, and nothing is lost silently."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts.models import User

PASSWORD = "correct horse battery"
HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/admin/leads?status=1&owner=none"}


def way_back(address: str) -> dict:
    parts = urlsplit(address)
    assert parts.path == "/login"
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def test_a_page_redirects_to_sign_in_and_back(client, ann):
    answer = client.get("/admin/leads?status=1&owner=none")
    assert way_back(answer["Location"]) == {"next": "/admin/leads?status=1&owner=none"}
    assert "was not saved" not in client.get(answer["Location"]).text


def test_a_submitted_form_gets_a_message_that_it_was_not_saved_and_leads_back_to_its_page(client, ann):
    answer = client.post("/profile", {"name": "X"}, headers={"Referer": "http://testserver/profile?a=1&b=2"})
    assert way_back(answer["Location"]) == {"next": "/profile?a=1&b=2", "lost": "1"}
    page = client.get(answer["Location"]).text
    assert "You were signed out, so your last changes weren’t saved." in page
    hidden = re.search(r'name="next" value="([^"]+)"', page)[1].replace("&amp;", "&")
    entered = {"email": ann.email, "password": PASSWORD, "next": hidden}
    assert client.post("/login", entered)["Location"] == "/profile?a=1&b=2"
    ann.refresh_from_db()
    assert ann.name == "Ann"


@pytest.mark.parametrize(
    "referer", ["", "https://elsewhere.example/x", "javascript:alert(1)", "//elsewhere.example"]
)
def test_a_form_without_a_referrer_or_from_another_site_leads_to_the_start_page(client, db, referer):
    answer = client.post("/admin/leads/bulk", {}, headers={"Referer": referer})
    assert way_back(answer["Location"])["next"] == "/"


def test_a_fragment_redirects_the_whole_page_to_sign_in_with_all_its_filters(client, db):
    answer = client.get("/admin/leads/count", headers=HTMX)
    assert answer.status_code == 200
    assert answer.text == ""
    assert way_back(answer["HX-Redirect"]) == {"next": "/admin/leads?status=1&owner=none"}


def test_an_edit_in_place_says_that_it_was_not_saved(client, make_lead):
    lead = make_lead()
    answer = client.post(f"/admin/leads/{lead.pk}/inline/vip", headers=HTMX)
    assert way_back(answer["HX-Redirect"])["lost"] == "1"
    lead.refresh_from_db()
    assert not lead.vip


def test_a_fragment_request_from_another_site_is_not_redirected_there(client, db):
    answer = client.get(
        "/admin/leads/count", headers={**HTMX, "HX-Current-URL": "https://elsewhere.example/x"}
    )
    assert way_back(answer["HX-Redirect"])["next"] == "/"


def test_deactivating_a_user_ends_their_session_while_they_fill_in_a_form(sign_in, bob):
    browser = sign_in(bob)
    assert browser.get("/profile").status_code == 200
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert browser.post("/profile", {"name": "Still here"})["Location"].startswith("/login?")
    bob.refresh_from_db()
    assert bob.name == "Bob"


def test_signing_out_is_not_a_lost_form(sign_in, ann):
    browser = sign_in(ann)
    assert browser.post("/logout")["Location"] == "/login"


def test_browsers_do_not_cache_pages_of_signed_in_users(sign_in, ada):
    browser = sign_in(ada)
    for path in (
        "/profile",
        "/admin/users",
        "/admin/roles",
        "/admin/departments/new",
        "/notifications",
        "/admin/leads",
    ):
        assert "no-store" in browser.get(path)["Cache-Control"], path
    assert "no-store" in browser.post("/profile", {"name": ""})["Cache-Control"]


@pytest.mark.parametrize("path", ["/logout", "/profile/sign-out-elsewhere", "/notifications/1/open"])
def test_a_post_only_url_opened_as_a_page_gets_a_message(sign_in, ann, path):
    answer = sign_in(ann).get(path)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address can’t be opened" in answer.text


@pytest.fixture
def strict(ann):
    """A browser that is rejected without a CSRF token, like a real one; ann is signed in."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ann, backend="accounts.sign_in.EmailBackend")
    return browser


def test_a_form_from_before_the_last_sign_in_is_rejected_and_leads_back_to_its_page(strict):
    answer = strict.post("/profile", {"name": "X"}, headers={"Referer": "http://testserver/profile?a=1"})
    assert answer.status_code == 403
    assert "This form has expired" in answer.text
    assert 'href="/profile?a=1">Open the page again' in answer.text


def test_the_sign_in_page_in_a_second_tab_leads_to_the_product_after_signing_in(strict, ann):
    referer = {"Referer": "http://testserver/login?next=/admin/leads"}
    answer = strict.post("/login", {"email": ann.email, "password": PASSWORD}, headers=referer)
    assert answer.status_code == 403
    assert 'href="/login?next=/admin/leads">Open the page again' in answer.text
    assert strict.get("/login?next=/admin/leads")["Location"] == "/admin/leads"


def without_cookies(path: str, data: dict, origin: str = "http://testserver"):
    return Client(enforce_csrf_checks=True).post(path, data, headers={"Origin": origin})


def test_after_all_cookies_are_gone_the_text_of_the_form_is_shown_to_be_copied(db):
    data = {"description": "A long note\nin two lines", "password1": "my secret password", "status": "3"}
    data |= {"submission_key": "0123456789abcdef", "seen": "3914-1", "type": "note"}
    answer = without_cookies("/admin/leads/new", data)
    assert answer.status_code == 403
    assert "This is what you entered" in answer.text
    assert "A long note<br>in two lines" in answer.text
    assert "my secret password" not in answer.text
    for untyped in ("submission key", "0123456789abcdef", "3914-1", "note</span>"):
        assert untyped not in answer.text


def test_what_another_site_sends_is_not_shown(db):
    answer = without_cookies("/admin/leads/new", {"description": "Call 555"}, origin="https://evil.example")
    assert answer.status_code == 403
    assert "Call 555" not in answer.text
