"""An administrator erases a person and searches in vain."""

import re

import pytest

pytestmark = pytest.mark.hard
NAME, EMAIL = "Quixwardenqq", "zebulon@quixmail.example"


def test_an_administrator_erases_a_person_and_searches_in_vain(window):
    admin = window("admin")
    page = admin.page
    admin.go("/admin/leads/new")
    page.fill("[name=last_name]", NAME)
    page.fill("[name=email]", EMAIL)
    page.click("main form button[data-kind=primary]")
    page.wait_for_url(re.compile(r"/admin/leads/\d+"))
    record = page.url
    page.locator("[popovertarget=record-more]").click()
    page.locator("#record-more").get_by_role("link", name="Privacy").click()
    page.wait_for_selector("text=Which records are about this person?")
    page.get_by_role("button", name="Erase person").click()
    admin.confirmed()
    page.fill("[name=word]", "erase")
    page.get_by_role("button", name="Erase person").click()
    page.wait_for_url(re.compile(r"/admin/jobs/\d+"))

    def get_number_of_erasures() -> int:
        admin.go("/admin/privacy/erasures")
        return page.locator("main table.table tbody tr").count()

    assert admin.until(get_number_of_erasures)
    for path in (
        f"/admin/leads?q={NAME}",
        f"/admin/leads?q={EMAIL}",
        f"/admin/jump?q={NAME}",
    ):
        admin.go(path)
        assert page.locator("main table.table tbody tr, .palette a[href*='/leads/']").count() == 0, path
    admin.go(f"/admin/privacy?q={EMAIL}")
    assert "No lead, contact or request matches" in page.inner_text("main")
    admin.go(record)
    assert "This person was erased on" in page.inner_text("main")
    assert NAME not in page.content()
