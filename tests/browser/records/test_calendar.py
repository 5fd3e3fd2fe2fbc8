"""The hours of the calendar: adding and moving by mouse and by keys, and what came of a meeting."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.hard
CALENDAR = "/admin/tasks/calendar"


def add_meeting(page, title: str, tuesday: str) -> None:
    """From 13:00 to 14:30 on the Tuesday of a far week without anything else, by dragging over its hours."""
    page.goto(f"{CALENDAR}?day={tuesday}")
    hours = page.locator(".day .hours").nth(1)
    box, count = hours.bounding_box(), int(hours.get_attribute("data-hours"))
    first = int(hours.get_attribute("data-first"))

    def height_of(clock: float) -> float:
        return box["y"] + (clock - first) * box["height"] / count + 2

    page.mouse.move(box["x"] + 30, height_of(13))
    page.mouse.down()
    page.mouse.move(box["x"] + 30, height_of(14.3), steps=6)
    expect(page.locator(".hours > .chosen")).to_have_text("13:00–14:30")
    with page.expect_navigation():
        page.mouse.up()
    expect(page.locator("#id_new_minutes")).to_have_value("90")
    page.fill("#id_new_title", title)
    page.locator("#id_new_q").press_sequentially("Popescu")
    page.locator("#new-task-records input").first.check()
    with page.expect_navigation():
        page.get_by_role("button", name="Add to the calendar").click()


def test_a_meeting_is_added_by_dragging_and_moved_by_the_arrow_keys(window):
    page = window("rep").page
    add_meeting(page, "Moved by keys", "2027-03-02")
    entry = page.locator(".event", has_text="Moved by keys")
    entry.locator(".opens").focus()
    moves = {
        "ArrowDown": ("2027-03-02", "13:15"),
        "ArrowRight": ("2027-03-03", "13:15"),
        "ArrowUp": ("2027-03-03", "13:00"),
        "ArrowLeft": ("2027-03-02", "13:00"),
    }
    for key, (day, clock) in moves.items():
        with page.expect_navigation():
            page.keyboard.press(key)
        expect(entry).to_have_attribute("data-due", day)
        expect(entry).to_have_attribute("data-clock", clock)
        expect(entry.locator(".opens")).to_be_focused()
        expect(entry.locator(".opens")).to_have_accessible_description(
            f"Moved “Moved by keys” to {words_of(day, clock)}."
        )


def words_of(day: str, clock: str) -> str:
    return {"2027-03-02": "Tue 2 Mar", "2027-03-03": "Wed 3 Mar"}[day] + f", {clock}"


def test_two_tabs_move_an_entry_once(window):
    page = window("rep").page
    add_meeting(page, "In two tabs", "2027-04-06")
    other = page.context.new_page()
    other.goto(page.url)
    for tab, answer in ((page, "Moved “In two tabs”"), (other, "has changed since this page was opened")):
        tab.locator(".event", has_text="In two tabs").locator(".opens").focus()
        with tab.expect_navigation():
            tab.keyboard.press("ArrowDown")
        expect(tab.locator("#notice")).to_contain_text(answer)
        expect(tab.locator(".event", has_text="In two tabs")).to_have_attribute("data-clock", "13:15")


def test_one_key_marks_a_no_show_and_the_next_meeting_is_planned(window):
    page = window("rep").page
    page.goto(f"{CALENDAR}?view=month")
    while not page.locator(".event:has([data-no-show])").count():
        with page.expect_navigation():
            page.keyboard.press("k")
    page.locator(".event:has([data-no-show]) .opens").first.focus()
    with page.expect_navigation():
        page.keyboard.press("w")
    expect(page.locator("#notice")).to_contain_text("Marked as a no-show.")
    page.fill("#id_new_said", "They forgot it.")
    page.fill("#id_new_title", "Try again")
    page.fill("#id_new_day", "2 Mar 2027")
    page.fill("#id_new_time", "11:00")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    expect(page.locator("#notice")).to_contain_text("Planned the meeting.")


def test_without_javascript_the_link_of_an_hour_opens_the_form(window):
    plain = window(javascript=False)
    plain.sign_in("rep")
    plain.go(f"{CALENDAR}?view=day&day=2027-03-02")
    plain.page.locator(".slot").nth(2).click()
    expect(plain.page.locator("#id_new_time")).to_have_value("10:00")
