"""Unique custom fields in API v2 and CRM Connect: refused at the field, and found by their value."""

import pytest

from crm.fields.custom.values.stored_values import write_values_of_new_records
from crm.records.history.verb_execution import operation
from leads.models import Lead, LeadValues
from tests.api.v2.test_lists_and_changes import LEADS

TAKEN = "Another record already has this value."


@pytest.fixture
def external(make_field):
    return make_field("External ID", is_unique=True)


@pytest.fixture
def holder(external, make_lead, ann):
    lead = make_lead("Ana Pop", owner=ann)
    with operation("test", by=None):
        write_values_of_new_records(Lead, [(lead.pk, {external.name: "AB 1"})])
    return lead


@pytest.fixture
def other(make_lead, ann):
    return make_lead("Bea Rus", owner=ann)


def told(problem: dict) -> dict[str, str]:
    """The sentences of a problem by parameter."""
    return {error["parameter"]: error["detail"] for error in problem["errors"]}


def test_v2_refuses_a_value_that_another_record_has_at_its_key(program, external, holder, other):
    sent = {"custom_fields": {external.name: "ab  1"}}
    problem = program.patch(f"{LEADS}/{other.pk}", sent, expect=422)
    assert told(problem) == {f"custom_fields.{external.name}": "Ana Pop already has this value."}
    problem = program.post(LEADS, {"last_name": "Dan", **sent}, expect=422)
    assert list(told(problem)) == [f"custom_fields.{external.name}"]
    program.patch(f"{LEADS}/{holder.pk}", sent)
    program.post(LEADS, {"last_name": "Dan", "custom_fields": {external.name: "AB 2"}}, expect=201)
    assert LeadValues.objects.count() == 2


def test_v2_never_names_a_record_that_the_user_of_the_token_cannot_see(
    program, external, make_lead, other, dan, departments
):
    hidden = make_lead("Secret Person", owner=dan, department=departments.export)
    with operation("test", by=None):
        write_values_of_new_records(Lead, [(hidden.pk, {external.name: "x1"})])
    problem = program.patch(f"{LEADS}/{other.pk}", {"custom_fields": {external.name: "x1"}}, expect=422)
    assert told(problem) == {f"custom_fields.{external.name}": TAKEN}
    assert program.get(f"{LEADS}?{external.name}.is=x1")["leads"] == []


def test_v2_finds_a_record_by_its_value(program, external, holder, other):
    for text in ("AB 1", "ab 1", "%C3%81b%20%201"):
        found = program.get(f"{LEADS}?{external.name}.is={text}")["leads"]
        assert [row["id"] for row in found] == [holder.pk]
    assert program.get(f"{LEADS}?{external.name}.is=AB")["leads"] == []


def test_v2_finds_a_record_by_a_number(program, make_field, holder):
    field = make_field("Customer number", "number", decimals=2, is_unique=True)
    program.patch(f"{LEADS}/{holder.pk}", {"custom_fields": {field.name: 7.5}})
    for text in ("7.5", "7.50"):
        found = program.get(f"{LEADS}?{field.name}.is={text}")["leads"]
        assert [row["id"] for row in found] == [holder.pk]


def test_a_bulk_change_over_v2_counts_the_records_that_cannot_have_the_same_value(
    program, external, holder, other
):
    sent = {"action": "set", "ids": [holder.pk, other.pk], "values": {"field": external.name, "value": "x9"}}
    result = program.post(f"{LEADS}/bulk", sent)
    assert (result["changed"], result["refused"]) == (0, {"value_once": 2})
    sent["values"]["value"] = "AB 1"
    result = program.post(f"{LEADS}/bulk", sent)
    assert (result["unchanged"], result["refused"]) == (1, {"value_taken": 1})


def test_connect_refuses_a_value_that_another_lead_has_in_its_own_shape(
    connect, ann, external, holder, other, new_lead
):
    program = connect(ann)
    sent = {"custom_fields": {"leads": {str(external.definition.pk): "ab 1"}}}
    name = f"custom_fields[leads][{external.definition.pk}]"
    problem = program.put(f"/api/leads/{other.pk}", sent, expect=422)
    assert name in str(problem)
    assert "Ana Pop already has this value." in str(problem)
    problem = program.post("/api/leads", {**new_lead, **sent}, expect=422)
    assert list(problem["errors"]) == [name]
    program.put(f"/api/leads/{holder.pk}", sent)
    assert LeadValues.objects.get().values == {external.name: "ab 1"}
