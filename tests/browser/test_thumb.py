"""A rep's screens on a phone: whatever the texts, nothing scrolls sideways, and the most common actions are within reach."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.test_queue import run
from tests.browser.test_urgent import REP

pytestmark = pytest.mark.hard
LONG = "Hohenzollernsigmaringerwittgensteinberleburgwolfenbuettelbraunschweigx"
EMAIL = f"{'madalina.constantinescu' * 2}3184@metalstonemetalstonemetalstone.example"
FIRST = f"""
    SELECT max(l.id) FROM leads_lead l JOIN crm_task t ON t.of = 'lead' AND t.record = l.id AND t.deleted_at IS NULL
    WHERE l.owner_id = ({REP}) AND l.deleted_at IS NULL AND l.client_id IS NULL AND t.user_id = l.owner_id"""
HOSTILE = f"""
    SELECT set_config('leadwell.machine', 'on', false);
    UPDATE leads_lead SET first_name = 'A', last_name = '{LONG}', company = '{LONG}', title = '{LONG}', city = '{LONG}', email = '{EMAIL}',
        description = '{LONG * 9}', phone = '+40 722 123 456 extension 1234567890', phone_normal = '+40722123456' WHERE id = {{lead}};
    UPDATE crm_task SET done_at = NULL, due_time = NULL, due_on = '2020-01-01', title = '{LONG}'
        WHERE id = (SELECT max(id) FROM crm_task WHERE of = 'lead' AND record = {{lead}} AND deleted_at IS NULL AND user_id = ({REP}));
"""
SIDEWAYS = "document.documentElement.scrollWidth - innerWidth"


@pytest.fixture
def hostile(leadwell) -> int:
    lead = ask(leadwell, FIRST)
    run(leadwell, HOSTILE.format(lead=lead))
    return lead


@pytest.mark.parametrize(
    "path",
    [
        "/admin/today",
        "/admin/leads?sort=name&owner=me",
        "/admin/leads/{}",
        "/admin/leads/queue?lead={}",
        "/admin/tasks",
    ],
)
@pytest.mark.parametrize("width", [390, 320])
def test_no_screen_scrolls_sideways_whatever_the_length_of_its_texts(window, hostile, path, width):
    rep = window("rep", width=width, height=844)
    rep.go(path.format(hostile))
    rep.page.wait_for_load_state("networkidle")
    expect(rep.page.locator("main").get_by_text(LONG[:40]).first).to_be_visible()
    assert rep.page.evaluate(SIDEWAYS) <= 0


def test_the_outcomes_of_the_queue_are_at_the_bottom_of_the_screen(window, hostile):
    rep = window("rep", width=390, height=844)
    rep.go(f"/admin/leads/queue?lead={hostile}")
    for place in ("top", "bottom"):
        if place == "bottom":
            rep.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        for button in rep.page.locator(".outcomes button").all():
            box = button.bounding_box()
            assert box["y"] >= 844 * 2 / 3
            assert box["y"] + box["height"] <= 844
            assert box["height"] >= 44
    # Nothing stays below them.
    skip = rep.page.locator(".skip-step button").bounding_box()
    assert skip["y"] + skip["height"] <= rep.page.locator(".outcomes").bounding_box()["y"]


BOXES = """group => [...group.querySelectorAll('label')].map(label => {
    const box = label.getBoundingClientRect();
    return [box.x, box.y, box.width, box.height];
})"""


@pytest.mark.parametrize(
    ("account", "path", "group"),
    [("rep", "/admin/leads/queue?lead={}", ".moments"), ("admin", "/admin/leads/statuses/new", ".hues")],
)
def test_no_choice_moves_away_from_the_finger_that_presses_it(window, hostile, account, path, group):
    phone = window(account, width=390, height=844)
    phone.go(path.format(hostile))
    phone.page.wait_for_load_state("networkidle")
    choices = phone.page.locator(group)
    for label in choices.locator("label").all()[:6]:
        label.evaluate("label => label.scrollIntoView({block: 'center'})")
        box = label.bounding_box()
        before = choices.evaluate(BOXES)
        phone.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        phone.page.mouse.down()
        assert choices.evaluate(BOXES) == before
        phone.page.mouse.up()
        expect(label.locator("input")).to_be_checked()


@pytest.mark.parametrize("width", [390, 320])
def test_a_long_status_in_the_path_ends_in_an_ellipsis_and_never_under_the_next_one(window, hostile, width):
    rep = window("rep", width=width, height=844)
    rep.go(f"/admin/leads/{hostile}")
    labels = rep.page.locator(".path > li b")
    labels.nth(2).evaluate("label => label.textContent = 'Waiting for the budget of next year'")
    for label in labels.all():
        own, step = label.bounding_box(), label.locator("xpath=ancestor::li").bounding_box()
        assert own["x"] + own["width"] <= step["x"] + step["width"] - 8
        assert label.evaluate("label => getComputedStyle(label).textOverflow") == "ellipsis"
    assert rep.page.evaluate(SIDEWAYS) <= 0


def test_edit_is_within_reach_of_the_thumb(window, hostile):
    rep = window("rep", width=390, height=844)
    rep.go(f"/admin/leads/{hostile}")
    box = rep.page.locator(".thumbs [data-key=e]").bounding_box()
    assert box["x"] + box["width"] <= 390
    assert 844 * 2 / 3 <= box["y"] <= 844 - box["height"]


@pytest.mark.parametrize(
    ("name", "field"), [("Log a call", "#id_activity_text"), ("Add a task", "#id_task_title")]
)
@pytest.mark.parametrize("width", [390, 320])
def test_a_call_and_a_task_are_added_with_the_thumb(window, hostile, width, name, field):
    rep = window("rep", width=width, height=844)
    rep.go(f"/admin/leads/{hostile}")
    button = rep.page.locator(".thumbs").get_by_text(name)
    box = button.bounding_box()
    assert 844 * 2 / 3 <= box["y"] <= 844 - box["height"]
    for _again in range(2):
        button.click()
        expect(rep.page.locator(field)).to_be_focused()
        expect(rep.page.locator(field)).to_be_in_viewport()
    expect(rep.page.locator("[name=type][value=call]")).to_be_checked(checked=name == "Log a call")
    assert rep.page.evaluate(SIDEWAYS) <= 0


def test_without_javascript_the_thumb_reaches_the_parts_of_the_page(window, hostile):
    rep = window(width=390, height=844, javascript=False)
    rep.sign_in("rep")
    rep.go(f"/admin/leads/{hostile}")
    for name, part in (("Log a call", "#composer"), ("Add a task", "#tasks-title")):
        rep.page.locator(".thumbs").get_by_text(name).click()
        expect(rep.page.locator(part)).to_be_in_viewport()


def test_a_number_with_its_country_has_links_for_messages(window, hostile):
    rep = window("rep", width=390, height=844)
    for path in (f"/admin/leads/{hostile}", f"/admin/leads/queue?lead={hostile}"):
        rep.go(path)
        main = rep.page.locator("main")
        assert main.get_by_role("link", name="SMS +40722123456").get_attribute("href") == "sms:+40722123456"
        assert (
            main.get_by_role("link", name="WhatsApp +40722123456").get_attribute("href")
            == "https://wa.me/40722123456"
        )


def test_the_first_screen_of_the_tasks_has_a_task(window, hostile):
    rep = window("rep", width=390, height=844)
    rep.go("/admin/tasks")
    assert rep.page.locator("main .listing > li").first.bounding_box()["y"] < 844 / 2


def test_a_message_hides_no_button_for_the_thumb(window, hostile):
    rep = window("rep", width=390, height=844)
    rep.go(f"/admin/leads/{hostile}")
    rep.page.locator("[name=type][value=call]").check()
    rep.page.locator("#composer").get_by_role("button", name="No answer").click()
    message = rep.page.locator(".notices .message").bounding_box()
    buttons = rep.page.locator(".thumbs .button").locator("visible=true").all()
    assert buttons
    assert message["y"] + message["height"] <= min(button.bounding_box()["y"] for button in buttons)
