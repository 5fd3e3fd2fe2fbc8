"""Files whose cells say "Email" or "Visit" and lead to the address, and exports that a spreadsheet program has given links."""

import io

import openpyxl
import pytest

from leads.models import Lead
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.imports.importing import apply, choose, shown, upload, verdicts
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def saved(book) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_emails_and_websites_are_read_from_the_links_of_their_cells(sign_in, ann):
    book = openpyxl.Workbook()
    book.active.append(["Last name", "E-mail", "Website", "City"])
    for number in range(6):
        book.active.append([f"Pop {number}", "Email", "Visit", "Cluj"])
        book.active.cell(number + 2, 2).hyperlink = f"mailto:p{number}@example.com?subject=Hello"
        book.active.cell(number + 2, 3).hyperlink = f"https://site{number}.example/"
        book.active.cell(number + 2, 4).hyperlink = "https://maps.example/cluj"
    browser = sign_in(ann)
    imported = upload(browser, saved(book))
    assert imported.mapping == ["last_name", "email", "website", "city"]
    imported = choose(browser, imported, "columns")
    assert verdicts(imported) == {"new": 6}
    assert "Link read instead of its text" in close_up(shown(browser, imported, "plan").text)
    apply(browser, imported)
    assert list(Lead.objects.order_by("email").values_list("email", "website", "city")) == [
        (f"p{number}@example.com", f"https://site{number}.example/", "Cluj") for number in range(6)
    ]


def test_an_exported_file_in_which_a_program_has_linked_every_text_changes_nothing(sign_in, ann, make_lead):
    make_lead(email="ana@example.com", website="omnia.example", phone="0722 111 222")
    browser = sign_in(ann)
    book = openpyxl.load_workbook(io.BytesIO(export(browser)))
    sheet = book["Leads"]
    for column, cell in enumerate(sheet[2]):
        if isinstance(cell.value, str):
            cell.hyperlink = ("https://crm.example/leads/7", "mailto:dan@example.com")[column % 2]
    assert sheet["A2"].hyperlink
    assert verdicts(choose(browser, upload(browser, saved(book)), "columns")) == {"unchanged": 1}
