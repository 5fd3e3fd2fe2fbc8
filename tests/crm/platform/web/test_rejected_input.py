"""The security log has what no page of ours sends: unreadable values, wrong methods and sizes, choices that aren't offered."""

import pytest
from django.test import Client

from accounts.models import Role


@pytest.fixture
def rejected(noted):
    """rejected(act) is the only line of such input that the act writes."""

    def line_of(act) -> dict:
        (line,) = [line for line in noted(act) if line["event"] == "rejected"]
        return line

    return line_of


def test_a_value_that_cannot_be_read_is_logged(sign_in, bob, rejected):
    browser = sign_in(bob)
    line = rejected(lambda: browser.get("/admin/leads?status=no-number"))
    assert (line["status"], line["method"], line["path"]) == (400, "GET", "/admin/leads")
    assert line["user"] == bob.pk
    assert "no-number" not in str(line)


def test_a_method_that_a_page_does_not_have_is_logged(sign_in, bob, rejected):
    browser = sign_in(bob)
    assert rejected(lambda: browser.delete("/admin/leads"))["status"] == 405


def test_a_foreign_host_name_is_logged(db, rejected):
    line = rejected(lambda: Client().get("/login", headers={"host": "evil.example"}))
    assert (line["status"], line["user"]) == (400, None)


def test_a_choice_that_the_form_does_not_offer_is_logged_with_its_field(sign_in, ada, bob, rejected):
    browser = sign_in(ada)
    form = {"name": "Bob", "email": bob.email, "department": bob.department_ids[0], "roles": [10**9]}
    line = rejected(lambda: browser.post(f"/admin/users/{bob.pk}/edit", form))
    assert (line["status"], line["fields"]) == (422, ["roles"])
    assert bob.groups.get().role == Role.objects.get(key="rep")


def test_a_mistyped_value_is_no_attempt(sign_in, ada, bob, noted):
    browser = sign_in(ada)
    form = {"name": "", "email": "no email", "department": "", "roles": []}
    lines = noted(lambda: browser.post(f"/admin/users/{bob.pk}/edit", form))
    assert [line["event"] for line in lines if line["event"] == "rejected"] == []
