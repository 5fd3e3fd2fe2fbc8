"""An administrator adds a mailbox: a stranger's email becomes a request, a lead's reply lands on its timeline."""

import pytest
from playwright.sync_api import expect

from tests.browser.pages.every_page import ask
from tests.browser.window import PASSWORD
from tests.hard.running import a_started_leadwell
from tests.mailboxes.serving import PASSWORD as MAIL_PASSWORD
from tests.mailboxes.serving import SmtpServer, an_imap_server

pytestmark = pytest.mark.hard

ADDRESS = "sales@ours.example"
LEAD = """
    SELECT max(id) FROM leads_lead WHERE deleted_at IS NULL AND email <> '' AND client_id IS NULL
    AND client_contact_id IS NULL AND department_id = (SELECT department_id FROM mailboxes_mailbox WHERE name = 'Sales mail')"""
STRANGER = b"""From: Ana Albu <ana@stranger.example>\r
To: sales@ours.example\r
Subject: Offer for 200 chairs\r
Message-ID: <stranger@stranger.example>\r
\r
Can you send an offer?\r
"""


@pytest.fixture(scope="module")
def servers():
    with an_imap_server() as (imap, authority):
        smtp = SmtpServer(authority.server())
        smtp.controller.start()
        yield imap, smtp, authority
        smtp.controller.stop()


@pytest.fixture(scope="module")
def leadwell(servers):
    """One of its own, which trusts the certificate of these mail servers."""
    _imap, _smtp, authority = servers
    with a_started_leadwell(LEADWELL_DEMO_PASSWORD=PASSWORD, SSL_CERT_FILE=str(authority.path)) as leadwell:
        leadwell.start()
        yield leadwell
        leadwell.interrupt()


@pytest.fixture(scope="module")
def known(leadwell) -> dict:
    return {}


@pytest.fixture
def admin(window, leadwell, servers):
    """The window of an administrator; the mailbox is there."""
    opened = window("admin")
    if not ask(leadwell, "SELECT count(*) FROM mailboxes_mailbox WHERE name = 'Sales mail'"):
        add_mailbox(opened, *servers)
    return opened


def add_mailbox(opened, imap, smtp, _authority) -> None:
    page = opened.page
    opened.go("/admin/mailboxes/new")
    page.locator("#id_department").select_option(index=1)
    values = {"name": "Sales mail", "address": ADDRESS, "password": MAIL_PASSWORD}
    values |= {
        "imap_host": "127.0.0.1",
        "imap_port": imap.port,
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp.port,
    }
    for name, value in values.items():
        page.locator(f"#id_{name}").fill(str(value))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. New emails are read every minute.")).to_be_visible()


def read_now(opened, leadwell) -> None:
    """Testing the connection also reads what is new."""
    page = opened.page
    number = ask(leadwell, "SELECT count(*) FROM mailboxes_message")
    opened.go("/admin/mailboxes")
    page.get_by_role("link", name="Sales mail").click()
    page.get_by_role("button", name="Test connection").click()
    expect(page.get_by_text("Both servers accept the sign-in.")).to_be_visible()
    leadwell.wait(lambda: ask(leadwell, "SELECT count(*) FROM mailboxes_message") > number)


def test_a_strangers_mail_becomes_a_request(admin, leadwell, servers):
    imap, _smtp, _authority = servers
    imap.deliver(ADDRESS, STRANGER)
    read_now(admin, leadwell)
    page = admin.page
    page.reload()
    expect(page.get_by_role("cell", name="ana@stranger.example")).to_be_visible()
    page.get_by_role("link", name="Offer for 200 chairs").click()
    expect(page.get_by_role("heading", name="Offer for 200 chairs")).to_be_visible()
    expect(page.get_by_text("Can you send an offer?")).to_be_visible()


def test_a_leads_reply_lands_on_its_timeline(admin, leadwell, servers):
    imap, smtp, _authority = servers
    lead, page = ask(leadwell, LEAD), admin.page
    admin.go(f"/admin/leads/{lead}/email")
    expect(page.get_by_text(f"Replies go to {ADDRESS}.")).to_be_visible()
    page.get_by_label("Subject").fill("Your offer")
    page.get_by_label("Text").fill("Here it is.")
    page.get_by_role("button", name="Send email").click()
    leadwell.wait(lambda: smtp.arrived)
    (sent,) = smtp.arrived
    reply = (
        f"From: boss@elsewhere.example\r\nTo: {sent['Reply-To']}\r\nSubject: Re: Your offer\r\n"
        f"Message-ID: <reply@elsewhere.example>\r\nIn-Reply-To: {sent['Message-ID']}\r\n\r\nWe take it.\r\n"
    )
    imap.deliver(ADDRESS, reply.encode())
    read_now(admin, leadwell)
    admin.go(f"/admin/leads/{lead}")
    entry = page.locator(".entry", has_text="We take it.").last
    expect(entry).to_contain_text("boss@elsewhere.example sent an email")
    expect(entry).to_contain_text("received")
