"""Everything by keyboard: rows, search, palette, shortcuts, dialogs and menus; the focus is visible and never lost."""

import re

import pytest

pytestmark = pytest.mark.hard

LIST = "/admin/leads?all=1"
# Where the focus is: the text of the element and whether it is in an open dialog or menu.
FOCUS = """() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  return {
    is: element.id || element.getAttribute("aria-label") || element.textContent.trim(),
    tag: element.tagName,
    row: element.closest("tr")?.id || "",
    column: element.closest("th, td")?.dataset.col || "",
    inside: Boolean(element.closest("dialog[open], [popover]:popover-open")),
    seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
  };
}"""
TYPED = "document.getElementById('search').value === 'popes'"


@pytest.fixture
def manager(window):
    manager = window("manager")
    manager.go(LIST)
    return manager


def focus(window) -> dict:
    return window.page.evaluate(FOCUS)


def press(window, *keys: str) -> None:
    for key in keys:
        window.page.keyboard.press(key)


def rows(window) -> list[str]:
    return [row.get_attribute("id") for row in window.page.locator(".records tbody tr").all()]


def test_j_and_k_move_through_the_rows_and_enter_opens_one(manager):
    first, second = rows(manager)[:2]
    press(manager, "j")
    assert focus(manager)["row"] == first
    press(manager, "j", "j", "k")
    assert (focus(manager)["row"], focus(manager)["seen"]) == (second, True)
    press(manager, "Enter")
    manager.page.wait_for_url(re.compile(rf"/admin/leads/{second.removeprefix('row-')}\b"))


def test_j_and_k_on_a_lead_follow_the_list_that_it_was_opened_from(manager):
    manager.go("/admin/leads?vip=no&sort=name")
    first, second = (row.removeprefix("row-") for row in rows(manager)[:2])
    press(manager, "j", "o")
    manager.page.wait_for_url(re.compile(rf"/admin/leads/{first}\b"))
    press(manager, "j")
    manager.page.wait_for_url(re.compile(rf"/admin/leads/{second}\b"))
    press(manager, "k")
    manager.page.wait_for_url(re.compile(rf"/admin/leads/{first}\b"))


def test_x_selects_the_row_and_e_edits_it(manager):
    press(manager, "j", "x", "j", "x")
    assert manager.page.locator("tbody .tick:checked").count() == 2
    assert manager.page.locator(".bulk").is_visible()
    press(manager, "x")
    assert manager.page.locator("tbody .tick:checked").count() == 1
    number = focus(manager)["row"].removeprefix("row-")
    press(manager, "e")
    manager.page.wait_for_url(f"**/admin/leads/{number}/edit")


def test_a_slash_focuses_the_search_where_shortcuts_are_plain_letters(manager):
    press(manager, "/")
    assert focus(manager)["is"] == "search"
    with manager.page.expect_response(lambda answer: "q=jox" in answer.url):
        manager.page.keyboard.type("jox")
    manager.page.wait_for_url(re.compile(r"q=jox"))
    assert (focus(manager)["is"], manager.page.locator("#search").input_value()) == ("search", "jox")
    assert manager.page.locator("tbody .tick:checked").count() == 0


def test_after_a_search_count_export_and_saved_view_match_the_results(manager):
    page = manager.page
    page.locator("#count", has_text="leads").wait_for()
    before = page.locator("#count").inner_text()
    press(manager, "/")
    page.keyboard.type("popescu")
    page.wait_for_url(re.compile(r"q=popescu"))
    page.wait_for_function(
        "before => document.querySelector('#count')?.innerText.match(/^[0-9]/)?.input.localeCompare(before)",
        arg=before,
    )
    found = page.locator("#count").inner_text()
    page.locator("a", has_text="Export").first.click()
    page.locator("#dialog", has_text=f"Export {found}").wait_for()
    press(manager, "Escape")
    page.locator("a", has_text="Save view").click()
    page.locator("#dialog", has_text="popescu").wait_for()


def test_text_typed_while_the_list_loads_is_kept(manager):
    page = manager.page
    page.route(
        re.compile(r"/admin/leads\?.*q=pop(&|$)"),
        lambda route: (page.keyboard.type("es"), page.wait_for_function(TYPED), route.continue_()),
    )
    press(manager, "/")
    page.keyboard.type("pop")
    page.wait_for_url(re.compile(r"q=popes"))
    assert (focus(manager)["is"], page.locator("#search").input_value()) == ("search", "popes")


def test_escape_closes_the_palette_even_with_text_in_it(manager):
    press(manager, "Control+k")
    manager.page.keyboard.type("ana")
    press(manager, "Escape")
    assert not manager.page.locator("#palette").is_visible()


def test_the_question_mark_opens_the_shortcuts_and_escape_closes_them(manager):
    press(manager, "j")
    before = focus(manager)
    press(manager, "?")
    assert manager.page.locator("#keys").is_visible()
    assert focus(manager)["inside"]
    press(manager, "j", "Escape")
    assert not manager.page.locator("#keys").is_visible()
    assert focus(manager) == before


def test_enter_in_the_palette_waits_for_the_matches_of_all_that_is_typed(manager):
    page, held = manager.page, []
    press(manager, "Control+k")
    page.locator("#palette-found a").first.wait_for()
    page.route(re.compile(r"[?&]q=task"), lambda route: held.append(route))
    with page.expect_request(re.compile(r"[?&]q=tasks")):
        page.keyboard.type("tasks")
        press(manager, "Enter")
    here = page.url
    assert page.locator("#palette-found a").count()
    held[-1].continue_()
    page.wait_for_url(re.compile(r"/admin/tasks"))
    assert "/admin/tasks" not in here


def test_enter_in_the_palette_sends_what_has_no_match(manager):
    press(manager, "Control+k")
    manager.page.keyboard.type("nobody has this name")
    press(manager, "Enter")
    manager.page.wait_for_url(re.compile(r"q=nobody"))


def test_the_palette_finds_a_lead_by_keyboard_from_any_page(manager):
    name = manager.page.locator("tbody th a").first.inner_text()
    manager.go("/admin/operations")
    press(manager, "Control+k")
    assert focus(manager)["inside"]
    manager.page.keyboard.type(name)
    manager.page.locator("#palette-found a", has_text=name).first.wait_for()
    press(manager, "ArrowDown")
    assert (focus(manager)["tag"], name in focus(manager)["is"]) == ("A", True)
    press(manager, "Enter")
    manager.page.wait_for_url(re.compile(r"/admin/leads/\d+"))
    assert manager.page.locator("h1").inner_text() == name


@pytest.mark.parametrize(
    "opens",
    ["Control+k", "?", "a[data-dialog][href*='/columns']:visible", "a[href*='/views/new']"],
)
def test_a_dialog_traps_the_focus_until_escape_returns_it(manager, opens):
    if len(opens) == 1 or "+" in opens:
        press(manager, "j")
        before = focus(manager)
        press(manager, opens)
    else:
        manager.page.locator(opens).first.focus()
        before = focus(manager)
        press(manager, "Enter")
    manager.page.locator("dialog[open] :is(input, button):visible").first.wait_for()
    manager.page.locator("dialog[open] :focus, dialog[open]:focus").first.wait_for()
    for key in ["Tab"] * 25 + ["Shift+Tab"] * 30:
        press(manager, key)
        now = focus(manager)
        assert now["inside"] or now["tag"] == "BODY", now  # the body means the browser's own controls
    press(manager, "Escape")
    assert manager.page.locator("dialog[open]").count() == 0
    assert focus(manager) == before


@pytest.mark.parametrize(
    "opens", ["[popovertarget=list-more]", "td[data-col=status] a", "td[data-col=next] a"]
)
def test_a_menu_takes_the_focus_and_escape_returns_it(manager, opens):
    manager.page.locator(opens).first.focus()
    before = focus(manager)
    press(manager, "Enter")
    manager.page.locator(".menu:popover-open :is(a, button, input):visible").first.wait_for()
    press(manager, "Tab")
    assert focus(manager)["inside"]
    press(manager, "Escape")
    assert manager.page.locator(".menu:popover-open").count() == 0
    assert focus(manager) == before


def test_the_focus_is_not_lost_when_the_list_is_updated(manager):
    manager.go("/admin/leads?vip=no&sort=-created_at")
    head = "th[data-col=company] a.sort"
    manager.page.locator(head).focus()
    press(manager, "Enter")
    manager.page.locator("th[data-col=company][aria-sort]").wait_for()
    manager.page.locator(f"{head}:focus").wait_for()
    manager.page.locator("a[rel=next]").focus()
    press(manager, "Enter")
    manager.page.locator("a[rel=prev]").wait_for()
    manager.page.locator("a[rel=next]:focus").wait_for()
    manager.page.locator(".filter a[aria-label]").focus()
    press(manager, "Enter")
    manager.page.locator(".filter").wait_for(state="detached")
    manager.page.locator("#records :focus").wait_for()


def test_the_focus_is_not_lost_when_the_count_arrives(manager):
    held = []
    manager.page.route("**/count?*", lambda route: held.append(route))
    manager.go(LIST)
    manager.page.locator("#count a").focus()
    held[0].continue_()
    manager.page.locator("#count a").wait_for(state="detached")
    manager.page.locator("h1:focus").wait_for()


def test_the_focus_is_not_lost_when_a_row_is_changed(manager):
    star = manager.page.locator("td[data-col=vip] button").first
    star.focus()
    was = star.get_attribute("aria-pressed")
    row = focus(manager)["row"]
    press(manager, "Enter")
    manager.page.locator(f"#{row} td[data-col=vip] button:not([aria-pressed={was}])").wait_for()
    manager.page.locator(f"#{row} td[data-col=vip] button:focus").wait_for()
    link = manager.page.locator(f"#{row} td[data-col=next] a")
    link.focus()
    press(manager, "Enter")
    manager.page.locator("#inline [name=day][type=text]").fill("2040-03-01")
    manager.page.locator("#inline [name=text]").fill("Ring the bell")
    press(manager, "Enter")
    link.get_by_text("Ring the bell").wait_for()
    manager.page.locator(f"#{row} td[data-col=next] a:focus").wait_for()


def test_the_first_tab_stop_skips_to_the_content_and_every_stop_is_visible(manager):
    # The link to the count goes when the count arrives; this walk is not about that moment.
    manager.page.locator("#count a").wait_for(state="detached")
    press(manager, "Tab")
    assert (focus(manager)["is"], focus(manager)["seen"]) == ("Skip to content", True)
    press(manager, "Enter")
    assert focus(manager)["is"] == "main"
    stops = []
    for _stop in range(45):
        press(manager, "Tab")
        now = focus(manager)
        assert now["seen"], now
        stops.append(now["is"])
    # The order of the page: header, views, search, filter, table header, rows.
    order = ["Import", "All leads", "search", "Filter", "Select all on this page", "Name"]
    assert [stop for stop in stops if stop in order] == order
    assert manager.page.locator("[tabindex]:not([tabindex='0'], [tabindex='-1'])").count() == 0


def test_single_keys_can_be_turned_off_on_a_device_and_ctrl_k_stays(window):
    manager = window("manager")
    manager.go("/profile")
    box = manager.page.get_by_label("Use single keys")
    assert box.is_checked()
    box.uncheck()
    for path in (LIST, "/admin/leads/board?all=1"):
        manager.go(path)
        press(manager, "j", "x", "?", "/")
        assert manager.page.locator("#keys, .tick:checked").filter(visible=True).count() == 0
        assert focus(manager)["tag"] == "BODY"
        press(manager, "Control+k")
        assert manager.page.locator("#palette").is_visible()
    manager.go("/profile")
    box.check()
    manager.go(LIST)
    press(manager, "?")
    assert manager.page.locator("#keys").is_visible()
