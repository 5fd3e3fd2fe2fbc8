"""Red is for what is urgent: of what a rep sees first on a screen, at most three things are red."""

import pytest

from tests.browser.pages.every_page import ask
from tests.browser.test_queue import run

pytestmark = pytest.mark.hard
REP = "SELECT id FROM accounts_user WHERE email = 'rep@demo.example'"
LATE = f"""
    SELECT set_config('leadwell.machine', 'on', false);
    UPDATE crm_task SET done_at = NULL, due_time = NULL, due_on = current_date - 3 - (id % 5)::int WHERE id IN (
        SELECT t.id FROM crm_task t JOIN leads_lead l ON l.id = t.record AND l.owner_id = t.user_id
        WHERE t.of = 'lead' AND t.user_id = ({REP}) AND t.deleted_at IS NULL AND l.deleted_at IS NULL ORDER BY t.id DESC LIMIT 12);
"""
LEAD = f"SELECT max(record) FROM crm_task WHERE of = 'lead' AND user_id = ({REP}) AND deleted_at IS NULL AND done_at IS NULL"
# The elements with red text or on red ground whose parent isn't red already.
RED = """() => {
  const probe = document.body.appendChild(document.createElement("i"));
  const seen = (value) => { probe.style.color = value; return getComputedStyle(probe).color; };
  const reds = ["var(--negative)", "var(--negative-soft)"].map(seen);
  const isRed = (one) => { const { color, backgroundColor } = getComputedStyle(one); return reds.includes(color) || reds.includes(backgroundColor); };
  const found = [...document.querySelectorAll("main *")].filter((one) => one.checkVisibility() && isRed(one) && !isRed(one.parentElement)
    && one.getBoundingClientRect().top < innerHeight && one.getBoundingClientRect().width);
  probe.remove();
  return found.map((one) => one.outerHTML.slice(0, 100));
}"""


@pytest.fixture(autouse=True)
def late(leadwell):
    run(leadwell, LATE)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(
    "path", ["/admin/today", "/admin/leads", "/admin/leads/queue", "/admin/tasks", "lead"]
)
def test_at_most_three_things_on_a_reps_first_screen_are_red(window, leadwell, path, dark):
    rep = window("rep", dark=dark)
    rep.go(path if path.startswith("/") else f"/admin/leads/{ask(leadwell, LEAD)}")
    rep.page.wait_for_load_state("networkidle")
    assert len(rep.page.evaluate(RED)) <= 3


def test_rows_that_open_what_they_name_have_no_underlines(window):
    rep = window("rep")
    for path in ("/admin/today", "/admin/tasks"):
        rep.go(path)
        rows = rep.page.locator("main .listing > li:has(.opens)")
        assert rows.count() > 3
        lines = rows.locator("a").evaluate_all(
            "all => all.map((one) => getComputedStyle(one).textDecorationLine)"
        )
        assert set(lines) == {"none"}


def test_a_click_beside_the_words_of_a_row_opens_it(window):
    rep = window("rep")
    rep.go("/admin/tasks")
    row = rep.page.locator("main .listing > li:has(.opens)").first
    box = row.bounding_box()
    with rep.page.expect_navigation():
        rep.page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2)
    assert "/tasks/" in rep.page.url


def test_a_standard_tab_of_own_leads_has_no_column_of_owners(window):
    rep = window("rep")
    rep.go("/admin/leads")
    owners = rep.page.locator(".records [data-col=owner]")
    assert not owners.first.is_visible()
    rep.go("/admin/leads?all=1")
    assert owners.first.is_visible()


def test_a_board_of_a_standard_tab_repeats_neither_its_filters_nor_whose_cards_they_are(window):
    rep = window("rep")
    rep.go("/admin/leads/board")
    main = rep.page.locator("main")
    assert main.locator(".ticket").count()
    assert not main.locator(".filters, .ticket .avatar:visible").count()
    rep.go("/admin/leads/board?all=1&vip=no&owner=me")
    assert main.locator(".filters").is_visible()
    assert main.locator(".ticket .avatar").first.is_visible()


def test_a_list_of_one_page_has_no_steps_to_others(window):
    rep = window("rep")
    rep.go("/admin/leads?q=an&vip=yes")
    steps = rep.page.get_by_role("navigation", name="Pages")
    assert rep.page.locator(".records tbody tr").count() < 50
    assert not steps.count()
    rep.go("/admin/leads?all=1")
    assert steps.is_visible()
