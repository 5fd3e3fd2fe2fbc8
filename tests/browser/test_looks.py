"""Every page at three widths and in both schemes: nothing cut off, names, labels, contrast, touch targets. In the check, each page is
on a phone and in one of the wider windows, by turns."""

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import get_resolver

from tests.browser.imports.importing import go_on, upload, upload_sheets
from tests.browser.pages.every_page import AS_REP, MORE, ON_THE_WAY, PAGES, SIGNED_OUT, ask, find_things
from tests.browser.pages.kinds import is_dealt
from tests.browser.pages.other_urls import NOT_PAGES
from tests.browser.window import PASSWORD, Window

pytestmark = pytest.mark.hard
LOOK = (Path(__file__).parent / "looks.js").read_text()
WIDTHS = {1440: 900, 1024: 768, 390: 844}
# Places and names are looked at in each width; colors, which only the narrow rules change, in both schemes of two of them.
COLORED = (1440, 390)
STANDARD = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
    # More than half of the time, and looks.js computes it in both schemes.
    "rules": {"color-contrast": {"enabled": False}, "label-content-name-mismatch": {"enabled": True}},
    # No one reads them, and they take a fifth of the time.
    "selectors": False,
}
AXE = Axe().axe_script
VIOLATIONS = "async (options) => (await axe.run(document, options)).violations"


@pytest.fixture(scope="package")
def things(leadwell):
    return find_things(leadwell, PASSWORD)


@pytest.fixture(scope="module")
def one_window(leadwell, chromium):
    """For all pages: its cache keeps the stylesheets."""
    window = Window(chromium, f"http://127.0.0.1:{leadwell.port}")
    yield window
    window.context.close()


@pytest.fixture
def admin(one_window, known):
    one_window.be("admin", known)
    return one_window


def flaws_of(
    window: Window, widths: dict[int, int] = WIDTHS, *, colored: Collection[int] = COLORED, axe: bool = True
) -> list[str]:
    """The problems of the open page, at these widths and in both schemes where it is `colored`, and the browser's errors. The page is
    loaded once."""
    window.page.locator("[hx-trigger^=load] a").wait_for(state="detached")
    found, window.faults = window.faults, []
    for width, height in widths.items():
        window.resize(width, height)
        for scheme in ("light", "dark") if width in colored else ("light",):
            window.page.emulate_media(color_scheme=scheme)
            wanted = {"layout": scheme == "light", "contrast": width in colored, "narrow": width < 700}
            found += [f"{width} {scheme}: {flaw}" for flaw in window.page.evaluate(LOOK, wanted)]
    window.page.emulate_media(color_scheme="light")
    return found + (violations_of(window) if axe else [])


def violations_of(window: Window) -> list[str]:
    """Only the violations leave the page: the library's own run returns every rule, which takes a third of the time."""
    window.page.evaluate(AXE)
    return [
        f"{rule['id']}: {node['html'][:120]}"
        for rule in window.page.evaluate(VIOLATIONS, STANDARD)
        for node in rule["nodes"][:3]
        # The initials before a name are hidden from those who hear the page, and no one says them to a computer.
        if rule["id"] != "label-content-name-mismatch" or 'class="avatar"' not in node["html"]
    ]


def addresses(patterns, before: str = "") -> set[str]:
    """The names of all URLs for people below these patterns, with their namespaces."""
    names = set()
    for pattern in patterns:
        if str(pattern.pattern).startswith(("api/", "v1/")):
            continue  # for programs
        if hasattr(pattern, "url_patterns"):
            inside = f"{before}{pattern.namespace}:" if pattern.namespace else before
            names |= addresses(pattern.url_patterns, inside)
        else:
            names.add(f"{before}{pattern.name}")
    return names


def test_every_url_of_the_product_is_checked_or_listed_as_not_a_page():
    assert addresses(get_resolver().url_patterns) - set(PAGES) - set(NOT_PAGES) - ON_THE_WAY == set()


@pytest.mark.parametrize("name", SIGNED_OUT)
def test_a_signed_out_page_is_in_order_at_every_width_and_in_both_schemes(window, name):
    stranger = window()
    assert stranger.go(PAGES[name]).status == 200
    assert flaws_of(stranger) == []


def each_page(names: Iterable[str]) -> Iterator[Any]:
    """Each page with its widths, those in which its colors are looked at, and whether axe runs too.

    In the check: on a phone and, by turns, in one of two wider windows; its colors in one of both; axe on every third page. Of the pages
    that are the same for several kinds of records, one. At night: each page in all ways.
    """
    for place, name in enumerate(names):
        if is_dealt(name):
            wide = (1440, 1024)[place % 2]
            colored = (wide, 390)[place // 2 % 2]
            widths = {width: WIDTHS[width] for width in (wide, 390)}
            yield pytest.param(name, widths, (colored,), place % 3 == 0, id=name)
        yield pytest.param(name, WIDTHS, COLORED, True, id=f"{name} in all ways", marks=pytest.mark.nightly)


@pytest.mark.parametrize(
    ("name", "widths", "colored", "axe"),
    list(each_page(name for name in PAGES if name not in SIGNED_OUT)),
)
def test_a_page_is_in_order_at_its_widths_and_in_both_schemes(admin, things, name, widths, colored, axe):
    assert admin.go(PAGES[name].format(**things)).status == 200
    assert flaws_of(admin, widths, colored=colored, axe=axe) == []


def test_every_page_has_its_turn_in_the_check_or_another_kind_with_the_same_page_has():
    asked = {param.values[0] for param in each_page(PAGES) if not param.marks}
    left_out = set(PAGES) - asked
    assert 0 < len(left_out) < len(asked) / 4
    for name in left_out:
        assert name.partition(":")[2] in {other.partition(":")[2] for other in asked}


def test_the_steps_of_an_import_are_in_order(admin):
    admin.resize(1440, 900)
    number = upload(admin)
    assert flaws_of(admin) == []
    admin.resize(1440, 900)
    go_on(admin, "Map unknown values")
    assert flaws_of(admin) == []
    admin.resize(1440, 900)
    go_on(admin, "Import preview")
    assert flaws_of(admin) == []
    for verdict in ("new", "duplicate", "error"):
        admin.go(f"/admin/imports/{number}/plan?show={verdict}")
        assert flaws_of(admin, {1440: 900, 390: 844}) == []
    admin.go(f"/admin/imports/{number}/plan")
    go_on(admin, "Imported")
    assert flaws_of(admin) == []


def test_the_sheets_of_a_workbook_are_in_order(admin, tmp_path):
    admin.resize(1440, 900)
    upload_sheets(admin, tmp_path)
    assert flaws_of(admin) == []
    admin.resize(1440, 900)
    go_on(admin, "Map columns")
    assert flaws_of(admin) == []
    admin.resize(1440, 900)
    go_on(admin, "Import preview")
    go_on(admin, "Imported")
    assert flaws_of(admin) == []


def test_a_new_token_is_in_order(admin, leadwell):
    admin.resize(1440, 900)
    admin.go("/admin/api/api_management/new")
    admin.page.locator("#id_name").fill("Web form")
    admin.page.locator("main form[method=post] button[data-kind=primary]").click()
    admin.page.get_by_role("heading", name="Web form").wait_for()
    assert flaws_of(admin) == []
    admin.go(f"/admin/api/api_management/{ask(leadwell, 'SELECT max(id) FROM crm_token')}")
    assert flaws_of(admin) == []


@pytest.mark.parametrize("name", MORE)
def test_a_page_is_in_order_in_other_states_too(admin, things, name):
    admin.go(MORE[name].format(**things))
    assert flaws_of(admin) == []


@pytest.mark.parametrize("path", AS_REP)
def test_a_page_is_in_order_for_a_sales_rep(window, path):
    rep = window("rep")
    assert rep.go(path).status == 200
    assert flaws_of(rep, {1440: 900, 390: 844}) == []


# Menus and dialogs: the page, and the control that opens it.
OPENED = {
    "palette": ("/admin/leads?all=1", "[data-opens=palette]:visible"),
    "filters": ("/admin/leads?all=1", "a[data-key=f]"),
    "columns": ("/admin/leads?all=1", "main .toolbar a[href*='/columns']:visible"),
    "menu of a column": ("/admin/leads?all=1", "th[data-col=status] > a:not(.sort)"),
    "save a view": ("/admin/leads?all=1", "a[href*='/views/new']"),
    "more of the list": ("/admin/leads?all=1", "[popovertarget=list-more]"),
    "status of a row": ("/admin/leads?all=1", "td[data-col=status] > a:visible"),
    "next action of a row": ("/admin/leads?all=1", "td[data-col=next] > a:visible"),
    "menu of a card on the board": ("/admin/leads/board?all=1", ".ticket .to"),
    "export": ("/admin/leads?all=1", "a[data-dialog][href*='/leads/export']:visible"),
}


@pytest.mark.parametrize("name", OPENED)
def test_menus_and_dialogs_are_in_order(admin, name):
    path, opener = OPENED[name]
    admin.resize(1440, 900)
    admin.go(path)
    admin.page.locator(opener).first.click()
    admin.page.locator(
        ":is(dialog[open], [popover]:popover-open:not(#rail)) :is(a, button, input):visible"
    ).first.wait_for()
    assert flaws_of(admin, {1440: 900, 390: 844}) == []


@pytest.mark.parametrize("path", ["/admin/leads/new", "/admin/users/new", "/admin/leads/statuses/new"])
def test_a_form_with_errors_is_in_order(admin, path):
    admin.resize(1440, 900)
    admin.go(path)
    admin.page.locator("main form[method=post] button[data-kind=primary]").click()
    admin.page.locator("main [role=alert]").first.wait_for()
    assert flaws_of(admin) == []


def test_inviting_people_is_in_order_from_the_preview_to_the_revocation(admin):
    admin.resize(1440, 900)
    admin.go("/admin/users/invite")
    assert flaws_of(admin) == []
    admin.resize(1440, 900)
    people = "ana.pop@example.com\tOperator\nnot an address\nion@example.com\tKing\nadmin@demo.example"
    admin.page.locator("#id_people").fill(people)
    admin.page.locator("#id_department").select_option(index=1)
    admin.page.get_by_label("Sales Rep").check()
    admin.page.get_by_role("button", name="Preview").click()
    admin.page.get_by_role("button", name="Invite 1 person").wait_for()
    assert flaws_of(admin) == []
    admin.resize(1440, 900)
    admin.page.get_by_role("button", name="Invite 1 person").click()
    admin.page.get_by_text("Invited 1 person.").wait_for()
    admin.page.locator("tbody .tick").first.check()
    assert flaws_of(admin) == []
    admin.resize(1440, 900)
    admin.page.locator(".bulk").get_by_role("button", name="Revoke").click()
    admin.page.get_by_text("Revoked the invitation of Ana Pop.").wait_for()
    assert flaws_of(admin) == []
    admin.go("/admin/users/invitations?state=revoked")
    assert flaws_of(admin) == []


def test_a_wrong_password_is_in_order(window):
    stranger = window()
    stranger.go("/login")
    stranger.page.get_by_label("Email").fill("nobody@demo.example")
    stranger.page.get_by_label("Password").fill("wrong")
    stranger.page.get_by_role("button", name="Sign in", exact=True).first.click()
    stranger.page.locator("#id_password[aria-invalid=true]:focus").wait_for()
    assert flaws_of(stranger) == []
