"""Files on a record in a browser: dropped on the composer, or chosen in a page without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.records.scan import SCAN

pytestmark = pytest.mark.hard

# What the browser does when people drag files from their desktop: events with the files, on the element under the pointer.
DRAG = """
    ([selector, kinds, files]) => {
      const data = new DataTransfer();
      for (const [name, size] of files) data.items.add(new File(["x".repeat(size)], name));
      const target = document.querySelector(selector);
      return kinds.map((kind) => {
        const options = { dataTransfer: data, bubbles: true, cancelable: true };
        const event = new DragEvent(kind, options);
        target.dispatchEvent(event);
        return event.defaultPrevented;
      });
    }
"""


@pytest.fixture
def lead(leadwell) -> str:
    return f"/admin/leads/{ask(leadwell, 'SELECT min(id) FROM leads_lead WHERE deleted_at IS NULL')}"


def drag(page, selector: str, kinds: list[str], *files: tuple[str, int]) -> list[bool]:
    return page.evaluate(DRAG, [selector, kinds, files])


def test_files_dropped_on_the_composer_are_announced_and_added(window, lead):
    page = window("admin").page
    page.goto(lead)
    target = page.locator(".drop-here")
    assert not target.is_visible()
    drag(page, ".composer textarea", ["dragenter", "dragover"], ("offer.txt", 5))
    assert target.is_visible()
    assert page.locator(".composer").get_attribute("data-dragged") == "over"
    assert drag(page, ".composer textarea", ["drop"], ("offer.txt", 5)) == [True]
    assert not target.is_visible()
    drag(page, ".composer", ["dragover", "drop"], ("terms.txt", 7))
    said = page.locator(".attachments [role=status]")
    assert said.inner_text() == "Files to add: offer.txt, terms.txt"
    assert page.get_by_role("radio", name="File").is_checked()
    page.locator(".composer textarea").fill("What we agreed on")
    page.get_by_role("button", name="Add", exact=True).click()
    entry = page.locator(".entry[data-activity=file]").first
    entry.get_by_text("What we agreed on").wait_for()
    with page.expect_download() as download:
        entry.get_by_role("link", name="terms.txt").click()
    assert download.value.suggested_filename == "terms.txt"
    assert download.value.path().read_text() == "x" * 7


def test_a_file_that_is_too_large_is_not_sent_at_all(window, lead):
    page = window("admin").page
    page.goto(lead)
    drag(page, ".composer", ["dragover", "drop"], ("film.mov", 20_000_001), ("offer.txt", 5))
    said = page.locator(".attachments [role=status]").inner_text()
    assert said == "Files to add: offer.txt Too large, and not added: film.mov"
    assert page.locator("input[type=file]").evaluate("input => input.files.length") == 1


def test_a_file_dropped_beside_the_composer_does_not_replace_the_page(window, lead):
    page = window("admin").page
    page.goto(lead)
    assert drag(page, "h1", ["dragover", "drop"], ("offer.txt", 5)) == [True, True]
    assert page.locator("input[type=file]").evaluate("input => input.files.length") == 0
    assert not page.locator(".drop-here").is_visible()


def test_chosen_files_stay_in_sight_when_another_type_is_chosen(window, lead):
    page = window("admin").page
    page.goto(lead)
    field = page.locator(".composer input[type=file]")
    assert not field.is_visible()
    drag(page, ".composer", ["dragover", "drop"], ("offer.txt", 5))
    page.get_by_role("radio", name="Note").check()
    assert field.is_visible()


def test_without_javascript_files_are_chosen_and_sent_with_the_form(window, lead):
    page = window("admin", javascript=False).page
    page.goto(lead)
    page.get_by_role("radio", name="File").check()
    page.locator(".composer").get_by_label("Files").set_input_files(
        {"name": "scan.png", "mimeType": "image/png", "buffer": SCAN}
    )
    page.get_by_role("button", name="Add", exact=True).click()
    entry = page.locator(".entry[data-activity=file]").first
    entry.get_by_text("scan.png").wait_for()
    image = entry.get_by_alt_text("Thumbnail of scan.png")
    box = image.bounding_box()
    assert (box["width"], box["height"]) == (60, 60)
    with page.expect_download() as download:
        image.click()
    assert download.value.path().read_bytes() == SCAN


def test_files_chosen_for_an_email_stay_when_a_template_is_chosen(window, leadwell):
    page = window("admin").page
    page.goto("/admin/templates/new")
    page.locator("#id_name").fill("Offer with files")
    page.get_by_label("For").select_option("email")
    page.locator("textarea[name=text]").fill("Here is the offer.")
    page.get_by_role("button", name="Save").click()
    lead = ask(leadwell, "SELECT max(id) FROM leads_lead WHERE deleted_at IS NULL AND email <> ''")
    page.goto(f"/admin/leads/{lead}/email")
    page.locator("[name=attachments]").set_input_files(
        {"name": "offer.txt", "mimeType": "text/plain", "buffer": b"words"}
    )
    page.locator("select[name=template]").select_option(label="Offer with files")
    expect(page.locator("textarea[name=text]")).to_have_value(re.compile("Here is the offer"))
    assert page.locator("[name=attachments]").evaluate("input => input.files[0].name") == "offer.txt"
    page.locator("[name=subject]").fill("Offer")
    page.get_by_role("button", name="Send email").click()
    expect(page.locator(".entry[data-activity=email] .files").first).to_contain_text("offer.txt")
