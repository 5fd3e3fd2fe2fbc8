"""Screens know GET, HEAD and POST; a page that only reads takes no POST either."""

import pytest


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_screen_answers_no_other_method_than_a_browser_sends(sign_in, ann, make_lead, method):
    lead = make_lead()
    answer = sign_in(ann).generic(method, f"/admin/leads/{lead.pk}/edit")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, POST"


def test_a_page_that_only_reads_takes_no_form(sign_in, ann):
    browser = sign_in(ann)
    assert browser.post("/admin/leads?all=1").status_code == 405
    assert browser.head("/admin/leads?all=1").status_code == 200


def test_who_is_not_signed_in_comes_to_the_sign_in_page_whatever_the_method(client, db):
    answer = client.delete("/admin/leads")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login")
