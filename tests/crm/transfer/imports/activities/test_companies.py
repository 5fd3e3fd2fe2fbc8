"""Activities of companies come back from a workbook too; a row names its company by ID, name or domain."""

import pytest

from crm.models import Activity, PlannedRow
from tests.crm.transfer.exports.exporting import rows_of
from tests.crm.transfer.imports import importing
from tests.crm.transfer.imports.activities.sheets import errors

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


@pytest.fixture
def browser(sign_in, ada, monkeypatch):
    monkeypatch.setattr(importing, "NEW", "/admin/companies/import")
    return sign_in(ada)


def checked(browser, rows):
    imported = importing.upload(browser, rows)
    assert imported.activities
    return importing.choose(browser, imported, "columns")


def test_a_row_names_its_company_by_name_unless_several_have_it(browser, make_company):
    company = make_company("Omnia")
    make_company("Twin"), make_company("Twin")
    rows = [
        ["Name", "Type", "When", "Text"],
        ["OMNIA", "Note", "2026-06-01", "Hello"],
        ["Twin", "Note", "2026-06-01", "Which one?"],
        ["Other", "Note", "2026-06-01", "Unknown"],
    ]
    imported = importing.apply(browser, checked(browser, rows))
    assert list(Activity.objects.values_list("of", "record", "text")) == [("company", company.pk, "Hello")]
    assert errors(imported) == [
        (3, "2 of your records have this value, so it’s unclear which one this row belongs to."),
        (4, "There’s no record with this name that you can change."),
    ]


def test_a_row_names_its_company_by_id_or_by_domain(browser, make_company):
    one, two = make_company("Omnia"), make_company("Alba", domain="alba.example")
    rows = [
        ["Company ID", "Domain", "Type", "When", "Text"],
        [f"#{one.pk}", "", "Note", "2026-06-01", "By ID"],
        ["", "alba.example", "Note", "2026-06-01", "By domain"],
    ]
    importing.apply(browser, checked(browser, rows))
    assert dict(Activity.objects.values_list("text", "record")) == {"By ID": one.pk, "By domain": two.pk}


def test_an_exported_sheet_of_companies_is_read_as_unchanged(browser, make_company, ada):
    company = make_company("Omnia")
    rows = [["Company ID", "Type", "When", "Text"], [company.pk, "Note", "2026-06-01", "Hello"]]
    importing.apply(browser, checked(browser, rows))
    answer = browser.post(
        "/admin/companies/export/write?all=1", {"columns": "all", "format": "xlsx", "activities": "on"}
    )
    data = b"".join(answer.streaming_content)
    assert [row["Text"] for row in rows_of(data, "Activities")] == ["Hello"]
    imported = importing.upload(browser, data)
    browser.post(importing.page(imported, "read"), {"sheet": "Activities"})
    importing.work()
    imported.refresh_from_db()
    imported = importing.choose(browser, imported, "columns")
    assert importing.verdicts(imported) == {"unchanged": 1}
    assert PlannedRow.objects.get(of=imported).record == company.pk
