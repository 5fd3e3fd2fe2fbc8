"""The steps of an import, an export, the jobs, emails and messages that result from them, in the language of ⟦ ⟧."""

import io
import re
from datetime import UTC, datetime

import openpyxl
import pytest
from django.core import mail

from accounts.authentication.password_links import build_password_email
from accounts.models import Department, User
from crm.models import Activity, Import, Invitation, Operation
from crm.work.invitations.invitation_emails import build_invitation_email
from leads.models import Lead
from tests.crm.transfer.exports.exporting import LIST as EXPORTS
from tests.crm.transfer.exports.exporting import export
from tests.crm.transfer.imports.importing import (
    LIST,
    NEW,
    apply,
    choose,
    decide,
    page,
    upload,
    work,
    workbook,
)
from tests.house.texts.pseudo import CODE, outside, spoken, unmarked, unmarked_texts

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

HEADS = ["Last name", "E-mail", "Country", "Next action on", "Value", "Status", "City"]
ROWS = [
    ["Qqpop", "qqana@example,com", "", "", "", "", ""],
    ["Qqrau", "", "Qqgemany", "", "", "", ""],
    ["Qqilie", "", "Qqgemany", "31.11.2026", "", "", ""],
    ["Qqluca", "", "", "", "qqmany", "", ""],
    ["Qqmihai", "", "", "", "", "Lost", ""],
    ["", "", "RO", "", "", "", ""],
    ["Qqgood", "qqgood@example.com", "RO", "", "12", "Contacted", "Qqcluj"],
    ["Qqtwice", "qqgood@example.com", "RO", "", "13", "", ""],
    ["Qqknown", "qqknown@example.com", "RO", "", "13", "", "Qqiasi"],
]
DATA = re.compile(
    rf"""
    [\w.+]+@[\w.,]+ | \S*(qq|Qq)\S* | \b(Lost|Contacted|Lost,\ Contacted)(?=\ *$) | {"|".join(re.escape(head) for head in HEADS)}
    | Leadwell | XLSX | (UTF|utf)-\d+ | cp\d+ | https?://\S+ | \b[A-Z]{{1,3}}\d*\b | Europe/Bucharest | SHA-256 | \b[0-9a-f]{{16,64}}\b
    | ^(Name|Domain|Company|Email)$  # further headers of files
    | ^\s*test\s*$ | ^Choices$  # how tests set the scene; the hidden sheet with the drop-downs
    """,
    re.VERBOSE,
)


@pytest.fixture
def qquser(ada):
    with spoken():
        User.objects.update(language=CODE)
        for user in User.objects.all():
            User.objects.filter(pk=user.pk).update(name=f"Qq{user.pk}")
        for department in Department.objects.all():
            Department.objects.filter(pk=department.pk).update(name=f"Qqdepartment{department.pk}")
        yield User.objects.with_rights().get(pk=ada.pk)


@pytest.fixture
def browser(sign_in, qquser):
    return sign_in(qquser)


def look(browser, *addresses: str) -> None:
    """Every page works and shows no unmarked text."""
    for address in addresses:
        answer = browser.get(address)
        assert answer.status_code == 200, address
        assert (address, unmarked(answer.content.decode(), DATA)) == (address, [])


def test_no_step_of_an_import_shows_an_unmarked_text(browser, make_lead):
    make_lead("Qqknown", email="qqknown@example.com", city="Qqold")
    refused = browser.post(NEW, {"file": io.BytesIO(b"")})
    assert unmarked(refused.content.decode(), DATA) == []
    imported = upload(browser, workbook([HEADS, *ROWS], sheet="Qqsheet"), "qq.xlsx")
    look(browser, page(imported, "columns"), LIST)
    imported = choose(browser, imported, "columns")
    look(browser, page(imported, "values"))
    imported = decide(browser, imported, country={"Qqgemany": "refuse"})
    shows = [
        "",
        *(f"?show={name}" for name in ("error", "new", "duplicate", "changed", "unchanged", "left_out")),
    ]
    look(browser, *(page(imported, "plan") + show for show in shows))
    imported = apply(browser, imported)
    operation = Operation.objects.filter(kind="import").latest("pk")
    told = [f"/admin/operations/{operation.pk}", f"/admin/operations/{operation.pk}/undo", "/notifications"]
    look(browser, page(imported, "import"), LIST, "/admin/jobs", "/admin/operations", *told)
    file = browser.get(page(imported, "left_out"))
    assert (
        unmarked_texts(texts_of(b"".join(file.streaming_content) if file.streaming else file.content), DATA)
        == []
    )


def test_no_step_of_an_import_of_activities_shows_an_unmarked_text(browser, make_lead):
    lead = make_lead("Qqknown", email="qqknown@example.com")
    heads = ["⟦Activity ID⟧", "⟦Lead ID⟧", "⟦Type⟧", "⟦Outcome⟧", "⟦When⟧", "⟦Text⟧", "Qqmore"]
    rows = [
        ["", lead.pk, "⟦note⟧", "", "2026-06-01", "Qqhello", ""],
        ["", 9_999_999, "⟦call⟧", "", "", "Qqhello", ""],
    ]
    imported = upload(browser, workbook([heads, *rows, rows[0]], sheet="Qqsheet"), "qq.xlsx")
    assert imported.activities
    look(browser, page(imported, "columns"))
    imported = choose(browser, imported, "columns")
    look(
        browser,
        *(page(imported, "plan") + show for show in ("", "?show=error", "?show=new", "?show=left_out")),
    )
    imported = apply(browser, imported)
    look(browser, page(imported, "import"), LIST)


def test_a_canceled_import_shows_no_unmarked_text(browser):
    imported = upload(browser, workbook([HEADS, *ROWS], sheet="Qqsheet"), "qq.xlsx")
    browser.post(page(imported, "cancel"))
    look(browser, page(imported, "import"), LIST)


def test_no_page_of_a_workbook_with_sheets_has_an_unmarked_text(browser):
    book = openpyxl.Workbook()
    book.active.title = "Qqfirms"
    for row in (["Name", "Domain"], ["Qqnova", "qqnova.example"]):
        book.active.append(row)
    people = book.create_sheet("Qqpeople")
    for row in (["Last name", "Email", "Company"], ["Qqpop", "qqpop@example.com", "Qqother"]):
        people.append(row)
    out = io.BytesIO()
    book.save(out)
    first = upload(browser, out.getvalue(), "qq.xlsx")
    look(browser, page(first, "sheets"))
    first = choose(browser, first, "sheets", sheet_0="company", sheet_1="contact")
    look(browser, page(first, "columns"))
    first = choose(browser, first, "columns")
    look(browser, page(first, "plan"))
    first = apply(browser, first)
    look(browser, page(first, "import"))
    browser.post(page(first, "part"), {"part": "1"})
    work()
    second = Import.objects.latest("pk")
    second = choose(browser, second, "columns")
    look(browser, page(second, "values"))
    second = choose(browser, second, "values")
    look(browser, page(second, "plan"))
    look(browser, page(apply(browser, second), "import"), "/admin/companies/export?all=1", LIST)


def test_no_cell_that_the_product_writes_is_unmarked(browser, make_lead, qquser):
    lead = make_lead("Qqone", owner=qquser, vip=True, country="RO", status="lost", city="Qqcluj")
    assert Lead.objects.filter(pk=lead.pk).exists()
    assert unmarked_texts(texts_of(export(browser)), DATA) == []
    look(browser, EXPORTS)


def texts_of(data: bytes) -> list[str]:
    """All texts of a workbook outside the brackets, including its sheet names."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [
        str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value
    ]
    return [outside(text)[0] for text in [*book.sheetnames, *cells]]


@pytest.mark.parametrize("invited", [True, False])
def test_no_email_contains_an_unmarked_text(qquser, invited):
    if invited:
        qquser.set_unusable_password()
    build_password_email(qquser, qquser).send()
    sent = mail.outbox[0]
    assert unmarked_texts([outside(text)[0] for text in (sent.subject, sent.body)], DATA) == []


@pytest.mark.parametrize(("method", "sequence"), [("REQUEST", 0), ("REQUEST", 1), ("CANCEL", 2)])
def test_no_invitation_contains_an_unmarked_text(qquser, method, sequence):
    values = {"uid": "1@qq.example", "addresses": "qq@example.com", "subject": "Qqoffer", "minutes": 30}
    meeting = Activity(of="lead", record=0, type="meeting", created_by=qquser)
    at = datetime(2027, 1, 4, 10, tzinfo=UTC)
    letter = build_invitation_email(
        Invitation(activity=meeting, method=method, sequence=sequence, at=at, created_at=at, **values)
    )
    found = [outside(text)[0] for text in (letter.subject, letter.body)]
    assert unmarked_texts(found, DATA) == []
