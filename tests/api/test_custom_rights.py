"""Custom fields that programs may read and not write, and those of other departments: API v2 and CRM Connect."""

from tests.leads.test_custom_read_only import closed, values  # noqa: F401 - a fixture


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
