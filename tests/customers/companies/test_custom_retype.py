"""Custom fields of companies change their type and their choices like those of leads."""

from crm.fields.custom.values.field_registry import get_custom_field
from crm.models import CustomField, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from customers.models import Company, CompanyValues

FIELDS = "/admin/companies/fields"


def test_a_text_of_companies_becomes_a_choice_whose_choices_are_merged_and_undone(
    ada, make_company, make_field, sign_in
):
    field = make_field("Size", of="company")
    companies = [make_company(f"Omnia {place}", owner=ada) for place in range(3)]
    for company, held in zip(companies, ["Small", "small", "Tiny"], strict=True):
        rows = Company.objects.filter(pk=company.pk)
        carry_out(KINDS["company"].edit({field.name: held}), rows, by=ada)
    browser, address = sign_in(ada), f"{FIELDS}/{field.definition.pk}"
    page = browser.get(f"{address}/type", {"type": "choice"})
    assert "All 3 values fit the new type." in page.text
    assert browser.post(f"{address}/type", page.context["form"].get_answers()).status_code == 302

    def values() -> list[str]:
        rows = CompanyValues.objects.order_by("record_id")
        return [row.values[field.name] for row in rows]

    assert values() == ["o1", "o1", "o2"]
    assert [label for _key, label in get_custom_field("company", field.name).choices] == ["Small", "Tiny"]
    assert "3" in browser.get(f"{address}/delete").text
    browser.post(f"{address}/choices/o2", {"act": "merge", "into": "Small"})
    assert values() == ["o1", "o1", "o1"]
    for record in Operation.objects.filter(kind__in=["retype_custom_field", "merge_custom_choices"]).order_by(
        "-pk"
    ):
        revert_operation(record, by=ada)
    assert values() == ["Small", "small", "Tiny"]
    assert CustomField.objects.get().type == "text"
