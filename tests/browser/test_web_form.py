"""A visitor sends a form that another site shows in a frame, and a colleague gets an assigned lead with a task."""

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask

pytestmark = pytest.mark.hard

# Another port is another origin for a browser.
LEAD = """
    SELECT u.email || ' ' || t.title || ' ' || (t.user_id = l.owner_id) FROM leads_lead l
    JOIN accounts_user u ON u.id = l.owner_id JOIN crm_task t ON t.record = l.id AND t.of = 'lead'
    WHERE l.email = 'ana@elsewhere.example'"""


class OtherSite(BaseHTTPRequestHandler):
    """Answers every request with one page."""

    def __init__(self, code: str, *arguments) -> None:
        self.code = code
        super().__init__(*arguments)

    def do_GET(self) -> None:
        page = f"<!doctype html><title>Elsewhere</title><h1>Elsewhere</h1>{self.code}"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page.encode())

    def log_message(self, *arguments) -> None:
        """The output of the tests stays short."""


@pytest.fixture
def other_site():
    """other_site(code) starts another site whose page contains this code, and returns its address."""
    started: list[ThreadingHTTPServer] = []

    def start(code: str) -> str:
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(OtherSite, code))
        threading.Thread(target=server.serve_forever, daemon=True).start()
        started.append(server)
        return f"http://localhost:{server.server_port}/"

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


def test_a_form_in_another_page_becomes_an_assigned_lead_with_a_task(window, leadwell, other_site):
    code = make_form(window("admin").page, leadwell)
    visitor = window().page
    visitor.goto(other_site(code))
    frame = visitor.frame_locator("iframe")
    frame.get_by_role("button", name="Send").click()
    expect(frame.get_by_role("alert").first).to_contain_text("Email")
    frame.get_by_label("Last name").fill("Pop")
    frame.get_by_label("Email").fill("ana@elsewhere.example")
    frame.get_by_role("button", name="Send").click()
    expect(frame.get_by_text("Thank you. We’ve received your message.")).to_be_visible()
    assert visitor.context.cookies() == []
    assert ask(leadwell, LEAD) == "rep@demo.example Call back true"


def make_form(page, leadwell) -> str:
    """A published form whose leads are assigned to a colleague. Returns the code for other sites."""
    name, department = ask(
        leadwell,
        """SELECT ARRAY[u.name, d.department_id::text] FROM accounts_user u
           JOIN accounts_membership d ON d.user_id = u.id WHERE u.email = 'rep@demo.example' LIMIT 1""",
    )
    page.goto("/admin/forms/new")
    page.locator("[name=name]").fill("From elsewhere")
    page.locator("[name=department]").select_option(department)
    page.locator("[name=owner]").select_option(label=name)
    page.locator("[name=source]").select_option(index=1)
    page.locator("[name=task]").fill("Call back")
    page.locator("[name=seconds]").fill("0")
    page.locator("[name=published]").check()
    page.get_by_role("button", name="Add").or_(page.get_by_role("button", name="Save")).first.click()
    return page.locator("#frame-code").input_value()
