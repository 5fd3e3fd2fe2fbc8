"""Back, after a form that had an error at first: the page of the form opens anew, and nothing is sent twice."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask

pytestmark = pytest.mark.hard
NAME = "Backbrook"
LEADS = f"SELECT count(*) FROM leads_lead WHERE last_name = '{NAME}'"


def test_back_after_a_corrected_form_opens_its_page_anew_and_never_says_that_there_is_no_connection(
    window, leadwell
):
    rep = window("rep", installed=True)
    rep.go("/admin/leads/new")
    rep.page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    rep.page.reload()
    rep.page.locator("#id_last_name").fill(NAME)
    rep.page.locator("#id_email").fill("back@@brook")
    rep.page.locator("#id_email").press("Control+Enter")
    expect(rep.page.locator("#id_email")).to_have_attribute("aria-invalid", "true")
    rep.page.locator("#id_email").fill("back@brook.example")
    rep.page.locator("#id_email").press("Control+Enter")
    expect(rep.page.get_by_role("heading", name=NAME)).to_be_visible()
    rep.page.go_back()
    expect(rep.page.get_by_role("heading", name="New lead")).to_be_visible()
    expect(rep.page.locator("#id_email")).to_have_value("")
    assert ask(leadwell, LEADS) == 1
    rep.page.reload()
    expect(rep.page.get_by_role("heading", name="New lead")).to_be_visible()
    rep.page.go_back()
    rep.page.go_forward()
    expect(rep.page.get_by_role("heading", name="New lead")).to_be_visible()
    assert ask(leadwell, LEADS) == 1
