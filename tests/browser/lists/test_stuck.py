"""A manager finds stuck leads by owner and status, and gives them to a colleague."""

import re

import pytest

from tests.browser.pages.every_page import ask

pytestmark = pytest.mark.hard
STUCK = "SELECT count(*) FROM leads_lead l JOIN accounts_user u ON u.id = l.owner_id WHERE u.name = '{}'"


@pytest.mark.parametrize(
    "javascript",
    [True, pytest.param(False, marks=pytest.mark.nightly)],
    ids=["with JavaScript", "without JavaScript"],
)
def test_a_manager_finds_and_reassigns_stuck_leads(window, leadwell, javascript):
    manager = window("manager", javascript=javascript)
    manager.go("/admin/leads/stuck")
    page = manager.page
    group = page.locator("section.card", has=page.locator(".tick")).first
    heir = "Ioana Vasile" if "Bob Moreau" in group.locator("h2").inner_text() else "Bob Moreau"
    line = group.locator("li").first
    number = int(line.locator("a.link").inner_text().split()[0].replace(",", ""))
    line.locator(".tick").check()
    page.locator(".applybar button[value=assign]").click()
    assert f"{number:,} lead" in page.locator(".title").inner_text()
    page.locator("select[name=owner]").select_option(label=heir)
    page.get_by_role("button", name="Preview changes").click()
    had = ask(leadwell, STUCK.format(heir))
    page.locator(".applybar button[data-kind=primary]").click()
    page.wait_for_url(re.compile(r"/admin/operations/\d+$"))
    assert ask(leadwell, STUCK.format(heir)) == had + number
    page.locator("main").get_by_role("link", name=re.compile("^Undo")).first.click()
    page.locator("main form").get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile(r"/admin/operations/\d+$"))
    assert ask(leadwell, STUCK.format(heir)) == had
