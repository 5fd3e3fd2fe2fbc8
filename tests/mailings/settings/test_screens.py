"""Mailing templates, mailing lists and senders in Settings."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from mailings.models import MailingList, MailingTemplate, Sender

pytestmark = pytest.mark.django_db
TEMPLATE = {
    "name": "Autumn",
    "folder": " Price  lists ",
    "subject": "Prices",
    "text": "Hi {first_name|there}",
}


def test_a_template_is_added_edited_deleted_and_undone(sign_in, ada):
    browser = sign_in(ada)
    browser.post("/admin/mailings/templates/new", TEMPLATE)
    row = MailingTemplate.objects.get()
    assert (row.name, row.folder) == ("Autumn", "Price lists")
    assert "Price lists" in browser.get("/admin/mailings/templates").text
    path = f"/admin/mailings/templates/{row.pk}"
    browser.post(path, TEMPLATE | {"name": "Winter", "version": row.version})
    browser.post(f"{path}/delete")
    row.refresh_from_db()
    assert (row.name, row.retired) == ("Winter", True)
    assert browser.get(path).status_code == 404
    revert_operation(Operation.objects.get(kind="delete_mailing_template"), by=ada)
    row.refresh_from_db()
    assert not row.retired


def test_a_template_with_an_unknown_merge_field_is_refused(sign_in, ada):
    answer = sign_in(ada).post(
        "/admin/mailings/templates/new", TEMPLATE | {"text": "{surname} {# x #} {{ y }}"}
    )
    assert answer.status_code == 422
    assert "There is no merge field {surname}, {y}." in answer.text
    assert not MailingTemplate.objects.exists()


def test_a_list_has_its_own_name_and_can_be_retired(sign_in, ada):
    browser = sign_in(ada)
    browser.post("/admin/mailings/lists/new", {"name": "Offers", "description": "Monthly"})
    row = MailingList.objects.get()
    assert browser.post("/admin/mailings/lists/new", {"name": "offers"}).status_code == 422
    browser.post(
        f"/admin/mailings/lists/{row.pk}", {"name": "Offers", "retired": "on", "version": row.version}
    )
    row.refresh_from_db()
    assert row.retired


def test_a_department_has_one_sender(sign_in, ada, departments):
    browser = sign_in(ada)
    path = f"/admin/mailings/senders/{departments.sales.pk}"
    browser.post(path, {"name": "Omnia News", "signature": "**Team**"})
    browser.post(path, {"name": "Omnia", "signature": "", "version": Sender.objects.get().version})
    assert Sender.objects.get().name == "Omnia"
    revert_operation(Operation.objects.get(kind="edit_sender"), by=ada)
    assert Sender.objects.get().name == "Omnia News"
    revert_operation(Operation.objects.get(kind="add_sender"), by=ada)
    assert not Sender.objects.exists()


@pytest.mark.parametrize("name", ["News <evil@x.example>", "News\r\nBcc: a@x.example"])
def test_the_name_of_a_sender_cannot_pretend_to_be_an_address(sign_in, ada, departments, name):
    answer = sign_in(ada).post(f"/admin/mailings/senders/{departments.sales.pk}", {"name": name})
    assert answer.status_code == 422
    assert not Sender.objects.exists()


def test_the_pages_require_their_permissions(sign_in, bob):
    browser = sign_in(bob)
    for page in ("templates", "lists", "senders", "templates/new", "lists/new"):
        assert browser.get(f"/admin/mailings/{page}").status_code == 403
