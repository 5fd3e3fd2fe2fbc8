"""The screens of one's own mailbox: connecting, changing and removing it."""

import pytest

from accounts.second_factor.secret_encryption import decrypt_secret
from crm.models import AuditEntry
from crm.records.history.verb_execution import operation
from mailboxes.models import Mailbox, Message
from tests.conftest import PASSWORD as OWN_PASSWORD
from tests.mailboxes.serving import PASSWORD
from tests.reading import close_up

pytestmark = pytest.mark.django_db
PATH = "/profile/mailbox/edit"


@pytest.fixture
def browser(client, bob):
    client.force_login(bob)
    client.post("/confirm", {"password": OWN_PASSWORD, "next": "/profile"})
    return client


@pytest.fixture
def values(imap, mailbox):
    return {
        "address": "Bob.Own@ours.example",
        "sign_in": "password",
        "password": PASSWORD,
        "imap_host": "127.0.0.1",
        "imap_port": imap.port,
        "private": "on",
    }


def test_a_user_connects_their_mailbox(browser, values, bob):
    assert "No mailbox connected" in close_up(browser.get("/profile/mailbox").text)
    assert browser.post(PATH, values).status_code == 302
    mailbox = Mailbox.objects.of_user(bob).get()
    assert (mailbox.address, mailbox.private, mailbox.department) == ("bob.own@ours.example", True, None)
    assert decrypt_secret(mailbox.secret) == PASSWORD
    assert "bob.own@ours.example" in close_up(browser.get("/profile/mailbox").text)
    assert 'href="/profile/mailbox"' in browser.get("/profile").text
    entries = " ".join(str(vars(entry)) for entry in AuditEntry.objects.all())
    assert "own_mailbox_saved" in entries
    assert PASSWORD not in entries


def test_a_wrong_password_keeps_what_was_typed_and_writes_nothing(browser, values, bob):
    answer = browser.post(PATH, values | {"password": "wrong"})
    assert answer.status_code == 422
    assert "The IMAP server doesn’t accept the sign-in" in answer.text
    assert "Bob.Own@ours.example" in answer.text or "bob.own@ours.example" in answer.text
    assert not Mailbox.objects.of_user(bob).exists()


def test_an_address_of_a_shared_mailbox_cannot_be_connected(browser, values, mailbox):
    answer = browser.post(PATH, values | {"address": mailbox.address})
    assert answer.status_code == 422
    assert "This address already has a mailbox." in answer.text


def test_a_server_in_our_own_network_is_only_for_those_who_may_add_mailboxes(browser, values, mailbox):
    with operation("test", by=None):
        mailbox.delete()
    answer = browser.post(PATH, values)
    assert answer.status_code == 422
    assert "isn’t publicly accessible" in answer.text


def test_providers_without_a_client_are_not_offered(browser):
    page = browser.get(PATH).text
    assert "Google (OAuth)" not in page


def test_administrators_do_not_see_personal_mailboxes(browser, values, client, ada, bob):
    browser.post(PATH, values)
    personal = Mailbox.objects.of_user(bob).get()
    client.force_login(ada)
    assert "bob.own@ours.example" not in close_up(client.get("/admin/mailboxes").text)
    assert client.get(f"/admin/mailboxes/{personal.pk}").status_code == 404


def test_an_smtp_server_is_asked_too_and_can_be_left_out(browser, values, smtp, bob):
    wrong = values | {"smtp_host": "127.0.0.1", "smtp_port": 1, "smtp_encryption": "tls"}
    answer = browser.post(PATH, wrong)
    assert answer.status_code == 422
    assert "The SMTP server can’t be reached" in answer.text
    assert not Mailbox.objects.of_user(bob).exists()
    assert browser.post(PATH, wrong | {"smtp_port": smtp.port}).status_code == 302
    assert smtp.signed_in == [("bob.own@ours.example", PASSWORD)]
    assert "go out from this address" in close_up(browser.get("/profile/mailbox").text)
    assert browser.post(PATH, values).status_code == 302
    mailbox = Mailbox.objects.of_user(bob).get()
    assert (mailbox.smtp_host, mailbox.smtp_port, mailbox.smtp_encryption) == ("", 465, "tls")
    assert "go out through the mailbox of the department" in close_up(browser.get("/profile/mailbox").text)


def test_all_emails_are_found_on_later_pages_and_by_their_words(browser, values, bob):
    browser.post(PATH, values)
    box = Mailbox.objects.of_user(bob).get()
    place = {"mailbox": box, "folder": "INBOX", "uid_validity": 1, "outcome": "timeline"}
    Message.objects.bulk_create(
        Message(
            **place,
            uid=number,
            subject=f"Ofertă {number:03}",
            sender="ana@omnia.example",
            thread=f"t{number}",
        )
        for number in range(120)
    )
    page = browser.get("/profile/mailbox")
    assert "Ofertă 119" in page.text
    assert "Ofertă 069" not in page.text
    seen = page.text
    while page.context["next"]:
        page = browser.get("/profile/mailbox", {"before": page.context["next"]})
        seen += page.text
    assert all(f"Ofertă {number:03}" in seen for number in range(120))
    found = browser.get("/profile/mailbox", {"q": "oferta OMNIA 007"})
    assert [row.subject for row, _path in found.context["lines"]] == ["Ofertă 007"]
    assert "No subject or sender matches “nothing”." in browser.get("/profile/mailbox", {"q": "nothing"}).text


def test_making_a_conversation_private_leads_back_to_the_same_page(browser, values, bob):
    browser.post(PATH, values)
    place = {"folder": "INBOX", "uid_validity": 1, "outcome": "timeline", "uid": 1}
    row = Message.objects.create(
        mailbox=Mailbox.objects.of_user(bob).get(), subject="Offer", thread="t", **place
    )
    page = browser.get("/profile/mailbox", {"q": "offer"}).text
    assert f"/profile/mailbox/emails/{row.pk}/private?q=offer" in page
    answer = browser.post(f"/profile/mailbox/emails/{row.pk}/private?q=offer&before=9&next=//x.example")
    assert answer["Location"] == "/profile/mailbox?q=offer&before=9"


def test_a_user_removes_their_mailbox(browser, values, bob):
    browser.post(PATH, values)
    assert browser.post("/profile/mailbox/remove").status_code == 302
    assert not Mailbox.objects.of_user(bob).exists()
