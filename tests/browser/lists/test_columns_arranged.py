"""Columns are moved and resized: with the mouse, a finger and the keyboard, from the menu, and without JavaScript."""

import pytest

from tests.browser.test_looks import LOOK, violations_of
from tests.browser.window import Window

pytestmark = pytest.mark.hard
LIST = "/admin/leads?all=1"
# A width is kept in steps of half a rem, and other columns are rounded to the nearest one.
STEP = 7.5


class Columns:
    """The list of the manager; `head("status")` is a header by its data-col."""

    def __init__(self, window) -> None:
        self.window, self.page = window, window.page

    def open(self, address: str = LIST) -> None:
        self.window.go(address)
        self.page.locator("#count:not(:has([data-waits]))").wait_for()

    def usual(self) -> None:
        self.window.go("/admin/leads/columns")
        self.page.get_by_role("button", name="Reset to default").click()
        self.page.wait_for_url("**/admin/leads?*")

    def head(self, name: str):
        return self.page.locator(f"thead th[data-col={name}]")

    def box(self, name: str) -> dict:
        return self.head(name).bounding_box()

    def order(self) -> list[str]:
        return self.page.locator("thead th:visible").evaluate_all("all => all.map(head => head.dataset.col)")

    def widths(self) -> dict[str, float]:
        return {name: self.box(name)["width"] for name in self.order()}

    def handle(self, name: str):
        self.head(name).hover()
        return self.page.locator(f"thead th[data-col={name}] > [role=separator]")

    def grab(self, name: str, by: float, *, start: float = 20) -> None:
        """Press the mouse on a header and move it, without letting go."""
        box = self.box(name)
        middle = box["y"] + box["height"] / 2
        self.page.mouse.move(box["x"] + start, middle)
        self.page.mouse.down()
        self.page.mouse.move(box["x"] + start + by, middle, steps=8)

    def saved(self):
        """The response to what the block saves."""
        return self.page.expect_response(lambda answer: answer.request.method == "POST")


@pytest.fixture(scope="module")
def usual_columns(leadwell, chromium, known):
    """Tests of other files may have moved some."""
    window = Window(chromium, f"http://127.0.0.1:{leadwell.port}")
    window.be("manager", known)
    Columns(window).usual()
    window.context.close()


@pytest.fixture
def columns(window, usual_columns):
    """A test finds the usual columns, because the one before it has put them back."""
    found = Columns(window("manager"))
    found.open()
    yield found
    found.usual()


def test_a_header_that_is_dragged_takes_its_column_along(columns):
    before, address = columns.order(), columns.page.url
    assert before.index("status") < before.index("owner")
    values = columns.page.locator("tbody td[data-col=status]").all_inner_texts()
    distance = columns.box("owner")["x"] - columns.box("status")["x"] + columns.box("owner")["width"]
    columns.grab("status", distance)
    assert columns.page.locator(".drop-line").is_visible()
    with columns.saved() as answer:
        columns.page.mouse.up()
    assert answer.value.status == 204
    wanted = [name for name in before if name != "status"]
    wanted.insert(wanted.index("owner") + 1, "status")
    place = wanted.index("status") + 1
    assert columns.page.get_by_text(f"Status is column {place} of").count() == 1
    for _time in range(2):
        assert columns.order() == wanted
        cells = columns.page.locator("tbody tr").first.locator(":scope > :is(th, td):visible")
        assert cells.evaluate_all("all => all.map(cell => cell.dataset.col)") == ["tick", "vip", *wanted]
        assert columns.page.locator("tbody td[data-col=status]").all_inner_texts() == values
        # Letting go on the link in the header hasn't sorted the list.
        assert columns.page.url == address
        columns.open()


@pytest.mark.nightly
def test_no_column_goes_before_the_name_and_the_name_stays(columns):
    before = columns.order()
    columns.grab("phone", -400)
    assert columns.page.locator(".drop-line").is_hidden()
    columns.page.mouse.up()
    columns.grab("name", 500)
    columns.page.mouse.up()
    assert columns.order() == before


def test_escape_puts_a_dragged_header_back(columns):
    before, address = columns.order(), columns.page.url
    columns.grab("status", 300)
    columns.page.keyboard.press("Escape")
    columns.page.mouse.up()
    assert columns.page.get_by_text("Move canceled").count() == 1
    assert columns.page.locator("[data-dragged], [data-moving], .drop-line").count() == 0
    # What a released button would begin, has begun by the next picture.
    columns.page.evaluate("new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))")
    assert columns.page.url == address
    columns.open()
    assert columns.order() == before


def test_a_click_on_a_header_still_sorts(columns):
    columns.head("status").locator("a.sort").click()
    columns.page.wait_for_url("**sort=status**")


def test_a_finger_moves_and_resizes_columns(columns):
    columns.window.touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    columns.open()

    def swipe(x: float, y: float, by: float) -> None:
        for part in range(9):
            kind = "touchMove" if part else "touchStart"
            points = [{"x": x + by * part / 8, "y": y}]
            columns.window.touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        columns.window.touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    before, box = columns.order(), columns.box("status")
    with columns.saved():
        swipe(box["x"] + 20, box["y"] + 15, 250)
    assert columns.order().index("status") > before.index("status")
    box = columns.box("company")
    with columns.saved():
        swipe(box["x"] + box["width"] - 6, box["y"] + 15, 60)
    columns.open()
    assert abs(columns.box("company")["width"] - box["width"] - 60) <= STEP


def test_the_end_of_a_header_is_dragged_and_stays_after_a_reload(columns):
    before, edge = columns.widths(), columns.box("company")
    handle = columns.handle("company").bounding_box()
    columns.page.mouse.move(handle["x"] + 4, handle["y"] + 10)
    columns.page.mouse.down()
    columns.page.mouse.move(handle["x"] + 4 + 90, handle["y"] + 10, steps=9)
    # The edge is where the mouse is.
    now = columns.box("company")
    assert abs(now["x"] + now["width"] - edge["x"] - edge["width"] - 90) <= 3 * STEP
    with columns.saved() as answer:
        columns.page.mouse.up()
    assert answer.value.status == 204
    for _time in range(2):
        after = columns.widths()
        assert abs(after.pop("company") - before["company"] - 90) <= STEP
        assert {name: width for name, width in after.items() if abs(width - before[name]) > STEP} == {}
        columns.open()


@pytest.mark.nightly
def test_a_double_click_on_the_end_of_a_header_restores_the_usual_width(columns):
    columns.handle("company").focus()
    with columns.saved():
        columns.page.keyboard.press("End")
    assert columns.head("company").get_attribute("data-width") == "96"
    with columns.saved():
        columns.handle("company").dblclick()
    columns.open()
    assert columns.head("company").get_attribute("data-width") is None
    assert columns.box("company")["width"] < 200


@pytest.mark.nightly
def test_escape_while_resizing_puts_all_widths_back(columns):
    before = columns.widths()
    handle = columns.handle("company").bounding_box()
    columns.page.mouse.move(handle["x"] + 4, handle["y"] + 10)
    columns.page.mouse.down()
    columns.page.mouse.move(handle["x"] + 100, handle["y"] + 10, steps=5)
    assert columns.widths() != before
    columns.page.keyboard.press("Escape")
    columns.page.mouse.up()
    assert columns.widths() == before
    columns.open()
    assert columns.widths() == before


def test_arrow_keys_change_a_width_within_its_bounds(columns):
    page = columns.page
    columns.head("company").locator("a.sort").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    handle = page.locator("[role=separator]:focus")
    assert handle.get_attribute("aria-label") == "Width of Company"
    now, width = int(handle.get_attribute("aria-valuenow")), columns.box("company")["width"]
    for _time in range(3):
        page.keyboard.press("ArrowRight")
    with columns.saved():
        page.keyboard.press("ArrowRight")
    assert int(handle.get_attribute("aria-valuenow")) == now + 4
    assert columns.box("company")["width"] == pytest.approx(width + 4 * STEP, abs=STEP)
    with columns.saved():
        page.keyboard.press("Home")
        page.keyboard.press("ArrowLeft")
    assert handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemin") == "6"
    with columns.saved():
        page.keyboard.press("End")
        page.keyboard.press("Tab")
    columns.open()
    assert columns.head("company").get_attribute("data-width") == "96"


def test_the_menu_makes_a_column_wider_and_narrower_and_stays_open(columns):
    page, width = columns.page, columns.box("company")["width"]
    columns.head("company").hover()
    columns.head("company").locator("> a:not(.sort)").click()
    for name, wanted in (("Wider", 4), ("Wider", 8), ("Narrower", 4)):
        with columns.saved():
            page.get_by_role("button", name=name).click()
        assert columns.box("company")["width"] == pytest.approx(width + wanted * STEP, abs=STEP)
    assert page.get_by_text("Width of Company: ").count() == 1
    with columns.saved():
        page.get_by_role("button", name="Usual width").click()
    assert columns.head("company").get_attribute("data-width") is None


def test_widths_are_set_without_javascript(window):
    plain = Columns(window(javascript=False))
    plain.window.sign_in("manager")
    plain.usual()
    plain.window.go("/admin/leads?vip=no")
    for step in ("Wider", "Wider"):
        plain.head("company").hover()
        plain.head("company").locator("> a:not(.sort)").click()
        plain.page.get_by_role("button", name=step).click()
        plain.page.wait_for_url("**/admin/leads?vip=no")
    assert plain.box("company")["width"] == pytest.approx(28 * STEP, abs=1)
    plain.usual()
    assert plain.page.locator("[data-sized]").count() == 0


@pytest.mark.nightly
def test_a_wide_list_keeps_the_name_and_its_header_while_it_scrolls(columns):
    columns.head("company").hover()
    columns.page.locator("[role=separator]").focus()
    with columns.saved():
        columns.page.keyboard.press("End")
        columns.page.keyboard.press("Tab")
    columns.open()
    columns.page.locator(".scroll").evaluate("box => { box.scrollLeft = 300 }")
    name, cell = columns.box("name"), columns.page.locator("tbody th").first.bounding_box()
    assert name["x"] == cell["x"] < columns.page.locator(".scroll").bounding_box()["x"] + 20
    on_top = "([x, y]) => document.elementFromPoint(x, y).closest('th')?.dataset.col"
    for box in (name, cell):
        middle = [box["x"] + box["width"] - 12, box["y"] + box["height"] / 2]
        assert columns.page.evaluate(on_top, middle) == "name"
    assert columns.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_resized_lists_are_in_order_at_every_width(columns):
    columns.head("company").hover()
    handle = columns.page.locator("[role=separator]")
    handle.focus()
    with columns.saved():
        columns.page.keyboard.press("ArrowRight")
    assert violations_of(columns.window) == []
    for width, height in ((1440, 900), (1024, 768), (390, 844)):
        columns.window.resize(width, height)
        for scheme in ("light", "dark"):
            columns.page.emulate_media(color_scheme=scheme)
            assert (
                columns.page.evaluate(LOOK, {"layout": True, "contrast": True, "narrow": width < 700}) == []
            ), (width, scheme)
    row = columns.page.locator("tbody tr").first.bounding_box()
    assert row["width"] <= 390
    assert columns.page.locator("[role=separator]").is_hidden()
