"""Custom fields that appear in a form as soon as the field that decides about them changes."""

import pytest

pytestmark = pytest.mark.hard


@pytest.mark.parametrize(
    "javascript",
    [True, pytest.param(False, marks=pytest.mark.nightly)],
    ids=["with JavaScript", "without JavaScript"],
)
def test_a_field_shown_for_one_status_appears_when_it_is_chosen(window, javascript):
    # Each run has a status of its own, because the field of the other one is required too.
    label, status = f"Offer number {javascript}", "Proposal" if javascript else "Qualified"
    administrator = window("admin")
    administrator.go("/admin/leads/fields/new")
    page = administrator.page
    page.get_by_role("textbox", name="Label (required)").fill(label)
    page.get_by_role("checkbox", name="Required").check()
    page.get_by_text("When it’s shown").click()
    page.get_by_label("If Status is…").check()
    page.get_by_role("group", name="Status").get_by_label(status, exact=True).check()
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/admin/leads/fields")
    page.locator("tr", has_text=label).get_by_text("depends on: Status").wait_for()

    manager = window(javascript=javascript)
    manager.sign_in("manager")
    manager.go("/admin/leads?kind=new&owner=me")
    page = manager.page
    page.locator(".records tbody tr").first.locator("th a").first.click()
    page.locator(".page-head, .lead-head").locator("[data-key=e]").click()
    field = page.get_by_label(label)
    assert not field.is_visible()
    page.get_by_label("Status", exact=False).first.select_option(label=status)
    if not javascript:
        page.get_by_role("button", name="Save").click()
        page.locator(".error", has_text="This field is required.").wait_for()
    field.wait_for(state="visible")
    if javascript:
        page.get_by_label("Status", exact=False).first.select_option(label="New")
        field.wait_for(state="hidden")
        page.get_by_label("Status", exact=False).first.select_option(label=status)
    field.fill("2026/17")
    page.get_by_role("button", name="Save").click()
    page.locator(".facts", has_text="2026/17").wait_for()
