"""A sales rep starts the day on Today: completes a task there and undoes it, on a phone and without JavaScript too."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.test_queue import run

pytestmark = pytest.mark.hard
MINE = (
    "u.email = 'rep@demo.example' AND t.done_at IS NULL AND t.deleted_at IS NULL AND t.due_on <= current_date"
)
DUE = f"SELECT count(*) FROM crm_task t JOIN accounts_user u ON u.id = t.user_id WHERE {MINE}"
ONE_DUE = """
    SELECT set_config('leadwell.machine', 'on', false);
    UPDATE crm_task SET done_at = NULL, due_on = current_date - 1 WHERE id = (
        SELECT max(t.id) FROM crm_task t JOIN accounts_user u ON u.id = t.user_id
        JOIN leads_lead l ON l.id = t.record AND l.owner_id = u.id
        WHERE t.of = 'lead' AND u.email = 'rep@demo.example' AND t.deleted_at IS NULL AND l.deleted_at IS NULL);
"""


@pytest.fixture(autouse=True)
def one_due(leadwell):
    """Whatever other tests did with the rep's tasks."""
    run(leadwell, ONE_DUE)


@pytest.mark.parametrize(
    ("width", "javascript"),
    [(1440, True), (390, True), (1440, False)],
    ids=["desk", "phone", "without JavaScript"],
)
def test_a_rep_completes_a_task_on_today_and_undoes_it(window, leadwell, width, javascript):
    rep = window("rep", width=width, javascript=javascript)
    rep.go("/")
    page = rep.page
    assert page.url.endswith("/admin/today")
    due = ask(leadwell, DUE)
    assert due > 0
    page.get_by_role("region", name="Tasks").get_by_role(
        "button", name=re.compile("^Complete ")
    ).first.click()
    page.get_by_text("Completed the task.").first.wait_for()
    assert page.url.endswith("/admin/today")
    assert ask(leadwell, DUE) == due - 1
    page.locator("#notice").get_by_role("button", name="Undo").click()
    page.wait_for_url(re.compile(r"/admin/operations/\d+$"))
    assert ask(leadwell, DUE) == due


def test_the_first_new_lead_opens_from_today(window):
    rep = window("rep")
    rep.go("/admin/today")
    lead = rep.page.get_by_role("region", name="New for me").locator("li a.opens").first
    name = lead.inner_text()
    lead.click()
    rep.page.wait_for_url(re.compile(r"/admin/leads/\d+"))
    assert name in rep.page.locator("h1").inner_text()


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_what_the_page_loads_afterwards_is_there_for_everyone(window, javascript):
    rep = window("rep", javascript=javascript)
    rep.go("/admin/today")
    new = rep.page.get_by_role("region", name="New for me")
    if not javascript:
        new.get_by_role("link", name="Show").click()
        rep.page.wait_for_url(re.compile(r"/admin/today\?complete=1#part-new$"))
    new.locator("li a.opens").first.wait_for()
    assert rep.page.get_by_role("link", name="Show", exact=True).count() == 0


@pytest.mark.parametrize("who", ["admin", "rep"])
def test_no_card_has_an_empty_place_beside_it_and_health_takes_a_line(window, who):
    page = window(who, width=1440).page
    page.goto("/admin/today?complete=1")
    boxes = [card.bounding_box() for card in page.locator(".start > .card").all()]
    start = page.locator(".start").bounding_box()
    for top in {box["y"] for box in boxes}:
        row = [box for box in boxes if box["y"] == top]
        assert min(box["x"] for box in row) == start["x"]
        assert max(box["x"] + box["width"] for box in row) == pytest.approx(
            start["x"] + start["width"], abs=1
        )
    if who == "admin":
        assert page.locator("#part-health").bounding_box()["width"] == start["width"]


HELD = {
    "/admin/leads?all=1": ("**/leads/count?*", "counting…", "count"),
    "/admin/today": ("**/today/deferred", "Loading…", "Show"),
}


@pytest.mark.parametrize("path", HELD)
def test_what_arrives_after_the_page_says_so_and_can_be_asked_for_if_it_does_not(window, path):
    address, said, link = HELD[path]
    rep = window("rep")
    page = rep.page
    held = []
    page.route(address, lambda route: held.append(route))
    rep.go(path)
    expect(page.get_by_text(said).first).to_be_visible()
    held[0].abort()
    expect(page.get_by_role("link", name=link, exact=True).first).to_be_visible()
    expect(page.get_by_text(said).first).not_to_be_visible()
    page.unroute_all(behavior="ignoreErrors")
    page.get_by_role("link", name=link, exact=True).first.click()
    expect(page.get_by_text(said)).to_have_count(0)
    rep.faults[:] = [
        fault for fault in rep.faults if "ERR_FAILED" not in fault and "htmx:sendError" not in fault
    ]
