"""Formulas in files: exported, and skipped by an import."""

import io
from decimal import Decimal

import openpyxl
import pytest

from crm.models import CustomField
from crm.records.history.verb_execution import carry_out
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.crm.transfer.exports.exporting import export, rows_of
from tests.crm.transfer.imports.importing import apply, choose, filled_in, page, upload, verdicts

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def fill(lead, by, **values):
    carry_out(Edit(values), Lead.objects.filter(pk=lead.pk), by=by)


@pytest.fixture
def three(ann, make_lead, make_field):
    """Three leads with budgets 100, 50 and none, and the formula {Budget} * 2."""
    budget = make_field("Budget", "money", unit="EUR")
    double = make_field("Double", "formula", formula=f"{{{budget.name}}} * 2")
    leads = [make_lead(f"{name} Pop", owner=ann) for name in ("Ana", "Bea", "Eva")]
    fill(leads[0], ann, **{budget.name: Decimal(100)})
    fill(leads[1], ann, **{budget.name: Decimal(50)})
    return budget, double, leads


def test_a_file_contains_a_formula_and_an_import_skips_its_column(ann, three, sign_in):
    _budget, double, _leads = three
    browser = sign_in(ann)
    data = export(browser)
    assert {row["First name"]: row["Double"] for row in rows_of(data)} == {
        "Ana": 200,
        "Bea": 100,
        "Eva": None,
    }
    imported = upload(browser, data)
    place = [column["heading"] for column in imported.columns].index("Double")
    assert imported.mapping[place] == ""
    answer = browser.get(page(imported, "columns"))
    assert "Computed by a formula" in answer.text
    offered = dict(answer.context["form"].fields["column_0"].choices)
    assert double.name not in offered
    before = CustomField.objects.count()
    browser.post(page(imported, "columns"), filled_in(answer.context["form"]) | {"create_all": "1"})
    imported.refresh_from_db()
    assert "Double" not in [told["name"] for told in imported.new_fields.values()]
    assert CustomField.objects.count() == before


def test_an_import_changes_what_a_formula_uses_and_nothing_else(ann, three, sign_in):
    budget, _double, leads = three
    browser = sign_in(ann)
    book = openpyxl.load_workbook(io.BytesIO(export(browser)))
    sheet = book["Leads"]
    heads = [cell.value for cell in sheet[1]]
    row = next(row for row in range(2, 5) if sheet.cell(row, heads.index("First name") + 1).value == "Ana")
    sheet.cell(row, heads.index("Budget") + 1, 30)
    sheet.cell(row, heads.index("Double") + 1, 999)
    out = io.BytesIO()
    book.save(out)
    imported = choose(browser, upload(browser, out.getvalue()), "columns")
    assert verdicts(imported) == {"changed": 1, "unchanged": 2}
    apply(browser, imported)
    assert LeadValues.objects.get(record=leads[0]).values == {budget.name: "30"}
    assert "60\u00a0EUR" in browser.get(f"/admin/leads/{leads[0].pk}").text
