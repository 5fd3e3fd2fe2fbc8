"""Built-in fields that an administrator renamed or requires, as programs see them."""

import pytest

from crm.models import BuiltInField
from crm.records.history.verb_execution import operation
from leads.models import Lead
from tests.api.v2.test_lists_and_changes import LEADS, named


@pytest.fixture
def town(db):
    with operation("test", by=None):
        return BuiltInField.objects.create(
            table_of="lead", name="city", label="Town", label_ro="Orașul", required=True
        )


@pytest.fixture
def crm_connect(connect, ann):
    return connect(ann)


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Eva Berg", owner=ann)


def test_api_v2_keeps_its_names_and_asks_for_a_required_field(program, lead, town):
    problem = program.post(LEADS, {"last_name": "Dan"}, expect=422)
    assert named(problem) == ["city"]
    made = program.post(LEADS, {"last_name": "Dan", "city": "Cluj"}, expect=201)
    problem = program.patch(f"{LEADS}/{made['id']}", {"city": ""}, expect=422)
    assert named(problem) == ["city"]
    # A lead without the value stays as it is.
    program.patch(f"{LEADS}/{lead.pk}", {"city": "", "zip": "400"})
    assert program.get(f"{LEADS}/{lead.pk}")["city"] == ""


def test_api_v2_clears_no_required_field_of_many_leads(program, lead, town):
    made = program.post(LEADS, {"last_name": "Dan", "city": "Cluj"}, expect=201)
    problem = program.post(
        f"{LEADS}/bulk",
        {"action": "set", "ids": [made["id"]], "values": {"field": "city", "value": ""}},
        expect=422,
    )
    assert Lead.objects.get(pk=made["id"]).city == "Cluj"
    assert problem


def test_crm_connect_asks_for_a_required_field_by_its_own_name(crm_connect, lead, new_lead, town):
    answer = crm_connect.post("/api/leads", {**new_lead, "city": ""}, expect=422)
    assert answer["errors"] == {"city": "The Town field is required."}
    pk = crm_connect.post("/api/leads", {**new_lead, "city": "Cluj"})["record_id"]
    answer = crm_connect.put(f"/api/leads/{pk}", {"city": ""}, expect=422)
    assert answer["errors"] == {"city": "Town is required."}
    # A lead without the value stays as it is.
    crm_connect.put(f"/api/leads/{lead.pk}", {"city": "", "zip": "400"})


def test_umbra_programs_cannot_send_a_city_so_it_is_not_asked_of_them(umbra, ann, town):
    new = {"first_name": "John", "last_name": "Doe", "email": "john@example.com"}
    assert umbra(ann).post("/v1/crm/leads", new)["lead_id"]


def test_umbra_asks_for_a_required_field_that_it_knows(umbra, ann):
    with operation("test", by=None):
        BuiltInField.objects.create(table_of="lead", name="company", required=True)
    new = {"first_name": "John", "last_name": "Doe", "email": "john@example.com"}
    answer = umbra(ann).post("/v1/crm/leads", new, expect=422)
    assert answer["errors"] == {"company": ["The Company field is required."]}
