"""What tests share with each other or do in a shorter way is what they would get alone and in the usual way."""

import re

import pytest
from django.test import Client

from accounts.models import Session
from tests.running.messages import changes_nothing


def get_chain(browser: Client) -> object:
    browser.get("/login")
    return browser.handler._middleware_chain


def test_browsers_share_their_middleware_unless_the_test_has_settings_of_its_own(db, settings):
    shared = get_chain(Client())
    assert get_chain(Client()) is shared
    settings.SECURE_SSL_REDIRECT = True
    assert get_chain(Client()) is not shared
    assert Client().get("/login").status_code == 301


def test_a_browser_that_is_signed_in_has_one_session(ann, bob, sign_in, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        browser = sign_in(ann)
    assert Session.objects.count() == 1
    assert browser.get("/profile").context["user"] == ann
    # The second user has a session of their own, as after a sign-in with a password.
    before = browser.cookies["sessionid"].value
    assert sign_in(bob).get("/profile").context["user"] == bob
    assert browser.cookies["sessionid"].value != before


def test_no_page_has_a_word_by_chance(ann, sign_in):
    pages = {sign_in(ann).get("/admin/leads").text for _number in range(2)}
    assert len(pages) == 2
    for page in pages:
        [token] = {*re.findall(r'"(?:X-CSRFToken": "|csrfmiddlewaretoken" value=")(\w+)"', page)}
        assert {*token} == {"Z", "z"}
    [one, other] = [re.sub("[Zz]{64}", "", page) for page in pages]
    assert one == other


REPORTS = {
    "a quick setup": ("setup", "passed", 0.0, True),
    "a slow setup": ("setup", "passed", 3.0, False),
    "a setup that failed": ("setup", "failed", 0.0, False),
    "a setup that skips its test": ("setup", "skipped", 0.0, False),
    "a test": ("call", "passed", 0.0, False),
    "what follows a test": ("teardown", "passed", 0.0, False),
}


@pytest.mark.parametrize("case", REPORTS)
def test_all_that_a_run_counts_or_shows_is_reported(case):
    when, outcome, duration, is_left_out = REPORTS[case]
    report = {"when": when, "outcome": outcome, "duration": duration}
    assert changes_nothing("testreport", {"data": report}) is is_left_out


def test_processes_report_when_a_test_is_complete():
    assert not changes_nothing("runtest_protocol_complete", {"item_index": 0, "duration": 0.0})
    assert changes_nothing("logstart", {"nodeid": "tests/x.py::test_y", "location": ()})
