"""The board in a browser: dragging, keys, touch, forms that a move asks for, and colleagues who see each other's moves."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask

pytestmark = pytest.mark.hard
BOARD = "/admin/leads/board?vip=no&sort=-created_at"
STATUS = "SELECT s.key FROM leads_lead l JOIN leads_status s ON s.id = l.status_id WHERE l.id = {}"


@pytest.fixture
def manager(window):
    return opened(window("manager"))


def opened(someone, more: str = ""):
    someone.go(BOARD + more)
    someone.page.locator("#count", has_text="leads").wait_for()
    return someone


def column(page, label: str):
    return page.locator(".column[data-lane]", has=page.locator("h2", has_text=re.compile(f"^{label}$")))


def card_in(page, label: str, place: int = 0):
    """A card of a column, and its lead's number."""
    name = column(page, label).locator(".ticket").nth(place).get_attribute("id")
    return page.locator(f"#{name}"), int(name.removeprefix("card-"))


def drag(page, card, target) -> None:
    """With the mouse, in steps, and held over the target."""
    start, end = card.bounding_box(), target.bounding_box()
    page.mouse.move(start["x"] + start["width"] / 2, start["y"] + start["height"] - 8)
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + min(60, end["height"] / 2), steps=8)


def is_in(page, label: str, number: int):
    found = column(page, label).locator(f"#card-{number}:not([aria-busy])")
    found.wait_for()
    return found


def test_a_card_is_dragged_to_another_column_and_the_message_undoes_it(manager, leadwell):
    page = manager.page
    card, number = card_in(page, "New")
    drag(page, card, column(page, "Contacted"))
    assert column(page, "Contacted").get_attribute("data-over") == ""
    page.mouse.up()
    is_in(page, "Contacted", number)
    page.locator("#board-said", has_text="moved to Contacted.").wait_for()
    assert ask(leadwell, STATUS.format(number)) == "contacted"
    assert page.url.endswith(BOARD), "dropping a card doesn't open it"
    page.locator("#notice .message", has_text="moved to Contacted.").get_by_role(
        "button", name="Undo"
    ).click()
    page.wait_for_url(re.compile(r"/admin/operations/\d+"))
    assert ask(leadwell, STATUS.format(number)) == "new"


def test_escape_and_a_drop_in_the_same_column_leave_a_card_where_it_is(manager, leadwell):
    page = manager.page
    card, number = card_in(page, "New")
    drag(page, card, column(page, "Contacted"))
    page.keyboard.press("Escape")
    page.mouse.up()
    assert page.locator("[data-dragged], [data-over]").count() == 0
    drag(page, card, column(page, "New"))
    page.mouse.up()
    assert card_in(page, "New")[1] == number
    assert ask(leadwell, STATUS.format(number)) == "new"


def test_a_card_dropped_on_won_leaves_the_board(manager, leadwell):
    page = manager.page
    card, number = card_in(page, "Qualified")
    drag(page, card, page.locator(".target", has_text="Won"))
    page.mouse.up()
    card.wait_for(state="detached")
    page.locator("#board-said", has_text="moved to Won.").wait_for()
    assert ask(leadwell, STATUS.format(number)) == "won"


def test_a_lost_lead_is_asked_for_its_reason_and_stays_until_the_form_is_saved(manager, leadwell):
    page = manager.page
    card, number = card_in(page, "New", 1)
    drag(page, card, page.locator(".target", has_text="Lost"))
    page.mouse.up()
    dialog = page.locator("#dialog[open]")
    dialog.get_by_role("button", name="Move to Lost").click()
    dialog.locator("[aria-invalid=true]").first.wait_for()
    is_in(page, "New", number)
    assert ask(leadwell, STATUS.format(number)) == "new"
    dialog.locator("select[name=lost_reason]").select_option(index=1)
    dialog.get_by_role("button", name="Move to Lost").click()
    dialog.wait_for(state="hidden")
    page.locator(f"#card-{number}").wait_for(state="detached")
    page.locator("#notice .message", has_text="Moved to Lost.").wait_for()
    assert ask(leadwell, STATUS.format(number)) == "lost"


@pytest.fixture
def strict(leadwell):
    """Proposal requires a website."""
    rule = "UPDATE leads_status SET required_fields = '{}' WHERE key = 'proposal' RETURNING id"
    ask(leadwell, rule.replace("{}", "{website}"))
    yield
    ask(leadwell, rule)


def test_a_card_dropped_on_a_status_with_required_fields_opens_its_form(strict, manager, leadwell):
    page = manager.page
    card, number = card_in(page, "Qualified")
    website = ask(leadwell, f"UPDATE leads_lead SET website = '' WHERE id = {number} RETURNING website")
    assert website == ""
    drag(page, card, column(page, "Proposal"))
    page.mouse.up()
    dialog = page.locator("#dialog[open]")
    dialog.get_by_label("Website").fill("https://example.com")
    is_in(page, "Qualified", number)
    dialog.get_by_role("button", name="Move to Proposal").click()
    dialog.wait_for(state="hidden")
    is_in(page, "Proposal", number)
    assert ask(leadwell, STATUS.format(number)) == "proposal"


def focused(page) -> str:
    return page.evaluate("document.activeElement.closest('.ticket')?.id ?? ''")


def test_cards_are_walked_and_moved_by_keyboard_only(manager, leadwell):
    page = manager.page
    press = page.keyboard.press
    press("j")
    assert focused(page) == card_in(page, "New")[0].get_attribute("id")
    press("j")
    assert focused(page) == card_in(page, "New", 1)[0].get_attribute("id")
    press("ArrowUp")
    press("l")
    assert focused(page) == card_in(page, "Contacted")[0].get_attribute("id")
    press("h")
    _card, number = card_in(page, "New")
    press("m")
    page.locator("#inline:popover-open form").wait_for()
    for _step in range(10):
        if "Contacted" in page.evaluate("document.activeElement.textContent"):
            break
        press("ArrowDown")
    press("Enter")
    is_in(page, "Contacted", number)
    page.wait_for_function(f"document.activeElement.closest('#card-{number}')")
    press("Shift+L")
    is_in(page, "Qualified", number)
    page.wait_for_function(f"document.activeElement.closest('#card-{number}')")
    assert ask(leadwell, STATUS.format(number)) == "qualified"
    press("x")
    assert page.locator(".bulk").is_visible()
    press("o")
    page.wait_for_url(re.compile(rf"/admin/leads/{number}\b"))


def tap(someone, element) -> None:
    """With a finger: no mouse is involved."""
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    for kind, points in (("touchStart", [point]), ("touchEnd", [])):
        someone.touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_a_card_is_moved_by_touch_at_390_pixels(window, leadwell):
    rep = opened(window("manager", width=390, height=844))
    page = rep.page
    _card, number = card_in(page, "New", 2)
    tap(rep, page.locator(f"#card-{number} .to"))
    tap(rep, page.locator("#inline:popover-open button", has_text="Contacted"))
    is_in(page, "Contacted", number)
    assert ask(leadwell, STATUS.format(number)) == "contacted"
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_javascript_the_menu_moves_a_card(window, leadwell):
    manager = window("manager", javascript=False)
    manager.go(BOARD)
    page = manager.page
    _card, number = card_in(page, "New", 3)
    page.locator(f"#card-{number} .to").click()
    page.get_by_role("button", name="Contacted").click()
    page.wait_for_url(re.compile(rf"/admin/leads/board\?.*#card-{number}$"))
    page.locator("#notice .message", has_text="moved to Contacted.").wait_for()
    assert ask(leadwell, STATUS.format(number)) == "contacted"


def test_two_people_see_each_others_moves_within_five_seconds(window, leadwell):
    department = (
        "SELECT min(m.department_id) FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id"
    )
    number = ask(leadwell, f"{department} WHERE u.email = 'manager@demo.example'")
    own = f"&department={number}"
    manager, colleague = window("manager"), window("admin")
    for someone in (manager, colleague):
        someone.page.clock.install()
        opened(someone, own)
    for mover, watcher, to in ((manager, colleague, "Contacted"), (colleague, manager, "Qualified")):
        _card, number = card_in(mover.page, "New", 4)
        mover.page.locator(f"#card-{number} .lead a").focus()
        mover.page.keyboard.press("m")
        mover.page.locator("#inline:popover-open").get_by_role("button", name=to, exact=True).click()
        is_in(mover.page, to, number)
        with watcher.page.expect_request("**/board/changes*"):
            watcher.page.clock.run_for(5_000)
        column(watcher.page, to).locator(f"#card-{number}").wait_for()


def test_a_hidden_tab_does_not_look_for_changes(window):
    someone, asked = window("manager"), []
    page = someone.page
    page.clock.install()
    opened(someone)
    page.on("request", lambda request: asked.append(request.url) if "/board/changes" in request.url else None)
    show = "(away) => { window.away = away; document.dispatchEvent(new Event('visibilitychange')) }"
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => window.away, configurable: true })")
    page.evaluate(show, True)
    asked.clear()
    page.clock.run_for(60_000)
    assert asked == []
    with page.expect_request("**/board/changes*"):
        page.evaluate(show, False)
    assert len(asked) == 1


def test_more_cards_join_their_column_and_the_focus_goes_to_the_first_of_them(manager):
    page = manager.page
    contacted = column(page, "Contacted")
    before = contacted.locator(".ticket").count()
    contacted.locator("[data-further]").click()
    page.wait_for_function(
        "([lane, before]) => document.querySelectorAll(`[data-lane='${lane}'] .ticket`).length > before",
        arg=[contacted.get_attribute("data-lane"), before],
    )
    assert focused(page) == card_in(page, "Contacted", before)[0].get_attribute("id")


def test_a_search_on_the_board_stays_on_the_board(manager):
    page = manager.page
    page.locator("#search").fill("an")
    page.wait_for_url(re.compile(r"/admin/leads/board\?.*q=an"))
    assert page.locator(".board").count() == 1
    # The address changes a moment before what was drawn.
    expect(page.locator("[data-key=b]")).to_have_attribute("href", re.compile("q=an"))
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("b")
    page.wait_for_url(re.compile(r"/admin/leads\?.*q=an"))
    assert page.locator(".records").count() == 1
