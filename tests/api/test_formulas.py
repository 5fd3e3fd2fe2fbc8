"""Formulas in the APIs: computed where values are read, refused or ignored where they are written, hidden by role."""

from decimal import Decimal

import pytest

from crm.models import CustomField
from crm.records.history.verb_execution import carry_out, operation
from customers.models import Company, CompanyValues
from leads.models import Lead, LeadValues
from leads.verbs import Edit
from tests.api.v2.test_lists_and_changes import LEADS, named


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Eva Berg", owner=ann, city="Brno")


@pytest.fixture
def fields(make_field, lead, ann):
    budget = make_field("Budget", "number", decimals=2)
    text = f"{{{budget.name}}}"
    found = {
        "budget": budget,
        "number": make_field("Third", "formula", formula=f"{text} / 4"),
        "date": make_field("Day", "formula", formula=f'if({text} > 1, "2026-05-31", "")'),
        "yes": make_field("Big", "formula", formula=f"{text} > 5"),
        "text": make_field("Words", "formula", formula=f'concat({{city}}, " 100% ", {{country}}, {text})'),
        "none": make_field("Nothing", "formula", formula=f"{text} / 0"),
    }
    carry_out(Edit({budget.name: Decimal(10)}), Lead.objects.filter(pk=lead.pk), by=ann)
    return found


def test_api_v2_shows_the_values_with_their_types(program, lead, fields, make_lead, ann):
    values = program.get(f"{LEADS}/{lead.pk}")["custom_fields"]
    assert values == {
        fields["budget"].name: 10,
        fields["number"].name: 2.5,
        fields["date"].name: "2026-05-31",
        fields["yes"].name: True,
        fields["text"].name: "Brno 100% 10",
    }
    other = make_lead("No Values", owner=ann)
    rows = program.get(f"{LEADS}?{fields['number'].name}.empty=yes")["leads"]
    assert [row["id"] for row in rows] == [other.pk]
    assert rows[0]["custom_fields"] == {fields["text"].name: " 100% "}
    found = program.get(f"{LEADS}?sort=-{fields['number'].name}&{fields['yes'].name}=yes")["leads"]
    assert [row["id"] for row in found] == [lead.pk]


def test_api_v2_refuses_to_write_a_formula(program, lead, fields):
    for value in (7, None):
        data = {"custom_fields": {fields["number"].name: value, fields["budget"].name: 20}}
        problem = program.patch(f"{LEADS}/{lead.pk}", data, expect=422)
        assert named(problem) == [f"custom_fields.{fields['number'].name}"]
        assert problem["errors"][0]["detail"] == "This field is a formula and is read-only."
    assert LeadValues.objects.get(record=lead).values == {fields["budget"].name: "10"}
    program.patch(f"{LEADS}/{lead.pk}", {"custom_fields": {fields["budget"].name: 20}})
    assert program.get(f"{LEADS}/{lead.pk}")["custom_fields"][fields["number"].name] == 5


def test_api_v2_lists_a_formula_with_the_type_of_its_result(program, fields):
    rows = {row["key"]: row for row in program.get("/api/v2/lead-custom-fields")["lead_custom_fields"]}
    assert rows[fields["number"].name]["type"] == "formula"
    assert rows[fields["number"].name]["result"] == "number"
    assert rows[fields["number"].name]["decimals"] == 6
    assert rows[fields["budget"].name]["result"] == "number"


def test_connect_shows_the_values_as_texts_and_ignores_what_is_sent(connect, ann, lead, fields):
    program = connect(ann)
    shown = {row["label"]: row["value"] for row in program.get(f"/api/leads/{lead.pk}")["customfields"]}
    assert shown == {
        "Budget": "10.00",
        "Third": "2.5",
        "Day": "2026-05-31",
        "Big": "yes",
        "Words": "Brno 100% 10",
        "Nothing": "",
    }
    sent = {"custom_fields": {"leads": {str(fields["number"].definition.pk): "7"}}}
    program.put(f"/api/leads/{lead.pk}", {"name": "Eva Berg", **sent})
    assert LeadValues.objects.get(record=lead).values == {fields["budget"].name: "10"}


def test_a_formula_over_a_hidden_field_is_in_no_answer(umbra, connect, bob, ann, lead, fields):
    with operation("test", by=None):
        CustomField.objects.filter(pk=fields["budget"].definition.pk).update(roles=[ann.groups.get().pk])
        Lead.objects.filter(pk=lead.pk).update(owner=bob)
    program = umbra(bob)
    assert program.get(f"{LEADS}/{lead.pk}")["custom_fields"] == {}
    assert program.get(f"{LEADS}?{fields['number'].name}.above=1", expect=422)
    assert program.get(f"{LEADS}?sort={fields['number'].name}", expect=400)
    assert connect(bob).get(f"/api/leads/{lead.pk}")["customfields"] == []


def test_companies_have_formulas_in_api_v2(umbra, ada, make_company, make_field):
    seats = make_field("Seats", "number", of="company")
    double = make_field("Double", "formula", of="company", formula=f"{{{seats.name}}} * 2")
    company = make_company("Omnia")
    with operation("test", by=None):
        CompanyValues.objects.create(record=company, values={seats.name: "4"})
    program = umbra(ada)
    assert program.get(f"/api/v2/companies/{company.pk}")["custom_fields"] == {seats.name: 4, double.name: 8}
    assert Company.objects.count() == 1
