"""Adding one filter, with and without JavaScript: find the field, choose operator and value, edit it from its chip."""

import re

import pytest

pytestmark = pytest.mark.hard


@pytest.mark.parametrize(
    "javascript",
    [True, pytest.param(False, marks=pytest.mark.nightly)],
    ids=["with JavaScript", "without JavaScript"],
)
def test_a_condition_is_added_and_edited_from_its_chip(window, javascript):
    manager = window(javascript=javascript)
    manager.sign_in("manager")
    manager.go("/admin/leads?vip=yes&sort=name")
    page = manager.page
    page.get_by_role("link", name="Filter", exact=True).click()
    page.locator("#fields-to-filter").get_by_role("link", name="Company", exact=True).click()
    page.get_by_label("Value", exact=True).fill("log")
    page.get_by_role("button", name="Show leads").click()
    page.wait_for_url(re.compile(r"/admin/leads\?vip=yes&sort=name&company\.contains=log$"))
    page.get_by_role("link", name="company contains “log”").first.click()
    page.get_by_label("Condition").select_option("is empty")
    page.get_by_role("button", name="Show leads").click()
    page.wait_for_url(re.compile(r"vip=yes&sort=name&company\.empty=yes$"))
    assert page.locator(".filters").inner_text().split("\n")[0].startswith("Filtered by")


def test_typing_narrows_the_fields_and_enter_opens_the_first_one(window):
    manager = window("manager")
    manager.go("/admin/leads?all=1")
    page = manager.page
    page.keyboard.press("f")
    page.locator("dialog[open] [data-narrows]:focus").wait_for()
    page.keyboard.type("second")
    assert page.locator("#fields-to-filter li:visible").all_inner_texts() == ["Second email"]
    page.keyboard.type("zzz")
    page.get_by_text("No field has this name.").wait_for()
    page.get_by_label("Find a field").fill("city")
    page.keyboard.press("Enter")
    page.locator("dialog[open] [name=text]:focus").wait_for()
    page.keyboard.type("cluj")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"city\.contains=cluj$"))


def test_only_what_the_operator_asks_for_is_shown(window):
    manager = window("manager")
    manager.go("/admin/leads/filter/value?query=")
    page, shown = manager.page, {"between": 2, "above": 1, "empty": 0}
    for operator, inputs in shown.items():
        page.get_by_label("Condition").select_option(operator)
        assert page.locator(".condition input:visible").count() == inputs


def test_a_refused_condition_keeps_what_was_typed(window):
    manager = window("manager")
    manager.go("/admin/leads?vip=yes")
    page = manager.page
    page.keyboard.press("f")
    page.locator("#fields-to-filter").get_by_role("link", name="Value", exact=True).click()
    page.get_by_label("Condition").select_option("is above")
    page.get_by_label("Value", exact=True).fill("much")
    page.get_by_role("button", name="Show leads").click()
    page.get_by_text("Enter an amount like 1250 or 1,250.00.").first.wait_for()
    assert page.get_by_label("Value", exact=True).input_value() == "much"
    page.get_by_label("Value", exact=True).fill("1,000")
    page.get_by_role("button", name="Show leads").click()
    page.wait_for_url(re.compile(r"vip=yes&value\.above=1000$"))
