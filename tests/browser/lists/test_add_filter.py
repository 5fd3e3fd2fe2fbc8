"""Filters in the panel below "Filter", with keys and clicks, and as pages of their own without JavaScript."""

import re

import pytest

pytestmark = pytest.mark.hard
PANEL, VALUES = "#filter-panel", "#filter-values"


@pytest.fixture
def manager(window):
    """On the list of all leads."""
    manager = window("manager")
    manager.go("/admin/leads?all=1")
    return manager


@pytest.fixture
def panel(manager):
    manager.page.keyboard.press("f")
    manager.page.locator("#find-filter:focus").wait_for()
    manager.page.locator(f"{VALUES} form").wait_for()
    return manager.page


def test_without_javascript_a_condition_is_added_and_edited_from_its_chip(window):
    manager = window(javascript=False)
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


def test_three_filters_take_six_clicks_and_the_list_follows_each(manager):
    page, clicks = manager.page, []

    def click(locator):
        clicks.append(locator)
        locator.click()

    click(page.get_by_role("link", name="Filter", exact=True))
    click(page.locator(VALUES).get_by_label("Contacted"))
    page.wait_for_url(re.compile(r"\?status=\d$"))
    click(page.locator(PANEL).get_by_role("link", name="Country"))
    click(page.locator(VALUES).get_by_label("Romania"))
    page.wait_for_url(re.compile(r"\?status=\d&country=RO$"))
    click(page.locator(PANEL).get_by_role("link", name="Source"))
    click(page.locator(VALUES).get_by_label("Referral"))
    page.wait_for_url(re.compile(r"\?status=\d&country=RO&source=\d$"))
    assert len(clicks) == 6
    assert page.locator(PANEL).is_visible()
    words = " ".join(page.locator(".filters").inner_text().split())
    assert words.startswith("Filtered by status Contacted source Referral country Romania")


def test_values_are_typed_one_after_the_other(panel):
    for text, part in (("roma", "country=RO"), ("vip", "vip=yes"), ("without em", "no_email=on")):
        panel.keyboard.type(text)
        panel.keyboard.press("Enter")
        panel.wait_for_url(re.compile(rf"\b{part}\b"))
        panel.locator("#find-filter:focus:placeholder-shown").wait_for()
    assert panel.url.endswith("?country=RO&vip=yes&no_email=on")


def test_several_values_are_chosen_without_closing_and_the_last_one_taken_off_removes_the_filter(panel):
    values = panel.locator(VALUES)
    values.get_by_label("New").check()
    values.get_by_label("Lost").check()
    panel.wait_for_url(re.compile(r"\?status=\d&status=\d$"))
    panel.locator("#filter-offers svg").wait_for()
    values.get_by_label("New").uncheck()
    values.get_by_label("Lost").uncheck()
    panel.wait_for_url(re.compile(r"\?all=1$"))
    panel.locator("#filter-offers svg").wait_for(state="detached")


def test_a_choice_made_while_the_list_still_loads_is_marked_among_the_fields_too(panel):
    values, held = panel.locator(VALUES), []
    values.get_by_label("New").check()
    values.get_by_label("Lost").check()
    panel.wait_for_url(re.compile(r"\?status=\d&status=\d$"))
    panel.locator("#filter-offers svg").wait_for()
    one = re.compile(r"/admin/leads\?status=\d$")
    panel.route(one, lambda route: held.append(route))
    with panel.expect_request(one):
        values.get_by_label("New").uncheck()
    with panel.expect_response(lambda answer: "hx-redirect" in answer.headers):
        values.get_by_label("Lost").uncheck()
    for route in held:
        route.continue_()
    panel.wait_for_url(re.compile(r"\?all=1$"))
    panel.locator("#filter-offers svg").wait_for(state="detached")


def test_typing_narrows_fields_and_values_and_says_if_nothing_is_left(panel):
    panel.keyboard.type("second")
    offers = panel.locator("#filter-offers")
    offers.get_by_role("link", name="Second email").wait_for()
    offers.get_by_role("link", name="Company", exact=True).wait_for(state="detached")
    assert offers.get_by_role("link").all_inner_texts() == ["Second email"]
    panel.get_by_label("Find a field or a value").fill("zzz")
    panel.get_by_text("No field or value begins with this text.").wait_for()
    panel.get_by_label("Find a field or a value").fill("country")
    panel.keyboard.press("Enter")
    panel.locator(f"{VALUES} [type=search]:focus").wait_for()
    panel.keyboard.type("germ")
    assert panel.locator("#filter-choices li:visible").all_inner_texts() == ["Germany"]
    panel.keyboard.press("Enter")
    panel.wait_for_url(re.compile(r"\?country=DE$"))


def test_a_condition_is_typed_and_the_next_filter_after_it(panel):
    panel.keyboard.type("city")
    panel.keyboard.press("Enter")
    panel.locator(f"{VALUES} [name=text]:focus").wait_for()
    panel.keyboard.type("cluj")
    panel.keyboard.press("Enter")
    panel.wait_for_url(re.compile(r"\?city\.contains=cluj$"))
    panel.locator("#find-filter:focus").wait_for()


def test_a_chip_opens_its_values(manager):
    manager.go("/admin/leads?country=RO&company.contains=a")
    page = manager.page
    page.get_by_role("link", name="company contains “a”").first.click()
    page.locator(f"{VALUES} [name=text]:focus").fill("b")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?country=RO&company\.contains=b$"))


def test_arrows_move_among_the_offers_and_escape_closes_the_panel(panel):
    panel.keyboard.press("ArrowDown")
    panel.locator("#filter-offers a:focus").wait_for()
    panel.keyboard.press("ArrowUp")
    panel.locator("#find-filter:focus").wait_for()
    panel.locator(VALUES).get_by_label("New").check()
    panel.wait_for_url(re.compile(r"\?status=\d$"))
    panel.keyboard.press("Escape")
    panel.locator(PANEL).wait_for(state="hidden")
    panel.locator("#search-with [data-filter-panel]:focus").wait_for()


def test_only_what_the_operator_asks_for_is_shown(manager):
    manager.go("/admin/leads/filter/value?query=")
    page, shown = manager.page, {"between": 2, "above": 1, "empty": 0}
    for operator, inputs in shown.items():
        page.get_by_label("Condition").select_option(operator)
        assert page.locator(".condition input:visible").count() == inputs


def test_a_refused_condition_keeps_what_was_typed(panel):
    panel.locator(PANEL).get_by_role("link", name="Value", exact=True).click()
    panel.get_by_label("Condition").select_option("is above")
    value = panel.get_by_role("textbox", name="Value", exact=True)
    value.fill("much")
    panel.get_by_role("button", name="Add filter").click()
    panel.get_by_text("Enter an amount like 1250 or 1,250.00.").first.wait_for()
    assert value.input_value() == "much"
    value.fill("1,000")
    panel.get_by_role("button", name="Add filter").click()
    panel.wait_for_url(re.compile(r"\?value\.above=1000$"))
