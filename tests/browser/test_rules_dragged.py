"""Assignment rules are dragged into order by the mouse, moved by the keyboard, and ask for a user or a department."""

import pytest

pytestmark = pytest.mark.hard

RULES = "/admin/rules"


class Rules:
    """The list of the administrator."""

    def __init__(self, window) -> None:
        self.window, self.page = window, window.page

    def add(self, name: str) -> None:
        self.window.go(f"{RULES}/new")
        self.page.locator("#id_name").fill(name)
        self.page.locator("#id_department").select_option(index=1)
        self.page.get_by_role("button", name="Save", exact=True).click()
        self.page.wait_for_url(f"**{RULES}")

    def names(self) -> list[str]:
        return self.page.locator("tbody tr[data-row] th a").all_inner_texts()

    def grab(self, name: str, onto: str) -> None:
        """Press the mouse on the grip of a rule and move it to the lower edge of another one, without letting go."""
        grip = self.page.locator("tr[data-row]", has_text=name).locator("[data-grip]").bounding_box()
        other = self.page.locator("tr[data-row]", has_text=onto).bounding_box()
        self.page.mouse.move(grip["x"] + 8, grip["y"] + 8)
        self.page.mouse.down()
        self.page.mouse.move(grip["x"] + 8, other["y"] + other["height"] - 4, steps=8)


@pytest.fixture
def rules(window):
    """Three rules after those of other tests."""
    found = Rules(window("admin"))
    found.window.go(RULES)
    for name in ("Dragged one", "Dragged two", "Dragged three"):
        if name not in found.names():
            found.add(name)
    found.window.go(RULES)
    return found


def test_a_rule_is_dragged_by_its_grip_and_escape_puts_it_back(rules):
    before = rules.names()
    first, last = before[-3], before[-1]
    rules.grab(first, last)
    rules.page.keyboard.press("Escape")
    rules.page.mouse.up()
    assert rules.names() == before
    assert rules.page.locator("[data-dragged], [data-drop]").count() == 0
    rules.grab(first, last)
    with rules.page.expect_navigation():
        rules.page.mouse.up()
    assert rules.names() == [*before[:-3], *before[-2:], first]
    rules.page.get_by_text("Assignment rules reordered.").wait_for()


def test_the_keyboard_moves_a_rule_by_its_buttons(rules):
    before = rules.names()
    rules.page.get_by_role("button", name=f"Move {before[-1]} up").focus()
    with rules.page.expect_navigation():
        rules.page.keyboard.press("Enter")
    assert rules.names() == [*before[:-2], before[-1], before[-2]]


def test_the_form_asks_for_a_user_or_a_department(rules):
    rules.window.go(f"{RULES}/new")
    user, department = rules.page.locator("#id_user"), rules.page.locator("#id_department")
    assert (user.is_visible(), department.is_visible()) == (False, True)
    rules.page.get_by_label("One user").check()
    assert (user.is_visible(), department.is_visible()) == (True, False)


def test_without_javascript_there_is_no_grip_and_both_are_asked_for(window):
    plain = window(javascript=False)
    plain.sign_in("admin")
    plain.go(RULES)
    assert plain.page.locator("[data-grip]:visible").count() == 0
    plain.go(f"{RULES}/new")
    assert plain.page.locator("#id_user").is_visible()
    assert plain.page.locator("#id_department").is_visible()
