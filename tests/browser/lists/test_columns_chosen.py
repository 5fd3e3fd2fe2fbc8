"""The dialog for the columns of a list: they are put in order by drag, by buttons and by keys, and by numbers without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_looks import violations_of

pytestmark = pytest.mark.hard
PAGE = "/admin/leads/columns"


class Dialog:
    def __init__(self, window) -> None:
        self.window, self.page = window, window.page

    def row(self, name: str):
        return self.page.locator(f".columns-list > [data-row={name}]")

    def names(self) -> list[str]:
        rows = self.page.locator(".columns-list > [data-row]")
        return rows.evaluate_all("all => all.map((row) => row.dataset.row)")

    def reset(self) -> None:
        self.window.go(PAGE)
        self.page.get_by_role("button", name="Reset to default").click()
        self.page.wait_for_url("**/admin/leads?*")

    def grab(self, name: str, onto: str) -> None:
        """From its grip to the lower edge of another row, without letting go."""
        grip, other = self.row(name).locator("[data-grip]").bounding_box(), self.row(onto).bounding_box()
        self.page.mouse.move(grip["x"] + 8, grip["y"] + 8)
        self.page.mouse.down()
        self.page.mouse.move(grip["x"] + 8, other["y"] + other["height"] - 3, steps=8)


@pytest.fixture
def dialog(window):
    """A test finds the usual columns and leaves them."""
    found = Dialog(window("operator"))
    found.reset()
    found.page.locator("a.wide-only[href*='/leads/columns']").click()
    expect(found.row("company")).to_be_visible()
    yield found
    found.reset()


def moved(names: list[str], name: str, after: str) -> list[str]:
    others = [one for one in names if one != name]
    place = others.index(after) + 1
    return [*others[:place], name, *others[place:]]


def test_a_column_is_dragged_to_another_place_and_saved_there(dialog):
    before = dialog.names()
    dialog.grab("phone", "status")
    expect(dialog.row("status")).to_have_attribute("data-drop", "after")
    dialog.page.keyboard.press("Escape")
    dialog.page.mouse.up()
    assert dialog.names() == before
    dialog.grab("phone", "status")
    dialog.page.mouse.up()
    wanted = moved(before, "phone", "status")
    assert dialog.names() == wanted
    expect(dialog.page.locator("#columns-said")).to_have_text(
        f"Phone: position {wanted.index('phone') + 1} of {len(wanted)}"
    )
    dialog.page.get_by_role("button", name="Save columns").click()
    dialog.page.wait_for_url("**/admin/leads?*")
    dialog.window.go(PAGE)
    assert dialog.names() == wanted


def test_a_column_is_moved_by_its_buttons_and_by_the_arrow_keys(dialog):
    before, page = dialog.names(), dialog.page
    down = page.get_by_role("button", name="Move Phone down")
    down.focus()
    page.keyboard.press("Enter")
    assert dialog.names() == moved(before, "phone", before[before.index("phone") + 1])
    expect(down).to_be_focused()
    page.keyboard.press("ArrowUp")
    assert dialog.names() == before
    assert violations_of(dialog.window) == []


def test_without_javascript_columns_are_ordered_by_numbers(window):
    plain = window(javascript=False)
    plain.sign_in("operator")
    found = Dialog(plain)
    found.reset()
    plain.go(PAGE)
    expect(found.page.get_by_role("button", name="Move Phone down")).to_have_count(0)
    found.page.get_by_label("Position of Phone").fill("3")
    found.page.get_by_label("Position of Status").fill("1")
    found.page.get_by_role("button", name="Save columns").click()
    plain.go(PAGE)
    assert found.names().index("status") < found.names().index("phone")
    found.reset()
