"""The page of tasks: a row has one control, tasks are selected in a mode of their own, and are planned by drag and by keys."""

from datetime import date, timedelta

import psycopg
import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.hard

# In a year for which the demo has no holidays.
WEDNESDAY = date(2031, 3, 5)
TWO_TASKS = """
    SELECT t.id, t.due_on, t.due_time FROM crm_task t JOIN leads_lead l ON l.id = t.record JOIN accounts_user u ON u.id = t.user_id
    WHERE t.of = 'lead' AND u.email = 'rep@demo.example' AND l.owner_id = u.id AND t.done_at IS NULL AND t.deleted_at IS NULL
        AND l.deleted_at IS NULL ORDER BY t.id LIMIT 2"""
PLAN = "UPDATE crm_task SET due_on = %s, due_time = %s WHERE id = %s"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_row_has_one_control_and_tasks_are_selected_in_their_own_mode(window, javascript):
    rep = window(javascript=javascript) if not javascript else window("rep")
    if not javascript:
        rep.sign_in("rep")
    rep.go("/admin/tasks")
    page = rep.page
    circle, box = page.locator(".listing .check").first, page.locator(".listing .tick").first
    complete = page.get_by_role("button", name="Complete", exact=True)
    expect(circle).to_be_visible()
    expect(box).to_be_hidden()
    page.get_by_text("Select tasks").click()
    expect(box).to_be_visible()
    expect(circle).to_be_hidden()
    expect(complete).to_be_hidden()
    box.check()
    expect(complete).to_be_visible()
    box.uncheck()
    expect(complete).to_be_hidden()


def test_who_leaves_the_mode_selects_nothing(window):
    page = window("rep").page
    page.goto("/admin/tasks")
    mode = page.get_by_label("Select tasks")
    mode.focus()
    page.keyboard.press("Space")
    page.get_by_label("Select all tasks on this page").check()
    assert page.locator(".listing .tick:checked").count() > 1
    mode.focus()
    page.keyboard.press("Space")
    expect(page.locator(".listing .check").first).to_be_visible()
    assert page.locator(".listing .tick:checked").count() == 0


def day_of(page, task: str) -> str:
    return page.locator("[data-day]", has=page.locator(f"#{task}")).get_attribute("data-day")


def drag(page, task, day) -> None:
    """From the task to the day, without letting go."""
    from_box = task.bounding_box()
    page.mouse.move(from_box["x"] + from_box["width"] - 6, from_box["y"] + 6)
    page.mouse.down()
    page.mouse.move(from_box["x"] + from_box["width"] + 20, from_box["y"] + 20, steps=3)
    box = day.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20, steps=8)


@pytest.fixture
def calendar(leadwell):
    """calendar("week") is the address of a week or a month with two tasks of the rep, on two days: what today's has depends on the day,
    on holidays, and on other tests."""
    with psycopg.connect(**leadwell.server.get_connection_parameters(), autocommit=True) as database:
        database.execute("SELECT set_config('leadwell.machine', 'on', false)")
        former = database.execute(TWO_TASKS).fetchall()
        for number, (task, _day, _time) in enumerate(former):
            database.execute(PLAN, [WEDNESDAY + timedelta(days=number), None, task])
        yield lambda view: f"/admin/tasks/calendar?view={view}&day={WEDNESDAY}"
        for task, day, time in former:
            database.execute(PLAN, [day, time, task])


@pytest.mark.parametrize("view", ["week", "month"])
def test_a_task_is_dragged_to_another_day_and_escape_puts_it_back(window, calendar, view):
    page = window("rep").page
    page.goto(calendar(view))
    task = page.locator(".event[data-task]").first
    name, before = task.locator(".opens").get_attribute("id"), task.get_attribute("data-due")
    # A day beside it, which is in the window too.
    own = f".day[data-day='{before}']"
    day = page.locator(f".day:has(+ {own}), {own} + .day").first
    wanted = day.get_attribute("data-day")
    day.scroll_into_view_if_needed()
    drag(page, task, day)
    expect(day).to_have_attribute("data-over", "")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator("[data-dragged], [data-over], [data-moving]")).to_have_count(0)
    assert day_of(page, name) == before
    drag(page, task, day)
    with page.expect_navigation():
        page.mouse.up()
    assert day_of(page, name) == wanted
    expect(page.locator(f"#{name}")).to_be_focused()
    page.get_by_role("button", name="Undo").first.click()
    page.get_by_text("Undone").first.wait_for()
    page.goto(calendar(view))
    assert day_of(page, name) == before


def test_a_task_is_moved_by_keys_one_day_later_and_back(window, calendar):
    page = window("rep").page
    page.goto(calendar("month"))
    task = page.locator(".day:not([data-outside]) .event[data-task]").first
    name, before = task.locator(".opens").get_attribute("id"), task.get_attribute("data-due")
    task.locator(".opens").focus()
    for key in ("L", "H"):
        with page.expect_navigation():
            page.keyboard.press(key)
        expect(page.locator(f"#{name}")).to_be_focused()
        assert (day_of(page, name) == before) == (key == "H")


def test_a_task_of_the_list_is_dropped_on_one_of_the_next_days(window):
    page = window("rep").page
    page.goto("/admin/tasks?when=later")
    task = page.locator(".listing > [data-task]").first
    name = task.locator(".opens").get_attribute("id")
    day = page.locator(".plan-days > li").nth(1)
    expect(day).to_be_hidden()
    box = task.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 40, steps=4)
    expect(day).to_be_visible()
    wanted, target = day.get_attribute("data-day"), day.bounding_box()
    page.mouse.move(target["x"] + 10, target["y"] + 10, steps=6)
    with page.expect_navigation():
        page.mouse.up()
    page.get_by_text("Rescheduled 1 task.").wait_for()
    page.goto(f"/admin/tasks/calendar?day={wanted}")
    assert day_of(page, name) == wanted


@pytest.mark.parametrize("width", [390, 320])
@pytest.mark.parametrize("view", ["week", "month"])
def test_on_a_phone_the_calendar_is_a_list_of_days(window, calendar, view, width):
    page = window("rep", width=width, height=844).page
    page.goto(calendar(view))
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    first, second = (page.locator(".day:visible").nth(place).bounding_box() for place in (0, 1))
    assert first["x"] == second["x"]
    assert page.locator(".event:visible").first.bounding_box()["y"] < 844 / 2


def test_without_javascript_a_task_is_completed_in_the_calendar(window, calendar):
    plain = window(javascript=False)
    plain.sign_in("rep")
    plain.go(calendar("month"))
    task = plain.page.locator(".event[data-task]").first
    name = task.locator(".opens").get_attribute("id")
    task.locator(".check").click()
    plain.page.get_by_text("Completed 1 task.").wait_for()
    assert "/admin/tasks/calendar" in plain.page.url
    expect(plain.page.locator(f"#{name}")).to_have_count(0)


def test_n_adds_tasks_one_after_another_whose_record_is_found_by_typing(window):
    page = window("rep").page
    page.goto("/admin/tasks?when=today&priority=high")
    for title in ("Typed without a mouse", "Typed right after it"):
        if title.startswith("Typed without"):
            page.keyboard.press("n")
        expect(page.locator("#id_new_title")).to_be_focused()
        page.keyboard.type(title)
        page.locator("#id_new_priority").select_option("high")
        page.locator("#id_new_q").press_sequentially("anca")
        expect(page.locator("#new-task-records [type=radio]").first).to_be_checked()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.get_by_text(f"Added “{title}” to").wait_for()
        expect(page.get_by_role("link", name=title).first).to_be_visible()
        assert "when=today&priority=high" in page.url


def test_a_faulty_new_task_stays_in_the_list_and_returns_to_its_filter(window):
    page = window("rep").page
    page.goto("/admin/tasks?when=later")
    page.locator("#id_new_title").fill("Send the offer")
    page.locator("#id_new_when").select_option("day")
    page.locator("#id_new_q").fill("zzzz qqqq")
    page.get_by_role("button", name="Add task").click()
    expect(page.get_by_text("matches “zzzz qqqq”").first).to_be_visible()
    expect(page.locator("main .listing > li").first).to_be_visible()
    expect(page.locator("#id_new_day")).to_be_visible()


def test_without_javascript_a_task_is_added_and_its_record_chosen(window):
    plain = window(javascript=False)
    plain.sign_in("rep")
    plain.go("/admin/tasks/new")
    page = plain.page
    page.locator("#id_new_title").fill("Typed without a script")
    page.locator("#id_new_q").fill("anca")
    page.get_by_role("button", name="Add task").click()
    page.locator("#new-task-records [type=radio]").nth(1).check()
    page.get_by_role("button", name="Add task").click()
    page.get_by_text("Added “Typed without a script” to").wait_for()


@pytest.mark.parametrize("path", ["/admin/tasks", "/admin/tasks/calendar"])
@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_a_task_is_added_with_the_thumb(window, path, width):
    page = window("rep", width=width, height=844).page
    page.goto(path)
    button, form = page.locator(".thumbs").get_by_text("Add a task"), page.locator("#id_new_q")
    box = button.bounding_box()
    assert 844 * 2 / 3 <= box["y"] <= 844 - box["height"]
    button.click()
    expect(page.locator("#id_new_title")).to_be_focused()
    expect(form).to_be_in_viewport()
    assert form.bounding_box()["width"] > width * 0.7
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.parametrize("view", ["/admin/tasks", "/admin/tasks/calendar?view=month"])
def test_choosing_any_filter_applies_it(window, view):
    page = window("rep").page
    page.goto(view)
    for name, value in (("type", "call"), ("priority", "high")):
        page.locator(f"#tasks [name={name}]").select_option(value)
        page.wait_for_url(f"**{view.split('?')[0]}?*{name}={value}*")
        # The next choice is made in the form that replaces this one.
        expect(page.locator(".htmx-request, .htmx-swapping, .htmx-settling, .htmx-added")).to_have_count(0)
        expect(page.locator(f"#tasks [name={name}]")).to_have_value(value)
    assert "type=call" in page.url
    expect(page.locator("main")).to_have_count(1)
