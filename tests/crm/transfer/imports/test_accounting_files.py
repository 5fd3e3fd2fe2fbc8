"""A file as accounting programs write it: a page called .xls, with names in one column, its header on each page, and totals."""

import pytest

from leads.models import Lead
from tests.crm.transfer.imports.importing import apply, choose, shown, upload, verdicts
from tests.reading import close_up

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])

HEADER = "<tr><th>Nume și prenume<th>Firma<th>E-mail<th>Telefon<th>Valoare</tr>"
PAGE = f"""<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"><title>Clienți</title>
<style>td {{ color: black }}</style></head><body><table><tr><td colspan=5>Lista clienților</td></tr>{HEADER}
<tr><td>POPESCU Ion<td>Omnia SRL<td>ion@example.com<td>0722 111 001<td>1.250,50</tr>
<tr><td>van der Berg Anna<td>&nbsp;<td>anna@example.com<td>0722 111 002<td>2.000,00</tr>
{HEADER}
<tr><td>&nbsp;<td>Total<td>office@total.example<td>0722 111 003<td>100,00</tr>
<tr><td>TOTAL GENERAL<td><td><td><td>3.350,50</tr></table></body></html>"""


def test_a_page_called_xls_with_repeated_headers_and_totals_becomes_its_leads(sign_in, ann):
    browser = sign_in(ann)
    imported = upload(browser, PAGE.encode(), name="clienti.xls")
    assert imported.mapping == ["name", "company", "email", "phone", "value"]
    assert shown(browser, imported, "columns").context["form"]["last_name_first"].value() is True
    imported = choose(browser, imported, "columns")
    assert verdicts(imported) == {"new": 3, "left_out": 2}
    text = close_up(shown(browser, imported, "plan").text)
    assert "Row 5 repeats the header, so it’s skipped. Row 7 only has totals, so it’s skipped." in text
    apply(browser, imported)
    found = Lead.objects.order_by("email").values_list("first_name", "last_name", "company", "value")
    assert [(first, last, company, int(value)) for first, last, company, value in found] == [
        ("Anna", "van der Berg", "", 2000),
        ("Ion", "POPESCU", "Omnia SRL", 1250),
        ("", "", "Total", 100),
    ]


CELL = '<Cell{}><Data ss:Type="{}">{}</Data></Cell>'
BOOK = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Clienți"><Table>{}</Table></Worksheet></Workbook>"""
LINES = [
    [("", "String", text) for text in ("Nume și prenume", "Firma", "E-mail", "Data adăugării", "Valoare")],
    [
        ("", "String", "POPESCU Ion"),
        ("", "String", "Omnia &amp; Fiii SRL"),
        (' ss:HRef="mailto:ion@example.com"', "String", "Scrie"),
        ("", "DateTime", "2026-05-01T00:00:00.000"),
        ("", "Number", "1250.5"),
    ],
    [
        ("", "String", "RUS Anna"),
        (' ss:Index="5"', "Number", "100"),
    ],
]  # fmt: skip


def test_an_xml_workbook_of_an_accounting_program_becomes_its_leads(sign_in, ann):
    browser = sign_in(ann)
    table = "".join(f"<Row>{''.join(CELL.format(*cell) for cell in line)}</Row>" for line in LINES)
    imported = upload(browser, BOOK.format(table).encode(), name="clienti.xls")
    assert imported.sheets == ["Clienți"]
    assert imported.mapping[:3] == ["name", "company", "email"]
    imported = choose(browser, imported, "columns")
    assert verdicts(imported) == {"new": 2}
    apply(browser, imported)
    found = Lead.objects.order_by("-email").values_list("last_name", "company", "email", "value")
    assert [(last, company, email, float(value)) for last, company, email, value in found] == [
        ("POPESCU", "Omnia & Fiii SRL", "ion@example.com", 1250.5),
        ("RUS", "", "", 100),
    ]
