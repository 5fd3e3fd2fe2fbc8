"""Screens accept GET, HEAD and POST; read-only pages don't accept POST."""

import pytest


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_a_screen_answers_only_methods_that_browsers_send(sign_in, ann, make_lead, method):
    lead = make_lead()
    answer = sign_in(ann).generic(method, f"/admin/leads/{lead.pk}/edit")
    assert answer.status_code == 405
    assert answer["Allow"] == "GET, HEAD, POST"


def test_a_read_only_page_accepts_no_post(sign_in, ann):
    browser = sign_in(ann)
    assert browser.post("/admin/leads?all=1").status_code == 405
    assert browser.head("/admin/leads?all=1").status_code == 200


def test_signed_out_visitors_go_to_the_sign_in_page_with_any_method(client, db):
    answer = client.delete("/admin/leads")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/login")
