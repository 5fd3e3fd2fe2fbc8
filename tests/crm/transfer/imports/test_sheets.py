"""One workbook with companies and their contacts: exported together, imported sheet by sheet, undone in order."""

import io
import zipfile

import openpyxl
import pytest

from crm.models import Activity, Export, Import, Operation
from crm.records.history.undo.field_reversal import revert_operation
from customers.models import Company, Contact
from tests.crm.platform.excel.workbooks import SPREADSHEET
from tests.crm.transfer.exports.exporting import rows_of
from tests.crm.transfer.imports import importing

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
COMPANIES = [["Name", "Domain"], ["Omnia", "omnia.example"], ["Alba", "alba.example"]]
CONTACTS = [
    ["First name", "Last name", "Email", "Company"],
    ["Ana", "Albu", "ana@omnia.example", "Omnia"],
    ["Vera", "Novák", "vera@alba.example", "alba.example"],
    ["Jan", "Novák", "jan@example.com", ""],
]
READ_ME = [["How to use this file"], ["Fill in the sheets."]]


@pytest.fixture(autouse=True)
def contacts(monkeypatch):
    monkeypatch.setattr(importing, "NEW", "/admin/contacts/import")


@pytest.fixture
def browser(sign_in, ada):
    return sign_in(ada)


def book(**sheets) -> bytes:
    """A workbook with these sheets, in this order."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name.replace("_", " "))
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def open_document(**sheets) -> bytes:
    """The same as an .ods file."""
    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        end = "</office:spreadsheet></office:body></office:document-content>"
        archive.writestr("content.xml", SPREADSHEET + tables + end)
    return out.getvalue()


def cell(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def begun(browser, data, name="book.xlsx", **chosen) -> Import:
    """The import of the first sheet, once the sheets are chosen."""
    imported = importing.upload(browser, data, name)
    assert browser.get(importing.page(imported, "import"))["Location"] == importing.page(imported, "sheets")
    return importing.choose(browser, imported, "sheets", **chosen)


def following(browser, imported: Import, part: int) -> Import:
    answer = browser.post(importing.page(imported, "part"), {"part": part})
    assert answer.status_code == 302
    importing.work()
    return Import.objects.get(pk=int(answer["Location"].rpartition("/")[2]))


def done(browser, imported: Import) -> Import:
    return importing.apply(browser, importing.choose(browser, imported, "columns"))


def test_a_contact_links_to_a_company_that_is_new_in_another_sheet(browser, ada):
    """The sheets are in the wrong order, and one of them has no records."""
    first = begun(browser, book(Read_me=READ_ME, People=CONTACTS, Firms=COMPANIES))
    assert (first.table, first.sheet, first.rows) == ("company", "Firms", 2)
    page = importing.shown(browser, first, "columns").text
    assert "Sheet 1 of 2: “Firms”." in page
    assert "Next: “People”, 3 rows." in page
    first = done(browser, first)
    assert importing.verdicts(first) == {"new": 2}
    receipt = browser.get(importing.page(first, "import")).text
    assert "Import next sheet" in receipt
    second = following(browser, first, 1)
    assert (second.table, second.sheet, second.first_id) == ("contact", "People", first.pk)
    second = done(browser, second)
    assert importing.verdicts(second) == {"new": 3}
    assert list(Contact.objects.order_by("email").values_list("company__name", flat=True)) == [
        "Omnia", None, "Alba",
    ]  # fmt: skip
    receipt = browser.get(importing.page(second, "import")).text
    assert "Import next sheet" not in receipt
    assert "To undo all sheets, start with the last one." in receipt
    for part in (second, first):
        revert_operation(Operation.objects.get(pk=part.operation_id), by=ada)
    assert not Contact.objects.present().exists()
    assert not Company.objects.present().exists()


def test_an_open_document_has_several_sheets_too(browser):
    data = open_document(Contacts=CONTACTS, Companies=COMPANIES)
    first = done(browser, begun(browser, data, "book.ods"))
    assert importing.verdicts(first) == {"new": 2}
    done(browser, following(browser, first, 1))
    assert Contact.objects.filter(company__name="Alba").count() == 1


def test_a_sheet_can_be_skipped_or_imported_as_something_else(browser):
    data = book(Companies=COMPANIES, Contacts=CONTACTS)
    first = begun(browser, data, sheet_1="")
    assert (first.table, first.sheet) == ("company", "Companies")
    assert "Sheet 1 of" not in importing.shown(browser, first, "columns").text
    people = begun(browser, data, sheet_0="", sheet_1="lead")
    assert (people.table, people.sheet, people.rows) == ("lead", "Contacts", 3)
    imported = importing.upload(browser, data)
    answer = browser.post(importing.page(imported, "sheets"), {"sheet_0": "", "sheet_1": ""})
    assert (answer.status_code, "Choose at least one sheet." in answer.text) == (422, True)
    answer = browser.post(importing.page(imported, "sheets"), {"sheet_0": "nonsense", "sheet_1": "contact"})
    assert answer.status_code == 422


def test_a_workbook_with_one_sheet_of_records_asks_nothing(browser):
    imported = importing.upload(browser, book(Read_me=READ_ME, Contacts=CONTACTS))
    assert imported.parts == []
    imported = importing.upload(browser, book(Contacts=CONTACTS))
    assert imported.parts == []
    assert browser.get(importing.page(imported, "sheets"))["Location"] == importing.page(imported, "columns")


def test_a_sheet_that_has_begun_is_continued_and_not_begun_twice(browser):
    first = done(browser, begun(browser, book(Companies=COMPANIES, Contacts=CONTACTS)))
    second = following(browser, first, 1)
    assert following(browser, first, 1) == second
    assert browser.get(importing.page(second, "sheets"))["Location"] == importing.page(second, "columns")
    browser.post(importing.page(second, "cancel"))
    third = following(browser, first, 1)
    assert third != second
    assert browser.post(importing.page(first, "part"), {"part": "7"}).status_code == 404
    assert Import.objects.count() == 3


def test_other_sheets_can_be_chosen_until_the_second_one_has_begun(browser):
    imported = begun(browser, book(Companies=COMPANIES, Contacts=CONTACTS), sheet_0="")
    assert imported.table == "contact"
    imported = importing.choose(browser, imported, "sheets", sheet_0="company")
    assert (imported.table, imported.sheet) == ("company", "Companies")


def test_who_may_not_import_companies_is_told_so_and_skips_their_sheet(sign_in, someone_with):
    rights = ("view_contact", "add_contact", "import_contact", "view_company", "see_departments")
    browser = sign_in(someone_with(*rights))
    imported = importing.upload(browser, book(Companies=COMPANIES, Contacts=CONTACTS))
    answer = importing.shown(browser, imported, "sheets")
    assert "You don’t have permission to import these records." in answer.text
    form = answer.context["form"]
    assert [value for value, _label in form.fields["sheet_0"].choices] == ["", "contact"]
    imported = importing.choose(browser, imported, "sheets")
    assert (imported.table, imported.sheet) == ("contact", "Contacts")


def test_a_colleague_does_not_begin_a_sheet(browser, sign_in, ann):
    first = done(browser, begun(browser, book(Companies=COMPANIES, Contacts=CONTACTS)))
    other = sign_in(ann)
    assert other.post(importing.page(first, "part"), {"part": "1"}).status_code == 404
    assert other.get(importing.page(first, "sheets")).status_code == 404


def test_companies_contacts_and_activities_come_out_in_one_workbook_and_go_back_in_unchanged(
    browser, make_company, make_contact
):
    omnia, alba = make_company("Omnia", domain="omnia.example"), make_company("Alba")
    make_contact("Ana Albu", company=omnia), make_contact("Vera Novák", company=alba)
    make_contact("Jan Novák")
    data = exported(browser, also="contact", activities="on")
    assert [row["Last name"] for row in rows_of(data, "Contacts")] == ["Novák", "Albu"]
    assert Export.objects.get().words == "All companies, with 2 contacts, with notes, calls and meetings"
    first = begun(browser, data)
    assert (first.table, importing.verdicts(importing.choose(browser, first, "columns"))) == (
        "company", {"unchanged": 2},
    )  # fmt: skip
    importing.apply(browser, first)
    second = following(browser, first, 1)
    assert second.table == "contact"
    second = importing.choose(browser, second, "columns")
    assert importing.verdicts(second) == {"unchanged": 2}


def test_the_activities_of_a_workbook_are_its_last_sheet(browser, make_company):
    omnia = make_company("Omnia")
    activities = [["Company ID", "Type", "When", "Text"], [f"#{omnia.pk}", "Note", "2026-06-01", "Hello"]]
    first = begun(browser, book(Activities=activities, Companies=COMPANIES, Contacts=CONTACTS))
    first = done(browser, first)
    last = following(browser, first, 2)
    assert (last.table, last.activities, last.sheet) == ("company", True, "Activities")
    done(browser, last)
    assert Activity.objects.get().record == omnia.pk


def exported(browser, **data) -> bytes:
    asked = {"columns": "all", "format": "xlsx"} | data
    answer = browser.post("/admin/companies/export/write?all=1", asked)
    assert answer.status_code == 200, answer.context["form"].errors
    return b"".join(answer.streaming_content)


def test_the_contacts_in_an_export_are_those_of_the_selected_companies_that_the_user_sees(
    sign_in, ann, make_company, make_contact, departments
):
    omnia, alba = make_company("Omnia", domain="omnia.example"), make_company("Alba")
    make_contact("Ana Albu", company=omnia), make_contact("Vera Novák", company=alba)
    make_contact("Hidden Person", company=omnia, department=departments.export)
    browser = sign_in(ann)
    answer = browser.post(
        "/admin/companies/export/write?q=omnia", {"columns": "view", "format": "xlsx", "also": "contact"}
    )
    data = b"".join(answer.streaming_content)
    assert [row["Last name"] for row in rows_of(data, "Contacts")] == ["Albu"]


def test_a_csv_file_has_only_one_sheet(browser):
    asked = {"columns": "all", "format": "csv", "also": "contact"}
    answer = browser.post("/admin/companies/export/write?all=1", asked)
    assert (answer.status_code, "To export several, choose Excel." in answer.text) == (422, True)


def test_contacts_are_offered_only_to_who_may_export_them(sign_in, someone_with):
    browser = sign_in(someone_with("view_company", "export_company", "view_contact", "see_departments"))
    assert "Contacts of these companies" not in browser.get("/admin/companies/export?all=1").text
    answer = browser.post(
        "/admin/companies/export/write?all=1", {"columns": "all", "format": "xlsx", "also": "contact"}
    )
    assert answer.status_code == 422


def test_the_contacts_count_for_the_approval_of_an_export(sign_in, ann, make_company, make_contact, settings):
    settings.EXPORT_APPROVAL_ABOVE = 2
    omnia = make_company("Omnia")
    make_contact("Ana Albu", company=omnia), make_contact("Vera Novák", company=omnia)
    asked = {"columns": "all", "format": "xlsx", "also": "contact"}
    answer = sign_in(ann).post("/admin/companies/export/write?all=1", asked)
    assert answer.status_code == 302
    assert Export.objects.get().state == Export.State.ASKED
