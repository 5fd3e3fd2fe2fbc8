"""The whole import with the keyboard alone: file, columns, unknown values, a cell fixed in place, apply, undo."""

import re

import pytest

from tests.browser.imports.importing import arrive
from tests.browser.pages.every_page import ask
from tests.browser.test_keyboard import focus, press

pytestmark = pytest.mark.hard

FILE = {
    "name": "keyboard.csv",
    "mimeType": "text/csv",
    "buffer": (
        b"Full name,E-mail,Country,Source\r\n"
        b"Ana Keyboard,ana.keyboard@example.com,Romania,A fair of nowhere\r\n"
        b"Ion Keyboard,not an address,Gemany,A fair of nowhere\r\n"
    ),
}
# More Tab stops than any of these pages has.
MOST_STOPS = 250
THERE = "SELECT count(*) FROM leads_lead WHERE last_name = 'Keyboard' AND deleted_at IS NULL"


def tab_to(window, words: str, *, tag: str = "") -> None:
    """Press Tab until the element with this text has the focus; each stop on the way must be visible."""
    for _stop in range(MOST_STOPS):
        press(window, "Tab")
        here = focus(window)
        assert here["seen"] or here["tag"] == "BODY", here
        if re.search(words, here["is"]) and tag in ("", here["tag"]):
            return
    raise AssertionError(f"Tab never comes to {words}")


def enter(window, words: str, heading: str, *, tag: str = "BUTTON") -> None:
    tab_to(window, words, tag=tag)
    press(window, "Enter")
    arrive(window, heading)


def test_an_import_goes_from_the_file_to_the_undo_with_the_keyboard_alone(window, leadwell):
    manager = window("manager")
    page = manager.page
    # From the start, because Chromium is told asynchronously: a key pressed right after would open a dialog that nobody sees.
    page.on("filechooser", lambda chooser: None)
    manager.go("/admin/leads")
    enter(manager, "^Import$", "Import leads", tag="A")

    tab_to(manager, "^id_file$")
    with page.expect_file_chooser() as chooser:
        press(manager, "Space")
    chooser.value.set_files([FILE])
    enter(manager, "Upload file", "Map columns")

    # Map the country to the city, and back again.
    tab_to(manager, "^id_column_2$")
    before = page.evaluate("document.activeElement.value")
    press(manager, "ArrowUp", "ArrowDown")
    assert page.evaluate("document.activeElement.value") == before == "country"
    tab_to(manager, "^id_silent$")
    press(manager, "Space")
    enter(manager, "Check 2 rows", "Map unknown values")

    tab_to(manager, "^id_country_0$")
    assert page.evaluate("document.activeElement.value") == "DE"
    tab_to(manager, "^id_source_0$")
    page.keyboard.type("Treat as")
    assert page.evaluate("document.activeElement.value") == "empty"
    enter(manager, "Check 2 rows", "Import preview")

    tab_to(manager, "E-mail in B3")
    press(manager, "Control+a")
    page.keyboard.type("ion.keyboard@example.com")
    press(manager, "Enter")
    page.locator(".tally", has_text=re.compile(r"2\s*new")).wait_for()
    there = ask(leadwell, THERE)
    enter(manager, "Apply: add 2, change 0", "Imported keyboard.csv")
    assert ask(leadwell, THERE) == there + 2

    tab_to(manager, "^Undo, until", tag="A")
    press(manager, "Enter")
    page.wait_for_url(re.compile(r"/undo$"))
    tab_to(manager, "^Undo", tag="BUTTON")
    press(manager, "Enter")
    page.wait_for_url(re.compile(r"/admin/operations/\d+$"))
    assert ask(leadwell, THERE) == there
