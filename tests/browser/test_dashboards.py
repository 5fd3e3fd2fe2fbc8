"""A manager's dashboard: arranged by drag and by the keyboard, without JavaScript, and with a card that can't be loaded."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.window import Window

pytestmark = pytest.mark.hard

DASHBOARDS = "/admin/reports/dashboards"


class Board:
    """A dashboard of the manager, with the suggested reports."""

    def __init__(self, window: Window, name: str) -> None:
        self.window, self.page = window, window.page
        window.go(f"{DASHBOARDS}/new")
        self.page.locator("#id_name").fill(name)
        self.page.get_by_role("button", name="Create dashboard").click()
        self.page.get_by_role("button", name="Add all 6").click()
        self.page.get_by_text("Added 6 reports").wait_for()
        self.path = self.page.url
        self.titles = self.names()

    def names(self) -> list[str]:
        return self.page.locator(".dashboard h2").all_inner_texts()

    def saved(self) -> list[str]:
        """The order that a reload shows."""
        self.page.goto(self.path)
        return self.names()

    def grab(self, title: str, onto: str) -> None:
        """Press the mouse on the grip of a card and move it to the right half of another one, without letting go."""
        card = self.page.get_by_role("region", name=title, exact=True)
        card.hover()
        grip = card.locator("[data-grip]").bounding_box()
        other = self.page.get_by_role("region", name=onto, exact=True).bounding_box()
        self.page.mouse.move(grip["x"] + 8, grip["y"] + 8)
        self.page.mouse.down()
        self.page.mouse.move(other["x"] + other["width"] * 0.8, other["y"] + 30, steps=8)

    def version(self) -> str:
        return self.page.locator("#dashboard-version").input_value()


@pytest.fixture
def board(window, request):
    return Board(window("manager"), request.node.name[:60])


def test_a_card_is_dragged_by_its_grip_and_escape_puts_it_back(board):
    first, second, third, *rest = board.titles
    board.grab(first, third)
    board.page.keyboard.press("Escape")
    board.page.mouse.up()
    assert board.names() == board.titles
    assert board.page.locator("[data-dragged], [data-drop]").count() == 0
    version = board.version()
    board.grab(first, third)
    assert board.page.locator("[data-drop=after] h2").inner_text() == third
    board.page.mouse.up()
    expect(board.page.locator("#dashboard-version")).not_to_have_value(version)
    assert board.names() == board.saved() == [second, third, first, *rest]


def test_the_keyboard_moves_a_card_by_its_buttons_and_keeps_the_focus(board):
    page, last = board.page, board.titles[-1]
    earlier = page.get_by_role("button", name=f"Move {last} earlier")
    earlier.focus()
    for _step in range(3):
        page.keyboard.press("Enter")
    expect(earlier).to_be_focused()
    assert page.locator("#dashboard-said").inner_text() == f"{last}: position 3 of 6"
    page.keyboard.press("ArrowRight")
    # Each step is saved with the version that the one before has brought.
    expect(page.locator("#dashboard-version")).to_have_value("6")
    expected = [*board.titles[:3], last, *board.titles[3:5]]
    assert board.names() == board.saved() == expected


def test_a_card_is_moved_and_widened_on_a_phone_and_without_javascript(window, board):
    phone = window("manager", width=390, javascript=False)
    phone.go(board.path)
    page, (first, second, *_rest) = phone.page, board.titles
    page.get_by_role("button", name=f"Move {first} later").click()
    page.wait_for_load_state()
    assert page.locator(".dashboard h2").all_inner_texts()[:2] == [second, first]
    page.get_by_role("button", name=f"More for {first}").click()
    page.get_by_role("button", name="Full width").click()
    page.wait_for_load_state()
    assert page.locator(".dashboard > [data-full] h2").all_inner_texts() == [first]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("region", name=first, exact=True).get_by_role("link", name="Show").click()
    page.wait_for_url(re.compile(r"\?complete=1#part-\d+$"))
    assert page.get_by_text("Loading…").count() == 0


def test_a_second_tab_with_an_older_order_says_so_and_shows_the_present_one(window, board):
    first, second, *_rest = board.titles
    tab = board.window.tab()
    tab.goto(board.path)
    board.page.get_by_role("button", name=f"Move {first} later").press("Enter")
    expect(board.page.locator("#dashboard-version")).to_have_value("3")
    tab.get_by_role("button", name=f"Move {second} later").press("Enter")
    tab.get_by_text("The dashboard has changed in the meantime.").wait_for()
    assert tab.locator(".dashboard h2").all_inner_texts()[:2] == [second, first]


def test_a_move_that_does_not_arrive_is_put_back(board):
    page = board.page
    page.route("**/order", lambda route: route.abort())
    page.get_by_role("button", name=f"Move {board.titles[0]} later").press("Enter")
    expect(page.locator(".dashboard h2").first).to_have_text(board.titles[0])
    assert board.names() == board.titles
    board.window.faults[:] = [
        fault for fault in board.window.faults if not re.search("ERR_FAILED|sendError", fault)
    ]


def test_one_card_that_cannot_be_loaded_says_so_and_the_others_stay(board):
    page, first = board.page, board.titles[0]
    card = page.get_by_role("region", name=first, exact=True)
    part = card.get_attribute("data-row")
    page.route(f"**/parts/{part}", lambda route: route.abort())
    page.goto(board.path)
    expect(card.get_by_text("This report couldn’t be loaded.")).to_be_visible()
    expect(card.get_by_role("link", name="Show", exact=True)).to_be_visible()
    expect(page.get_by_text("Loading…")).to_have_count(1)
    for title in board.titles[1:]:
        # On the first days of a month some reports have nothing to show, and say so.
        other = page.get_by_role("region", name=title, exact=True)
        expect(
            other.locator(":is(table, svg, .chart)").or_(other.get_by_text("No data in this period.")).first
        ).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")
    card.get_by_role("link", name="Show", exact=True).click()
    expect(page.get_by_text("Loading…")).to_have_count(0)
    board.window.faults[:] = [
        fault for fault in board.window.faults if not re.search("ERR_FAILED|sendError", fault)
    ]


def test_a_report_is_added_from_its_page_to_a_new_dashboard(window):
    manager = window("manager")
    manager.go("/admin/reports/sources?period=last30")
    page = manager.page
    page.get_by_role("link", name="Add to dashboard").click()
    dashboard, name = page.get_by_label("Dashboard"), page.locator("#id_name")
    dashboard.select_option(label="A new dashboard")
    name.fill("Sources of the month")
    page.get_by_role("button", name="Add report").click()
    page.get_by_role("heading", name="Sources of the month").wait_for()
    card = page.get_by_role("region", name="Sources", exact=True)
    card.locator(".chart, table").first.wait_for()
    assert card.get_by_role("link", name="Sources").get_attribute("href").endswith("period=last30")
