"""Formulas wherever a field is: listed, sorted, filtered, and hidden together with what they use."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.fields.custom.values.field_registry import get_custom_fields
from crm.models import CustomField
from crm.records.editing.set_field import get_settable_fields
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from customers.models import Company
from leads.models import Lead
from leads.settings.forms.settings_forms import StatusForm
from leads.verbs import Edit
from tests.crm.transfer.imports.importing import filled_in

FIELDS = "/admin/leads/fields"


def fill(lead, by, **values):
    carry_out(Edit(values), Lead.objects.filter(pk=lead.pk), by=by)


def add(browser, text: str, name: str = "Fee", of: str = "leads", **values):
    data = {"name": name, "type": "formula", "formula": text, "decimals": "0", **values}
    return browser.post(f"/admin/{of}/fields/new", data)


def posted(browser, field) -> dict:
    form = browser.get(f"{FIELDS}/{field.definition.pk}").context["form"]
    return filled_in(form)


def save(browser, field, **values):
    return browser.post(f"{FIELDS}/{field.definition.pk}", posted(browser, field) | values)


@pytest.fixture
def three(ann, make_lead, make_field):
    """Three leads with budgets 100, 50 and none, and the formula {Budget} * 2."""
    budget = make_field("Budget", "money", unit="EUR")
    double = make_field("Double", "formula", formula=f"{{{budget.name}}} * 2")
    leads = [make_lead(f"{name} Pop", owner=ann) for name in ("Ana", "Bea", "Eva")]
    fill(leads[0], ann, **{budget.name: Decimal(100)})
    fill(leads[1], ann, **{budget.name: Decimal(50)})
    return budget, double, leads


def listed(browser, query: str) -> list[str]:
    rows = browser.get(f"/admin/leads?all=1&{query}").context["table"].data
    return [row.first_name for row in rows]


# Where it is shown


def test_a_formula_is_a_column_a_fact_and_a_read_only_field(ann, three, sign_in):
    _budget, double, leads = three
    browser = sign_in(ann)
    browser.post("/admin/leads/columns", {"column": ["email", double.name]})
    rows = browser.get("/admin/leads?all=1").text
    assert "200\u00a0EUR" in rows
    assert f"/inline/{double.name}" not in rows
    assert "200\u00a0EUR" in browser.get(f"/admin/leads/{leads[0].pk}").text
    form = browser.get(f"/admin/leads/{leads[0].pk}/edit").context["form"]
    assert form.fields[double.name].disabled
    assert form[double.name].value() == "200\u00a0EUR"
    assert double.name not in browser.get("/admin/leads/new").context["form"].fields


def test_formulas_in_a_list_cost_one_query_however_many_there_are(ann, three, make_field, sign_in):
    budget, double, _leads = three
    half = make_field("Half", "formula", formula=f"{{{budget.name}}} / 2")
    browser = sign_in(ann)
    counts = []
    for columns in ([budget.name], [budget.name, double.name], [budget.name, double.name, half.name]):
        browser.post("/admin/leads/columns", {"column": ["email", *columns]})
        browser.get("/admin/leads?all=1")
        with CaptureQueriesContext(connection) as queries:
            browser.get("/admin/leads?all=1")
        counts.append(len(queries))
    assert counts[1:] == [counts[0] + 1, counts[0] + 1]


def test_a_formula_is_not_written_by_the_form_in_place_or_in_bulk(ann, three, sign_in):
    budget, double, leads = three
    browser = sign_in(ann)
    address = f"/admin/leads/{leads[0].pk}/edit"
    answer = browser.get(address)
    data = filled_in(answer.context["form"]) | {"version": answer.context["version"], double.name: "7"}
    data[budget.name] = "10"
    assert browser.post(address, data).status_code == 302
    lead = Lead.objects.get(pk=leads[0].pk)
    assert lead.custom_values.values == {budget.name: "10.00"} or lead.custom_values.values == {
        budget.name: "10"
    }
    assert "20\u00a0EUR" in browser.get(f"/admin/leads/{lead.pk}").text
    inline = f"/admin/leads/{lead.pk}/inline/{double.name}"
    assert browser.get(inline).status_code == 403
    assert browser.post(inline, {double.name: "7"}).status_code == 403
    assert double.name not in get_settable_fields(KINDS["lead"], ann)
    assert double.name not in KINDS["lead"].get_inline_fields(ann)


def test_a_list_sorts_by_a_formula_with_empty_values_last_both_ways(ann, three, sign_in):
    _budget, double, _leads = three
    browser = sign_in(ann)
    assert listed(browser, f"sort={double.name}") == ["Bea", "Ana", "Eva"]
    assert listed(browser, f"sort=-{double.name}") == ["Ana", "Bea", "Eva"]


@pytest.mark.parametrize(
    ("formula", "query", "found"),
    [
        ("{0} * 2", "{1}.above=150", ["Ana"]),
        ("{0} * 2", "{1}.is=100", ["Bea"]),
        ("{0} * 2", "{1}.between=100..200", ["Ana", "Bea"]),
        ("{0} * 2", "{1}.empty=yes", ["Eva"]),
        ("round({0} / 7, 2) * 1", "{1}.is=7.14", ["Bea"]),
        ("{0} > 60", "{1}=yes", ["Ana"]),
        ("{0} > 60", "{1}=no", ["Bea"]),
        ("{0} > 60", "{1}=none", ["Eva"]),
        ("{0} > 60", "{1}=yes&{1}_not=on", ["Bea", "Eva"]),
        ('concat({first_name}, " ", {0})', "{1}.contains=ANA", ["Ana"]),
        ('concat({first_name}, " ", {0})', "{1}.starts=be", ["Bea"]),
        ('if({0} > 1, {first_name}, "")', "{1}.empty=yes", ["Eva"]),
        ('if({0} > 60, "2026-01-01", "") = ""', "{1}=no", ["Ana"]),
        ("if({0} > 60, {created_at})", "{1}.filled=yes", ["Ana"]),
        ("if({0} > 60, {created_at})", "{1}.in=today", ["Ana"]),
        ("if({0} > 60, {created_at})", "{1}.before=2020-01-01", []),
    ],
)
def test_a_list_is_filtered_by_the_type_of_the_result(formula, query, found, ann, three, make_field, sign_in):
    budget, _double, _leads = three
    name = f"{{{budget.name}}}"
    field = make_field("Filtered", "formula", formula=formula.replace("{0}", name))
    assert field.formula.problem == ""
    assert sorted(listed(sign_in(ann), query.replace("{1}", field.name))) == found


def test_the_column_menu_has_values_and_the_total(ann, three, sign_in):
    _budget, double, _leads = three
    browser = sign_in(ann)
    menu = f"/admin/leads/columns/{double.name}"
    assert browser.get(menu).status_code == 200
    assert "300\u00a0EUR" in browser.get(f"{menu}?all=1&total=1").text


def test_a_status_cannot_require_a_formula(three, statuses):
    _budget, double, _leads = three
    form = StatusForm(instance=statuses.qualified)
    assert double.name not in dict(form.fields["required_fields"].choices)


def test_a_formula_is_not_in_the_history(ann, three, sign_in):
    _budget, _double, leads = three
    assert "Double" not in str(list(sign_in(ann).get(f"/admin/leads/{leads[0].pk}").context["entries"]))


def test_a_company_has_formulas_too(ada, make_company, make_field, sign_in):
    seats = make_field("Seats", "number", of="company")
    company = make_company("Omnia", country="RO")
    browser = sign_in(ada)
    assert add(browser, 'concat({Name}, " ", {Country}, " ", {Seats})', of="companies").status_code == 302
    label = get_custom_fields("company")[-1]
    assert label.definition.formula == f'concat({{name}}, " ", {{country}}, " ", {{{seats.name}}})'
    assert "Omnia Romania" in browser.get(f"/admin/companies/{company.pk}").text
    rows = browser.get(f"/admin/companies?all=1&{label.name}.contains=romania").context["table"].data
    assert [row.pk for row in rows] == [company.pk]
    assert "{Value}" not in browser.get("/admin/companies/fields/new").text
    assert Company.objects.count() == 1


# Who sees it


def test_a_formula_is_hidden_with_each_field_that_it_uses(ann, bob, three, make_field, sign_in):
    budget, double, leads = three
    sums = make_field("Sums", "formula", formula=f"{{{double.name}}} + 1")
    with operation("test", by=None):
        CustomField.objects.filter(pk=budget.definition.pk).update(roles=[ann.groups.get().pk])
        Lead.objects.update(owner=bob)
    assert {field.name for field in get_custom_fields("lead", ann)} == {budget.name, double.name, sums.name}
    assert get_custom_fields("lead", bob) == []
    browser = sign_in(bob)
    for field in (double, sums):
        assert listed(browser, f"{field.name}.above=150") == listed(browser, "")
        assert listed(browser, f"sort={field.name}") == listed(browser, "")
        assert browser.get(f"/admin/leads/columns/{field.name}").status_code == 404
        for address in ("", f"/{leads[0].pk}", f"/{leads[0].pk}/edit", "/columns", "/export?all=1"):
            text = browser.get(f"/admin/leads{address}").text
            assert "Double" not in text
            assert "Sums" not in text


def test_a_formula_cannot_name_a_field_that_its_author_does_not_see(ada, ann, make_field, sign_in):
    secret = make_field("Salary", "number", roles=[ann.groups.get().pk])
    browser = sign_in(ada)
    for text in ("{Salary} * 2", f"{{{secret.name}}} * 2", "{salari} * 2"):
        answer = add(browser, text)
        assert "isn’t a field of leads" in answer.context["form"].errors["formula"][0]
        assert "Did you mean" not in answer.context["form"].errors["formula"][0]
    assert "Salary" not in browser.get(f"{FIELDS}/new").text


def test_sentences_and_results_are_in_romanian_and_functions_stay_english(
    ada, make_field, sign_in, make_lead
):
    make_field("Budget", "number", name_ro="Buget")
    ada.language = "ro"
    ada.save(update_fields=["language"])
    browser = sign_in(ada)
    assert add(browser, "if({buget} > 1, {Budget}, {Țară})").status_code == 422
    answer = add(browser, "{bugett}")
    assert "nu este un câmp" in answer.context["form"].errors["formula"][0]
    assert add(browser, 'if({buget} > 1, "da", {Țară})').status_code == 302
    fee = get_custom_fields("lead")[-1]
    assert browser.get(f"{FIELDS}/{fee.definition.pk}").context["form"]["formula"].value() == (
        'if({Buget} > 1, "da", {Țară})'
    )
