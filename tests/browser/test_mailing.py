"""Two selected leads get a mailing; one of them unsubscribes with one click and is left out of the next one."""

import re
import urllib.parse
import urllib.request

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message
from playwright.sync_api import expect

from tests.browser.window import PASSWORD
from tests.hard.running import a_started_leadwell
from tests.ports import get_free_port
from tests.waiting import PATIENCE

pytestmark = pytest.mark.hard

ANA, ION = "ana@reads-it.example", "ion@has-enough.example"
LIST = "/admin/leads?q=Reading+Works"
GRAY = 12  # red, green and blue of a gray differ by no more


class PostOffice(Message):
    """A mail server that keeps what it has accepted: mailings, and also what colleagues get from the product."""

    def __init__(self) -> None:
        super().__init__()
        self.arrived: list = []
        self.controller = Controller(self, hostname="127.0.0.1", port=get_free_port())

    def handle_message(self, message) -> None:
        self.arrived.append(message)

    def about(self, subject: str) -> list:
        return [message for message in self.arrived if message["Subject"] == subject]


@pytest.fixture(scope="module")
def post_office():
    found = PostOffice()
    found.controller.start()
    yield found
    found.controller.stop()


@pytest.fixture(scope="module")
def leadwell(post_office):
    """One of its own, which sends through this mail server."""
    settings = {
        "LEADWELL_DEMO_PASSWORD": PASSWORD,
        "EMAIL_URL": f"smtp://127.0.0.1:{post_office.controller.port}",
    }
    with a_started_leadwell(**settings) as leadwell:
        leadwell.settings["LEADWELL_URL"] = f"http://127.0.0.1:{leadwell.port}"
        leadwell.start()
        yield leadwell
        leadwell.interrupt()


@pytest.fixture(scope="module")
def known(leadwell) -> dict:
    return {}


def add_lead(manager, name: str, email: str) -> None:
    page = manager.page
    manager.go("/admin/leads/new")
    page.locator("#id_last_name").fill(name)
    page.locator("#id_company").fill("Reading Works")
    page.locator("#id_email").fill(email)
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/admin/leads/\d+"))


def new_mailing(manager, subject: str, text: str) -> None:
    """From the two selected rows of the list to the page of a mailing with this content, which was previewed."""
    page = manager.page
    manager.go(LIST)
    for box in page.locator("tbody .tick").all():
        box.check()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="New mailing").click()
    expect(page.get_by_text("2 leads")).to_be_visible()
    page.get_by_label("Subject").fill(subject)
    page.get_by_role("button", name="Add mailing").click()
    page.get_by_role("link", name="Edit email").click()
    page.locator("#id_text").fill(text)
    expect(page.frame_locator("iframe").get_by_text("Dear Albu")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("link", name=subject).first.click()


def send(manager, recipients: str) -> None:
    page = manager.page
    page.get_by_role("link", name="Send mailing").click()
    page.get_by_role("button", name=f"Send to {recipients}").click()
    expect(page.get_by_text("Scheduled the mailing")).to_be_visible()


def icon_of(manager, name: str):
    """The newsletter icon of this lead in the list."""
    manager.go(LIST)
    return manager.page.locator(".records tbody tr", has_text=name).locator(".mail").first


def is_gray(icon) -> bool:
    """As it is drawn on the screen."""
    shown = icon.evaluate(
        """icon => {
            const canvas = document.createElement("canvas").getContext("2d")
            canvas.fillStyle = getComputedStyle(icon).color
            canvas.fillRect(0, 0, 1, 1)
            return [...canvas.getImageData(0, 0, 1, 1).data]
        }"""
    )
    return max(shown[:3]) - min(shown[:3]) <= GRAY


def page_of(letter) -> str:
    """The HTML of an email that has arrived."""
    (part,) = (part for part in letter.walk() if part.get_content_type() == "text/html")
    return part.get_payload(decode=True).decode()


def one_click(letter) -> int:
    """What the program of the reader does (RFC 8058), without a sign-in and without cookies. Returns the status."""
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = re.fullmatch(r"<(http://[^>]+)>", letter["List-Unsubscribe"])[1]
    body = urllib.parse.urlencode({"List-Unsubscribe": "One-Click"}).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data=body), timeout=PATIENCE) as answer:
        return answer.status


def number_of(page, label: str):
    """The link behind the number in this line of the funnel."""
    return page.get_by_role("row", name=label).get_by_role("link")


def test_a_lead_that_unsubscribes_with_one_click_is_left_out_of_the_next_mailing(
    window, leadwell, post_office
):
    manager = window("manager")
    page = manager.page
    for name, email in (("Albu", ANA), ("Ionescu", ION)):
        add_lead(manager, name, email)
    new_mailing(manager, "Winter prices", "Dear {last_name}, here are our **prices**.")
    assert number_of(page, "Will receive it").inner_text() == "2"
    send(manager, "2 recipients")
    leadwell.wait(lambda: len(post_office.about("Winter prices")) == 2)
    letters = {letter["To"]: letter for letter in post_office.about("Winter prices")}
    assert letters.keys() == {ANA, ION}
    assert "Dear Albu, here are our <strong>prices</strong>." in page_of(letters[ANA])
    assert not is_gray(icon_of(manager, "Albu"))

    assert one_click(letters[ANA]) == 200
    icon = icon_of(manager, "Albu")
    assert icon.get_attribute("title") == "Unsubscribed"
    assert is_gray(icon)
    assert not is_gray(icon_of(manager, "Ionescu"))

    new_mailing(manager, "Spring prices", "Dear {last_name}, new **prices**.")
    assert number_of(page, "Will receive it").inner_text() == "1"
    skipped = number_of(page, "Unsubscribed")
    assert skipped.inner_text() == "1"
    skipped.click()
    row = page.locator("main tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("Albu")
    expect(row).to_contain_text("Unsubscribed")
    page.go_back()
    send(manager, "1 recipient")
    leadwell.wait(lambda: post_office.about("Spring prices"))
    page.reload()
    assert [letter["To"] for letter in post_office.about("Spring prices")] == [ION]
    assert number_of(page, "Unsubscribed").inner_text() == "1"
