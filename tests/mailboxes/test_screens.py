"""The screens of shared mailboxes: adding, testing, changing and removing one."""

import pytest
from django.utils import timezone

from accounts.second_factor.secret_encryption import decrypt_secret
from crm.models import AuditEntry
from customers.models import Request
from mailboxes.models import Mailbox, OAuthClient
from tests.conftest import PASSWORD as OWN_PASSWORD
from tests.mailboxes.conftest import an_email, read
from tests.mailboxes.serving import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client, ada):
    client.force_login(ada)
    client.post("/confirm", {"password": OWN_PASSWORD, "next": "/admin/mailboxes"})
    return client


@pytest.fixture
def values(imap, smtp, departments):
    return {
        "name": "Sales mail",
        "address": "Screens@ours.example",
        "department": departments.sales.pk,
        "sign_in": "password",
        "username": "screens@ours.example",
        "password": PASSWORD,
        "imap_host": "127.0.0.1",
        "imap_port": imap.port,
        "smtp_host": "127.0.0.1",
        "smtp_port": smtp.port,
        "smtp_encryption": "tls",
        "active": "on",
    }


def test_a_new_mailbox_is_read_from_now_on(browser, values, imap):
    imap.deliver("screens@ours.example", b"From: a@b.example\r\nSubject: earlier\r\n\r\nx")
    assert browser.post("/admin/mailboxes/new", values).status_code == 302
    mailbox = Mailbox.objects.get()
    assert (mailbox.address, decrypt_secret(mailbox.secret)) == ("screens@ours.example", PASSWORD)
    imap.deliver("screens@ours.example", an_email(mailbox))
    read(mailbox)
    assert Request.objects.get().subject == "Offer for 200 chairs"
    page = browser.get(f"/admin/mailboxes/{mailbox.pk}").text
    assert "Offer for 200 chairs" in page
    assert "new request" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"password": "wrong"}, "The IMAP server doesn’t accept the sign-in"),
        ({"imap_port": 1}, "The IMAP server can’t be reached"),
        ({"smtp_port": 1}, "The SMTP server can’t be reached"),
        ({"password": ""}, "Enter the password."),
        ({"imap_host": ""}, "This field is required."),
        ({"imap_host": "https://imap.example"}, "Enter a host name like imap.example.com"),
        ({"sign_in": "google"}, "Enter the OAuth client of this provider first."),
    ],
)
def test_a_mailbox_that_does_not_work_is_not_saved(browser, values, wrong, sentence):
    answer = browser.post("/admin/mailboxes/new", values | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert PASSWORD not in answer.text
    assert not Mailbox.objects.exists()


def test_the_password_is_never_shown_and_stays_if_none_is_entered(browser, values):
    browser.post("/admin/mailboxes/new", values)
    mailbox = Mailbox.objects.get()
    path = f"/admin/mailboxes/{mailbox.pk}/edit"
    assert PASSWORD not in browser.get(path).text
    assert browser.post(path, values | {"name": "Other", "password": ""}).status_code == 302
    mailbox.refresh_from_db()
    assert (mailbox.name, decrypt_secret(mailbox.secret)) == ("Other", PASSWORD)
    entries = " ".join(str(vars(entry)) for entry in AuditEntry.objects.all())
    assert "mailbox_saved" in entries
    assert PASSWORD not in entries
    assert mailbox.secret not in entries


def test_another_server_gets_no_password_that_was_not_entered_for_it(browser, values):
    browser.post("/admin/mailboxes/new", values)
    path = f"/admin/mailboxes/{Mailbox.objects.get().pk}/edit"
    answer = browser.post(path, values | {"imap_host": "localhost", "password": ""})
    assert answer.status_code == 422
    assert "Enter the password again" in answer.text


def test_the_connection_is_tested(browser, make_mailbox):
    mailbox = make_mailbox()
    page = browser.post(f"/admin/mailboxes/{mailbox.pk}/test", follow=True)
    assert "Both servers accept the sign-in." in page.text
    Mailbox.objects.update(smtp_port=1)
    page = browser.post(f"/admin/mailboxes/{mailbox.pk}/test", follow=True)
    assert "The SMTP server can’t be reached" in page.text


def test_a_mailbox_that_is_turned_off_is_not_read_and_no_page_says_that_it_is(browser, values, imap):
    """Neither when it is saved nor when its servers are tested."""
    page = browser.post("/admin/mailboxes/new", values | {"active": ""}, follow=True).text
    assert "Saved. The mailbox is turned off, so no emails are read or sent." in page
    mailbox = Mailbox.objects.get()
    tested = browser.post(f"/admin/mailboxes/{mailbox.pk}/test", follow=True).text
    assert "The mailbox is turned off, so no emails are read or sent." in tested
    for said in (page, tested):
        assert "New emails are" not in said
    page = browser.post(f"/admin/mailboxes/{mailbox.pk}/edit", values | {"password": ""}, follow=True).text
    assert "Saved. New emails are read every minute." in page


@pytest.mark.parametrize("is_on", [True, False])
def test_a_mailing_account_sends_and_is_still_read_afterwards_only_if_its_mailbox_is_on(
    is_on, browser, make_mailbox
):
    mailbox = make_mailbox(name="Sales mail")
    Mailbox.objects.filter(pk=mailbox.pk).update(active=is_on)
    path, limits = f"/admin/mailings/accounts/{mailbox.pk}", {"most_an_hour": 100, "most_a_day": 1_000}
    page = browser.post(path, {**limits, "most_a_minute_to_domain": 20}, follow=True).text
    assert ("Saved. Sales mail sends mailings." in page) == is_on
    assert ("Saved. Sales mail sends mailings once it’s turned on." in page) != is_on
    page = browser.post(f"{path}/remove", follow=True).text
    assert "Sales mail no longer sends mailings." in page
    assert ("It is still read." in page) == is_on


def test_a_broken_mailbox_shows_its_error_and_its_last_success(browser, make_mailbox):
    mailbox = make_mailbox()
    Mailbox.objects.update(problem="imap_login NO such account", failures=1)
    for path in ("/admin/mailboxes", f"/admin/mailboxes/{mailbox.pk}"):
        page = browser.get(path).text
        assert "The IMAP server doesn’t accept the sign-in: NO such account" in page
        assert f"{timezone.localtime(mailbox.last_success_at):%Y}" in page


def test_a_removed_mailbox_leaves_what_it_received(browser, mailbox, deliver):
    deliver()
    assert browser.post(f"/admin/mailboxes/{mailbox.pk}/remove").status_code == 302
    assert not Mailbox.objects.exists()
    assert Request.objects.count() == 1


def test_a_department_has_one_address_only_once(browser, values, make_mailbox):
    make_mailbox(address="screens@ours.example")
    answer = browser.post("/admin/mailboxes/new", values)
    assert answer.status_code == 422
    assert "This address already has a mailbox." in answer.text


def test_the_client_of_a_provider_is_kept_encrypted(browser):
    path = "/admin/mailboxes/clients/microsoft"
    sent = {"client_id": "leadwell", "client_secret": "a-secret", "tenant": "ours.example"}
    assert browser.post(path, sent).status_code == 302
    client = OAuthClient.objects.get()
    assert (client.client_id, client.tenant, decrypt_secret(client.secret)) == (
        "leadwell",
        "ours.example",
        "a-secret",
    )
    assert "a-secret" not in browser.get(path).text
    assert browser.post(path, sent | {"client_secret": "", "tenant": "a/b"}).status_code == 422
    assert browser.get("/admin/mailboxes/clients/other").status_code == 404
    assert "/admin/mailboxes/back" in browser.get(path).text
