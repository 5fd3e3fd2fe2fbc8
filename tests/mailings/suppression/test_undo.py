"""Changes of the suppression list and of mailing accounts are undone: all tables are as before, and after redoing as then."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.undo.undo_permission import UndoRefused, get_undo_obstacle
from crm.records.history.verb_execution import operation
from mailboxes.models import Mailbox
from mailings.models import Delivery, MailingAccount, Suppression
from tests.crm.records.history.undo.test_every_verb import all_tables

pytestmark = pytest.mark.django_db
LIST, ACCOUNTS = "/admin/mailings/suppressed", "/admin/mailings/accounts"
CAPS = {"most_an_hour": 10, "most_a_day": 20, "most_a_minute_to_domain": 5}


@pytest.fixture
def known():
    with operation("test", by=None):
        return Suppression.objects.create(address="known@b.example", email_key="known@b.example")


def add(browser, known, mailbox):
    browser.post(LIST, {"address": "Ana@b.example", "note": "asked by phone"})


def remove(browser, known, mailbox):
    browser.post(f"{LIST}/{known.pk}/delete")


def import_addresses(browser, known, mailbox):
    file = SimpleUploadedFile("list.csv", b"ana@b.example\nknown@b.example\nbo@b.example\n")
    browser.post(f"{LIST}/import", {"file": file})


def add_account(browser, known, mailbox):
    MailingAccount.objects.exclude(mailbox=mailbox).get()
    browser.post(f"{ACCOUNTS}/{mailbox.pk}", CAPS)


def edit_account(browser, known, mailbox):
    browser.post(f"{ACCOUNTS}/{MailingAccount.objects.get().mailbox_id}", CAPS)


def remove_account(browser, known, mailbox):
    browser.post(f"{ACCOUNTS}/{MailingAccount.objects.get().mailbox_id}/remove")


CHANGES = {
    "add_suppression": add,
    "remove_suppression": remove,
    "import_suppressions": import_addresses,
    "add_mailing_account": add_account,
    "edit_mailing_account": edit_account,
    "remove_mailing_account": remove_account,
}


@pytest.mark.parametrize("kind", CHANGES)
def test_each_change_is_undone_and_redone(
    kind, known, make_mailbox, make_mailing, make_recipients, sign_in, ada
):
    used, mailbox = make_mailbox(), make_mailbox(name="Second")
    with operation("test", by=None):
        account = MailingAccount.objects.create(mailbox=used)
    (row,) = make_recipients(make_mailing())
    Delivery.objects.filter(pk=row.pk).update(account=account)
    browser = sign_in(ada)
    before = all_tables()
    CHANGES[kind](browser, known, mailbox)
    after = all_tables()
    assert after != before
    record = Operation.objects.get(kind=kind)
    undone = revert_operation(record, by=ada)
    assert undone.kept_count == 0
    assert all_tables() == before
    revert_operation(undone.operation, by=ada)
    assert all_tables() == after


def test_the_message_after_a_change_offers_to_undo_it(known, sign_in, ada):
    browser = sign_in(ada)
    page = browser.post(f"{LIST}/{known.pk}/delete", follow=True)
    record = Operation.objects.get(kind="remove_suppression")
    assert f"/operations/{record.pk}/undo" in page.text
    assert "Remove an address from the suppression list" in browser.get("/admin/operations").text


def test_an_address_that_came_back_meanwhile_stays_as_it_is(known, sign_in, ada):
    sign_in(ada).post(f"{LIST}/{known.pk}/delete")
    with operation("test", by=None):
        Suppression.objects.create(address="KNOWN@b.example", email_key="known@b.example", reason="bounced")
    revert_operation(Operation.objects.get(kind="remove_suppression"), by=ada)
    assert Suppression.objects.get().reason == "bounced"


def test_without_the_permission_a_change_is_not_undone(known, sign_in, ada, ann):
    sign_in(ada).post(f"{LIST}/{known.pk}/delete")
    record = Operation.objects.get(kind="remove_suppression")
    assert get_undo_obstacle(record, ann) == "You don’t have the permissions that this change requires."


def test_saving_an_account_without_a_change_is_no_change(make_mailbox, sign_in, ada):
    mailbox = make_mailbox()
    browser = sign_in(ada)
    browser.post(f"{ACCOUNTS}/{mailbox.pk}", CAPS)
    page = browser.post(f"{ACCOUNTS}/{mailbox.pk}", CAPS, follow=True)
    assert "Nothing was changed." in page.text
    assert not Operation.objects.filter(kind="edit_mailing_account").exists()


def test_a_removed_mailbox_takes_its_account_along_and_that_is_final(
    make_mailbox, make_mailing, make_recipients, sign_in, ada
):
    mailbox = make_mailbox()
    with operation("test", by=None):
        account = MailingAccount.objects.create(mailbox=mailbox)
    (row,) = make_recipients(make_mailing(state="sent"))
    Delivery.objects.filter(pk=row.pk).update(account=account, state="sent")
    browser = sign_in(ada)
    page = browser.post(f"/admin/mailboxes/{mailbox.pk}/remove", {"password": ""})
    if page.status_code != 302:
        pytest.fail(page.text)
    assert not Mailbox.objects.exists()
    assert not MailingAccount.objects.exists()
    record = Operation.objects.get(kind="remove_mailbox")
    with pytest.raises(UndoRefused, match="A removed mailbox can’t be brought back"):
        revert_operation(record, by=ada)
    assert browser.get(f"/admin/mailings/{row.mailing_id}").status_code == 200
