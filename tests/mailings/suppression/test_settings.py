"""The suppression list in Settings: added, found, removed, imported and exported."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from crm.models import AuditEntry
from crm.records.history.verb_execution import operation
from leads.models import Unsubscribe
from mailings.models import ForgottenAddress, Suppression
from mailings.suppression.address_digests import build_digest
from tests.reading import close_up

pytestmark = pytest.mark.django_db
LIST = "/admin/mailings/suppressed"


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def upload(browser, content: bytes, name: str = "list.csv"):
    return browser.post(f"{LIST}/import", {"file": SimpleUploadedFile(name, content)}, follow=True)


def test_an_address_that_is_added_is_compared_in_its_folded_form(browser, ada):
    browser.post(LIST, {"address": "Ana@Lead.example", "note": "asked by phone"})
    row = Suppression.objects.get()
    assert (row.address, row.email_key, row.reason, row.by) == (
        "Ana@Lead.example",
        "ana@lead.example",
        "added",
        ada,
    )
    assert AuditEntry.objects.filter(kind="suppression_added").count() == 1
    page = browser.post(LIST, {"address": "ana@lead.EXAMPLE"})
    assert page.status_code == 422
    assert "This address is already on the suppression list." in page.text


def test_an_invalid_address_is_kept_in_the_form_with_a_sentence(browser):
    page = browser.post(LIST, {"address": "ana@lead"})
    assert page.status_code == 422
    assert 'value="ana@lead"' in page.text
    assert not Suppression.objects.exists()


def test_addresses_are_found_by_a_part_of_them_and_shown_in_pages(browser):
    with operation("test", by=None):
        Suppression.objects.bulk_create(
            Suppression(address=f"a{n}@b.example", email_key=f"a{n}@b.example") for n in range(60)
        )
    page = close_up(browser.get(LIST).text)
    assert "a59@b.example" in page
    assert "a9@b.example" not in page
    assert "a9@b.example" in close_up(
        browser.get(f"{LIST}?before={Suppression.objects.get(address='a10@b.example').pk}").text
    )
    found = close_up(browser.get(f"{LIST}?find=A9@").text)
    assert "a9@b.example" in found
    assert "a59@b.example" not in found


def test_a_removed_address_gets_mailings_again(browser):
    with operation("test", by=None):
        row = Suppression.objects.create(address="a@b.example", email_key="a@b.example")
    page = browser.post(f"{LIST}/{row.pk}/delete", follow=True).text
    assert "Removed a@b.example. It can receive mailings again." in page
    assert not Suppression.objects.exists()


def test_a_removed_address_still_gets_no_mailings_if_its_person_has_unsubscribed(browser):
    Unsubscribe.objects.create(email_key="a@b.example")
    with operation("test", by=None):
        row = Suppression.objects.create(address="A@b.example", email_key="a@b.example")
    page = browser.post(f"{LIST}/{row.pk}/delete", follow=True).text
    assert "Removed A@b.example. It still receives no mailings, because this person has unsubscribed." in page
    assert "It can receive mailings again." not in page


def test_a_removed_address_still_gets_no_mailings_if_it_was_suppressed_before_it_was_erased(browser):
    ForgottenAddress.objects.create(digest=build_digest("a@b.example"), reason="complained")
    with operation("test", by=None):
        row = Suppression.objects.create(address="a@b.example", email_key="a@b.example")
    page = browser.post(f"{LIST}/{row.pk}/delete", follow=True).text
    assert "It still receives no mailings, because it was suppressed before it was erased." in page


def test_of_a_file_of_contacts_only_those_who_have_opted_out_are_added(browser):
    rows = (
        "Mailing City,Email Opt Out,Email,Last Name\nCluj,true,ana@b.example,Albu\nArad,false,bo@b.example,Bo\n"
        "Deva,,cy@b.example,Cy\nBrad,1,do@b.example,Do\nIasi,2026-03-01,ed@b.example,Ed\n"
    )
    assert "Added 3 of 3 addresses." in upload(browser, rows.encode(), "contacts.csv").text
    added = Suppression.objects.order_by("address").values_list("address", flat=True)
    assert list(added) == ["ana@b.example", "do@b.example", "ed@b.example"]


def test_a_file_is_imported_by_the_column_with_the_addresses(browser):
    with operation("test", by=None):
        Suppression.objects.create(address="known@b.example", email_key="known@b.example")
    rows = "Name,E-mail,Note\nAna,ana@b.example,left\nBo,wrong,\nCy,known@b.example,\nDo,ANA@b.example,twice\n,,\n"
    page = upload(browser, rows.encode()).text
    assert "Added 1 of 4 addresses." in page
    assert "1 address is invalid and was skipped, in row 3." in page
    added = Suppression.objects.get(email_key="ana@b.example")
    assert (added.address, added.note) == ("ana@b.example", "left")


def test_a_file_without_headings_is_a_list_of_addresses(browser):
    book = Workbook()
    for address in ("ana@b.example", "bo@b.example"):
        book.active.append([address])
    file = io.BytesIO()
    book.save(file)
    upload(browser, file.getvalue(), "list.xlsx")
    assert Suppression.objects.count() == 2


@pytest.mark.parametrize(
    ("content", "name"), [(b"", "list.csv"), (b"%PDF-1.4", "list.xlsx"), (b"x", "list.exe")]
)
def test_a_file_that_cant_be_read_changes_nothing_and_says_why(browser, content, name):
    page = upload(browser, content, name)
    assert page.status_code == 422
    assert 'class="error' in page.text or "errorlist" in page.text
    assert not Suppression.objects.exists()


def test_the_exported_list_can_be_imported_again(browser):
    with operation("test", by=None):
        Suppression.objects.create(
            address="ana@b.example", email_key="ana@b.example", note="=1+1", reason="bounced"
        )
    exported = browser.get(f"{LIST}/export").content
    assert b"Bounced" in exported
    assert b",'=1+1" in exported
    with operation("test", by=None):
        Suppression.objects.all().delete()
    upload(browser, exported)
    row = Suppression.objects.get()
    assert (row.address, row.note) == ("ana@b.example", "=1+1")


def test_managers_add_addresses_and_only_those_with_the_permission_remove_them(sign_in, ann, bob):
    with operation("test", by=None):
        row = Suppression.objects.create(address="a@b.example", email_key="a@b.example")
    browser = sign_in(ann)
    assert browser.post(LIST, {"address": "b@b.example"}).status_code == 302
    assert "Remove address" not in browser.get(LIST).text
    assert browser.post(f"{LIST}/{row.pk}/delete").status_code == 403
    assert sign_in(bob).get(LIST).status_code == 403
