"""A sales rep works through the daily queue by keyboard, by touch and without JavaScript; two of them ask for one lead."""

import re

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.window import PASSWORD

pytestmark = pytest.mark.hard

QUEUE = "/admin/leads/queue"
REP = "(SELECT id FROM accounts_user WHERE email = 'rep@demo.example')"
OUTCOMES = f"SELECT count(*) FROM leads_queuestep WHERE user_id = {REP} AND outcome <> 'skipped'"
# Five open leads of the rep have a task that is due, and nothing else is in the queue. None of it is history.
FIVE = f"""
    SELECT set_config('leadwell.machine', 'on', false);
    DELETE FROM leads_queuestep;
    DELETE FROM leads_queuehold;
    DELETE FROM leads_queuerules;
    INSERT INTO leads_queuerules (id, version, contact_overdue, contact_today, new, stuck, no_show) VALUES (1, 1, 0, 0, 0, 0, 0);
    UPDATE crm_task SET due_on = '2040-01-01', due_time = NULL WHERE user_id = {REP};
    UPDATE crm_task SET done_at = NULL, due_on = current_date - 1 WHERE id IN (
        SELECT min(t.id) FROM crm_task t JOIN leads_lead l ON l.id = t.record JOIN leads_status s ON s.id = l.status_id
        WHERE t.of = 'lead' AND t.user_id = {REP} AND l.owner_id = {REP} AND s.kind = 'contacted'
        AND t.deleted_at IS NULL AND l.deleted_at IS NULL GROUP BY t.record LIMIT 5);
"""
# One new lead of the rep's department is unassigned, and only new leads are in the queue.
ONE = f"""
    SELECT set_config('leadwell.machine', 'on', false);
    DELETE FROM leads_queuehold;
    UPDATE leads_queuerules SET new = 40, task_overdue = 0, task_today = 0;
    UPDATE leads_lead SET first_contacted_at = now() WHERE first_contacted_at IS NULL;
    UPDATE leads_lead SET owner_id = NULL, first_contacted_at = NULL WHERE id = (
        SELECT max(l.id) FROM leads_lead l JOIN leads_status s ON s.id = l.status_id
        WHERE s.kind = 'new' AND l.deleted_at IS NULL AND l.erased_at IS NULL AND l.department_id = (
            SELECT department_id FROM accounts_membership WHERE user_id = {REP}));
"""


@pytest.fixture
def five(leadwell):
    run(leadwell, FIVE)
    yield
    run(leadwell, "SELECT set_config('leadwell.machine', 'on', false); DELETE FROM leads_queuerules")


def run(leadwell, statements: str) -> None:
    with psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as connection:
        connection.execute(statements)


def progress(page) -> tuple[int, int]:
    """How many are done, of how many."""
    done, total = re.search(r"(\d+) of (\d+) done", page.locator(".title .count").inner_text()).groups()
    return int(done), int(total)


def is_empty(page) -> bool:
    return page.locator(".empty").count() > 0


def name_of(page) -> str:
    return page.locator("#now-name").inner_text()


def test_a_reps_day_from_the_sign_in_to_the_empty_queue_by_keyboard(window, leadwell, five):
    rep = window()
    page = rep.page

    def key(name: str) -> None:
        with page.expect_navigation():
            page.keyboard.press(name)

    rep.go("/login")
    page.get_by_label("Email").focus()
    page.keyboard.type("rep@demo.example")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    key("Enter")
    page.keyboard.press("Control+k")
    page.keyboard.type("queue")
    expect(page.locator("#palette-found a")).to_have_text(["Queue"])
    key("Enter")
    assert page.url.endswith(QUEUE)
    assert progress(page) == (0, 5)
    first = name_of(page)
    key("2")
    assert (progress(page), name_of(page) == first) == ((1, 5), False)
    key("u")
    assert (progress(page), name_of(page)) == ((0, 5), first)
    # A note, then its outcome.
    page.locator("#id_note").focus()
    page.keyboard.type("Wants 2 offers")
    page.keyboard.press("Escape")
    key("1")
    key("n")
    assert progress(page) == (1, 4)
    key("6")
    page.keyboard.press("ArrowDown")
    key("Control+Enter")
    assert progress(page) == (2, 4)
    key("3")
    key("2")
    assert is_empty(page)
    assert "4 leads have an outcome today" in page.locator(".empty").inner_text()
    key("s")
    assert progress(page) == (4, 5)
    key("2")
    assert is_empty(page)
    assert ask(leadwell, OUTCOMES) == 5
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_contain_text("in the queue: outcome, skip, undo")


def test_a_call_back_in_three_hours_takes_three_keys(window, leadwell, five):
    rep = window("rep")
    page = rep.page
    rep.go(QUEUE)
    chosen = page.locator("[name=when]:checked")
    expect(chosen).to_have_value("")
    expect(page.locator("[name=day]")).to_be_hidden()
    page.keyboard.press("b")
    expect(chosen).to_have_value("in_1_hour")
    page.keyboard.press("b")
    expect(chosen).to_have_value("in_3_hours")
    with page.expect_navigation():
        page.keyboard.press("1")
    assert progress(page)[0] == 1
    calls = f"SELECT count(*) FROM crm_task WHERE user_id = {REP} AND type = 'call' AND due_time IS NOT NULL AND title = 'Call back'"
    assert ask(leadwell, calls) == 1
    # Back to the first choice after the last one, by way of a day and a time of one's own.
    while chosen.get_attribute("value") != "pick":
        page.keyboard.press("b")
    expect(page.locator("[name=day]")).to_be_visible()
    page.keyboard.press("b")
    expect(chosen).to_have_value("")
    page.keyboard.press("u")
    expect(page.locator(".title .count")).to_contain_text("0 of 5 done")
    assert ask(leadwell, f"{calls} AND deleted_at IS NULL") == 0


def test_a_reps_day_from_the_sign_in_to_the_empty_queue_by_touch_on_a_phone(window, leadwell, five):
    rep = window(width=390, height=844)
    page = rep.page

    def tap(element) -> None:
        element.scroll_into_view_if_needed()
        box = element.bounding_box()
        touch(rep, box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    rep.go("/login")
    for label, text in (("Email", "rep@demo.example"), ("Password", PASSWORD)):
        tap(page.get_by_label(label, exact=True))
        page.keyboard.type(text)
    with page.expect_navigation():
        tap(page.get_by_role("button", name="Sign in", exact=True).first)
    tap(page.get_by_role("button", name=re.compile("^Menu")))
    with page.expect_navigation():
        tap(page.locator("#rail a", has_text=re.compile("^\\s*Queue")))
    for done in range(5):
        assert progress(page) == (done, 5)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        for button in page.locator(".outcomes button").all():
            assert button.bounding_box()["height"] >= 44
        with page.expect_navigation():
            tap(page.locator(".outcomes button[value=no_answer]"))
    assert is_empty(page)
    assert ask(leadwell, OUTCOMES) == 5


def touch(rep, x: float, y: float) -> None:
    for type, points in (("touchStart", [{"x": x, "y": y}]), ("touchEnd", [])):
        rep.touch.send("Input.dispatchTouchEvent", {"type": type, "touchPoints": points})


def test_a_queue_works_without_javascript_in_two_tabs_and_with_the_back_button(window, leadwell, five):
    rep = window("rep", javascript=False)
    page = rep.page
    rep.go(QUEUE)
    first, tab = name_of(page), rep.tab()
    tab.goto(QUEUE)
    # In a tab behind another one, Playwright doesn't wait for the answer before it goes back.
    with page.expect_navigation():
        page.get_by_role("button", name="No answer").click()
    page.go_back()
    assert name_of(page) != first
    assert name_of(tab) == first
    tab.get_by_role("button", name="No answer").click()
    expect(tab.locator("main .message").first).to_contain_text("already recorded an outcome")
    assert ask(leadwell, OUTCOMES) == 1
    tab.get_by_role("link", name="Next lead").click()
    assert name_of(tab) == name_of(page)
    page.get_by_role("button", name="Move to Lost").click()
    page.locator("select[name=lost_reason]").select_option(index=1)
    page.get_by_role("button", name="Move to Lost").click()
    assert progress(page) == (2, 5)
    page.get_by_role("button", name="Undo").click()
    assert progress(page) == (1, 5)


def test_of_two_reps_who_ask_for_the_same_lead_one_gets_it(window, leadwell, five):
    run(leadwell, ONE)
    first, second = window("rep"), window("stefan.dumitru")
    for rep in (first, second):
        rep.go(QUEUE)
        assert "1 new unassigned lead" in rep.page.locator(".empty").inner_text()
    first.page.get_by_role("button", name="Take on the next lead").click()
    name = name_of(first.page)
    second.page.get_by_role("button", name="Take on the next lead").click()
    expect(second.page.locator(".notices")).to_contain_text("No unassigned leads are waiting")
    assert is_empty(second.page)
    with first.page.expect_navigation():
        first.page.keyboard.press("2")
    assert name in first.page.locator(".last-step").inner_text()
    assert (
        ask(
            leadwell,
            f"SELECT count(*) FROM leads_lead l WHERE owner_id = {REP} AND EXISTS (SELECT FROM leads_queuestep s WHERE s.lead = l.id)",
        )
        == 1
    )


def test_a_manager_views_the_queue_of_a_colleague_without_outcomes(window, leadwell, five):
    manager = window("manager")
    page = manager.page
    manager.go(QUEUE)
    page.locator("select[name=of]").select_option(label="Bob Moreau")
    page.get_by_role("button", name="View queue").click()
    expect(page.locator("h1")).to_contain_text("Queue of Bob Moreau")
    assert progress(page) == (0, 5)
    assert page.locator(".now").count() == 1
    assert page.locator(".outcomes, .skip-step").count() == 0


def test_a_lead_has_one_main_way_to_reach_it_and_the_outcomes_are_on_the_first_screen(window, leadwell, five):
    rep = window("rep", width=1280, height=720)
    for phone in ("+40722123456", ""):
        run(
            leadwell,
            f"""SELECT set_config('leadwell.machine', 'on', false);
            UPDATE leads_lead SET phone = '{phone}', phone_normal = '{phone}', mobile = '', mobile_normal = '', email = 'a@b.example'
            WHERE owner_id = {REP};""",
        )
        rep.go(QUEUE)
        main = rep.page.locator(".now [data-kind=primary]")
        expect(main).to_have_count(1)
        expect(main).to_have_text(phone or "a@b.example")
        for button in rep.page.locator(".outcomes button").all():
            # All but a fraction of a pixel.
            expect(button).to_be_in_viewport(ratio=0.97)
