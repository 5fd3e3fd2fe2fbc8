"""Columns of contacts that contacts have no field for: the import creates custom fields for them, and finds them again."""

import pytest
from django.urls import reverse

from crm.models import CustomField, Import
from customers.models import Contact
from tests.crm.transfer.imports import importing
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

HEADS = ["Name", "Email", "Website URL", "Mailing Street", "Zip Code", "Notes", "Fax"]
ROW = [
    "Ana Pop",
    "ana@example.com",
    "https://one.example",
    "Strada Lungă 1",
    "007100",
    "Met at the fair",
    "+40 264 555 101",
]


def upload(browser, rows, monkeypatch) -> Import:
    monkeypatch.setattr(importing, "NEW", reverse("contacts:import"))
    return importing.upload(browser, rows)


def test_website_address_and_notes_of_contacts_are_preset_to_custom_fields(sign_in, ada, cast, monkeypatch):
    browser = sign_in(ada)
    imported = upload(browser, [HEADS, ROW], monkeypatch)
    assert imported.mapping == ["name", "email", "new_2", "new_3", "new_4", "new_5", ""]
    told = {row["name"]: row["type"] for row in imported.new_fields.values()}
    assert told == {"Website": "url", "Address": "text", "Postal code": "text", "Description": "long_text"}
    imported = importing.choose(browser, imported, "columns")
    assert "4 custom fields are created" in close_up(importing.shown(browser, imported, "plan").text)
    importing.apply(browser, imported)
    keys = {row.name: row.key for row in CustomField.objects.all()}
    values = Contact.objects.get().custom_values.values
    assert [values[keys[name]] for name in ("Website", "Address", "Postal code", "Description")] == ROW[2:6]


def test_the_file_of_another_program_finds_the_custom_fields_again(sign_in, ada, cast, monkeypatch):
    browser = sign_in(ada)
    first = importing.choose(browser, upload(browser, [HEADS, ROW], monkeypatch), "columns")
    importing.apply(browser, first)
    keys = {row.name: row.key for row in CustomField.objects.all()}
    heads = ["Full name", "E-mail", "Web Page", "Street", "Comments"]
    other = upload(
        browser,
        [heads, ["Dan Rus", "dan@example.com", "https://two.example", "Strada 2", "Called"]],
        monkeypatch,
    )
    assert other.mapping == ["name", "email", keys["Website"], keys["Address"], keys["Description"]]
    assert other.new_fields == {}


def test_an_importer_who_may_not_create_fields_imports_without_them(sign_in, ann, cast, monkeypatch):
    imported = upload(sign_in(ann), [HEADS, ROW], monkeypatch)
    assert imported.mapping == ["name", "email", "", "", "", "", ""]
    assert imported.new_fields == {}


def test_columns_without_values_create_no_fields(sign_in, ada, cast, monkeypatch):
    imported = upload(sign_in(ada), [HEADS, [*ROW[:2], "", "", "", "", ""]], monkeypatch)
    assert imported.mapping == ["name", "email", "", "", "", "", ""]


def test_of_two_columns_with_one_meaning_the_fuller_gets_the_field(sign_in, ada, cast, monkeypatch):
    rows = [["Name", "City", "Mailing City"], ["Ana Pop", "", "Cluj"], ["Dan Rus", "Arad", "Arad"]]
    imported = upload(sign_in(ada), rows, monkeypatch)
    assert imported.mapping == ["name", "", "new_2"]
