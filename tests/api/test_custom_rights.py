"""Custom fields that programs may read and not write, and those of other departments: API v2 and CRM Connect."""

import pytest

from crm.records.kinds.kind_registry import KINDS
from tests.crm.records.custom_fields.any_record import redefine, values, write


def test_programs_get_a_clear_error_in_api_v2(closed, bob, umbra):
    kind, row, field = closed
    program = umbra(bob)
    path = f"/api/v2/{kind.urls}"
    body = {"custom_fields": {field.name: "B"}}
    name = {"last_name": "Dan"} if kind.name == "lead" else {"name": "Dan"}
    for problem in (
        program.patch(f"{path}/{row.pk}", body, expect=422),
        program.post(path, body | name, expect=422),
    ):
        (error,) = problem["errors"]
        assert error == {
            "parameter": f"custom_fields.{field.name}",
            "detail": "You may not change this field.",
        }
    program.patch(f"{path}/{row.pk}", {"phone": "0722 123 456"})
    assert values(row) == {field.name: "A"}
    (listed,) = program.get(f"/api/v2/{kind.name}-custom-fields")[f"{kind.name}_custom_fields"]
    assert listed["read_only"] is True


def test_programs_get_a_clear_error_in_crm_connect(ada, bob, make_lead, make_field, connect):
    field = make_field("Grade", editors=[ada.groups.get().pk], required=True)
    lead = make_lead(owner=bob)
    body = {"custom_fields": {"leads": {str(field.definition.pk): "B"}}}
    problem = connect(bob).put(f"/api/leads/{lead.pk}", body | {"city": "Cluj"}, expect=422)
    assert "You may not change this field." in str(problem)
    lead.refresh_from_db()
    assert (values(lead), lead.city) == ({}, "")


@pytest.fixture
def elsewhere(departments, bob, make_lead, make_company, make_field, request):
    """For leads and companies: the kind, a record of Bob's in Sales, and a field that only Export uses."""
    kind = KINDS[request.param]
    row = make_lead(owner=bob) if kind.name == "lead" else make_company(owner=bob)
    return (
        kind,
        row,
        make_field(
            "Route", of=kind.name, departments=[departments.export.pk], required=True, first_value="N"
        ),
    )


def held(program, path: str) -> dict:
    return program.get(path)["custom_fields"]


both = pytest.mark.parametrize("elsewhere", ["lead", "company"], indirect=True)


@both
def test_api_v2_does_not_write_a_field_of_another_department_and_says_so(elsewhere, bob, umbra):
    kind, row, field = elsewhere
    program, path = umbra(bob), f"/api/v2/{kind.urls}"
    name = {"last_name": "Dan"} if kind.name == "lead" else {"name": "Dan"}
    body = {"custom_fields": {field.name: "X"}}
    for problem in (
        program.patch(f"{path}/{row.pk}", body, expect=422),
        program.post(path, body | name, expect=422),
    ):
        (error,) = problem["errors"]
        assert error["parameter"] == f"custom_fields.{field.name}"
        assert error["detail"] == "The record’s department doesn’t use this field."
    assert values(row) == {}
    # Neither required nor a default.
    assert held(program, f"{path}/{program.post(path, name, expect=201)['id']}") == {}


@both
def test_api_v2_removes_a_value_from_another_department_and_keeps_it_otherwise(
    elsewhere, departments, ada, bob, umbra
):
    kind, row, field = elsewhere
    redefine(field, departments=[])
    write(kind, row, ada, **{field.name: "X"})
    redefine(field, departments=[departments.export.pk], required=False)
    program, path = umbra(bob), f"/api/v2/{kind.urls}/{row.pk}"
    program.patch(path, {"phone": "0722 123 456"})
    program.patch(path, {"custom_fields": {field.name: "Y"}}, expect=422)
    assert held(program, path) == {field.name: "X"}
    program.patch(path, {"custom_fields": {field.name: None}})
    assert held(program, path) == {}


def test_crm_connect_does_not_write_a_field_of_another_department_and_says_so(
    departments, bob, make_lead, make_field, connect, new_lead
):
    field = make_field("Route", departments=[departments.export.pk], required=True)
    lead = make_lead(owner=bob)
    body = {"custom_fields": {"leads": {str(field.definition.pk): "X"}}}
    for problem in (
        connect(bob).put(f"/api/leads/{lead.pk}", body, expect=422),
        connect(bob).post("/api/leads", new_lead | {"assigned": bob.pk} | body, expect=422),
    ):
        assert "The lead's department doesn't use this field." in str(problem)
    connect(bob).post("/api/leads", new_lead | {"assigned": bob.pk})
    assert values(lead) == {}


def test_a_program_writes_a_field_that_its_condition_hides_and_is_only_asked_for_it_when_shown(
    statuses, ann, make_lead, make_field, program, connect, new_lead
):
    lost = {"field": "status", "values": [str(statuses.contacted.pk)]}
    field = make_field("Detail", shown_if=lost, required=True)
    lead = make_lead(owner=ann)
    body = {"custom_fields": {field.name: "X"}}
    program.patch(f"/api/v2/leads/{lead.pk}", body)
    assert values(lead) == {field.name: "X"}
    program.post("/api/v2/leads", {"last_name": "Dan"}, expect=201)
    asked = {"last_name": "Dan", "status": statuses.contacted.pk}
    problem = program.post("/api/v2/leads", asked, expect=422)
    assert problem["errors"][0]["parameter"] == f"custom_fields.{field.name}"
    program.post("/api/v2/leads", asked | body, expect=201)
    # The same in the other dialect.
    connect(ann).post("/api/leads", new_lead)
    problem = connect(ann).post("/api/leads", new_lead | {"status": statuses.contacted.pk}, expect=422)
    assert "The Detail field is required." in str(problem)
    sent = {"custom_fields": {"leads": {str(field.definition.pk): "X"}}}
    connect(ann).post("/api/leads", new_lead | sent)
