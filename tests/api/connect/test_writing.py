"""CRM Connect: create, update, and delete in all encodings; required fields, stored fields, and their effects."""

from urllib.parse import urlencode

import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone
from django_countries import countries

from crm.models import Notification, Operation, Tag
from leads.api.connect.country_ids import CODE_OF_ID, ID_OF_CODE
from leads.models import Lead

FORM = "application/x-www-form-urlencoded"
ENCODINGS = {
    "json": (lambda data: data, "application/json"),
    "form": (urlencode, FORM),
    "multipart": (lambda data: encode_multipart(BOUNDARY, data), MULTIPART_CONTENT),
}
REQUIRED = {
    "name": "The Lead Name field is required.",
    "source": "The Source field is required.",
    "status": "The Status field is required.",
    "assigned": "The Assigned field is required.",
}


@pytest.fixture
def program(connect, ann):
    return connect(ann)


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Jan Maria Novák", owner=ann)


@pytest.fixture(params=ENCODINGS)
def encoded(request):
    make, kind = ENCODINGS[request.param]
    return lambda data: {"data": make(data), "kind": kind}


def invalid(errors: dict) -> dict:
    message = "The given data was invalid."
    return {"status": False, "error": "validation_failed", "message": message, "errors": errors}


def test_a_lead_is_created_from_any_encoding(program, new_lead, encoded):
    sent = {**new_lead, "email": " new@example.com ", "phonenumber": "0722 123 456", "lead_value": "12.50"}
    answer = program.post("/api/leads", **encoded(sent))
    lead = Lead.objects.get()
    assert answer == {"status": True, "message": "Lead add successful.", "record_id": lead.pk}
    assert (lead.first_name, lead.last_name, lead.email, str(lead.value)) == (
        "Lead",
        "name",
        "new@example.com",
        "12.50",
    )
    assert lead.phone_normal == "+40722123456"


def test_a_lead_is_changed_from_any_encoding(program, lead, encoded, statuses):
    answer = program.put(
        f"/api/leads/{lead.pk}", **encoded({"status": statuses.qualified.pk, "city": "Cluj"})
    )
    assert answer == {"status": True, "message": "Lead Update Successful."}
    lead.refresh_from_db()
    assert (lead.status, lead.city, lead.first_name) == (statuses.qualified, "Cluj", "Jan Maria")


@pytest.mark.parametrize("data", [None, {}, b"", {"company": "Acme"}])
def test_missing_fields_are_named_one_by_one(program, data):
    assert program.post("/api/leads", data, expect=422) == invalid(REQUIRED)
    assert not Lead.objects.exists()


def test_every_optional_field_is_stored(program, new_lead, make_tag):
    make_tag("hot")
    sent = {
        "tags": "Hot, hot ,,",
        "title": "Head",
        "website": "example.com",
        "company": "Acme",
        "address": "1a Suite\r\nSilk Point",
        "city": "London",
        "zip": "WC1",
        "state": "London",
        "country": 235,
        "default_language": "english",
        "description": "Two\nlines",
        "custom_contact_date": "2026-03-05 10:11:12",
        "is_public": "on",
        "lead_value": 7,
        "client_id": 0,
        "contact": "x",
        "custom_fields": {"leads": {"1": "x"}},
        "unknown": "x",
    }
    pk = program.post("/api/leads", {**new_lead, **sent})["record_id"]
    shown = program.get(f"/api/leads/{pk}")
    expected = {
        name: str(sent[name])
        for name in ("title", "website", "company", "city", "zip", "state", "description")
    }
    expected |= {
        "address": "1a Suite, Silk Point",
        "country": "235",
        "default_language": "english",
        "is_public": "1",
    }
    expected |= {"lastcontact": "2026-03-05 10:11:12", "lead_value": "7.00", "client_id": "0"}
    assert {name: shown[name] for name in expected} == expected
    assert [Tag.objects.get(pk=pk).name for pk in Lead.objects.get().tags] == ["hot"]


def test_an_unknown_tag_is_added_if_the_user_can_add_tags(connect, program, ada, new_lead, lead):
    pk = connect(ada).post("/api/leads", {**new_lead, "tags": "one, two"})["record_id"]
    assert {Tag.objects.get(pk=tag).name for tag in Lead.objects.get(pk=pk).tags} == {"one", "two"}
    answer = program.put(f"/api/leads/{lead.pk}", {"tags": "three"}, expect=422)
    assert list(answer["errors"]) == ["tags"]
    program.put(f"/api/leads/{lead.pk}", {"tags": "ONE"})
    assert len(Lead.objects.get(pk=lead.pk).tags) == 1
    program.put(f"/api/leads/{lead.pk}", {"tags": ""})
    assert Lead.objects.get(pk=lead.pk).tags == []


def test_contacted_today_overrides_the_date_and_an_empty_date_is_none(program, new_lead):
    sent = {**new_lead, "custom_contact_date": "2020-01-01", "contacted_today": "on"}
    pk = program.post("/api/leads", sent)["record_id"]
    assert Lead.objects.get(pk=pk).last_contacted_at.date() == timezone.now().date()
    pk = program.post("/api/leads", {**new_lead, "custom_contact_date": ""})["record_id"]
    assert Lead.objects.get(pk=pk).last_contacted_at is None


@pytest.mark.parametrize("text", ["25/07/2019 08:38:04", "2019-07-25 08:38:04", "2019-07-25T08:38:04+03:00"])
def test_the_last_contact_is_read_in_both_formats(program, lead, text):
    program.put(f"/api/leads/{lead.pk}", {"lastcontact": text})
    assert program.get(f"/api/leads/{lead.pk}")["lastcontact"] == "2019-07-25 08:38:04"
    program.put(f"/api/leads/{lead.pk}", {"lastcontact": ""})
    assert program.get(f"/api/leads/{lead.pk}")["lastcontact"] is None


@pytest.mark.parametrize("country", ["181", 181, "ro", "ROU", "Romania", "0181"])
def test_a_country_can_be_an_id_a_code_or_a_name(program, lead, country):
    program.put(f"/api/leads/{lead.pk}", {"country": country})
    assert program.get(f"/api/leads/{lead.pk}")["country"] == "181"
    program.put(f"/api/leads/{lead.pk}", {"country": ""})
    assert program.get(f"/api/leads/{lead.pk}")["country"] == "0"


@pytest.mark.parametrize(("number", "code"), [(1, "AF"), (2, "AX"), (83, "DE"), (243, "VN"), (250, "ZW")])
def test_country_ids_are_those_of_the_original(program, lead, number, code):
    program.put(f"/api/leads/{lead.pk}", {"country": str(number)})
    assert Lead.objects.get(pk=lead.pk).country == code
    assert program.get(f"/api/leads/{lead.pk}")["country"] == str(number)


def test_every_country_in_leadwell_has_a_separate_id():
    assert len(CODE_OF_ID) == len(ID_OF_CODE) == 250
    assert set(dict(countries)) <= set(ID_OF_CODE)


@pytest.mark.parametrize("country", ["251", "642", "99999999999", "-1", "Atlantis"])
def test_an_unknown_country_is_rejected_with_the_allowed_values(program, lead, country):
    answer = program.put(f"/api/leads/{lead.pk}", {"country": country}, expect=422)
    words = "Unknown country. Send an id from 1 to 250, an ISO code, or an English name."
    assert answer == invalid({"country": words})


def test_a_country_missing_in_leadwell_is_rejected_and_nothing_is_stored(program, lead):
    answer = program.put(f"/api/leads/{lead.pk}", {"country": "117", "city": "Pristina"}, expect=422)
    assert answer == invalid({"country": "Leadwell can't store this country. Send another one, or 0."})
    assert Lead.objects.get(pk=lead.pk).city == lead.city


def test_names_can_have_600_characters(program, lead):
    long = "x" * 600
    program.put(f"/api/leads/{lead.pk}", {"name": f" {long} "})
    assert program.get(f"/api/leads/{lead.pk}")["name"] == long
    answer = program.put(f"/api/leads/{lead.pk}", {"name": long + "x"}, expect=422)
    assert answer == invalid({"name": "The Lead Name field cannot exceed 600 characters in length."})


@pytest.mark.parametrize("data", [None, {}, b""])
def test_an_empty_change_is_not_acceptable(program, lead, data):
    answer = program.put(f"/api/leads/{lead.pk}", data, expect=406)
    assert answer == {"status": False, "message": "Data Not Acceptable OR Not Provided"}


def test_a_change_without_an_effect_succeeds_and_creates_no_operation(program, lead):
    before = Operation.objects.count()
    shown = program.get(f"/api/leads/{lead.pk}")
    program.put(
        f"/api/leads/{lead.pk}",
        {name: shown[name] for name in ("name", "status", "source", "assigned", "lost")},
    )
    program.put(f"/api/leads/{lead.pk}", {"unknown": "x"})
    assert Operation.objects.count() == before


def test_everything_a_lead_shows_can_be_written_back(program, make_lead, ann, reasons):
    for values in ({}, {"status": "lost", "lost_reason": reasons.budget}, {"country": "GB", "value": "3"}):
        lead = make_lead("Jan Novák", owner=ann, **values)
        shown = program.get(f"/api/leads/{lead.pk}")
        program.put(f"/api/leads/{lead.pk}", shown)
        assert program.get(f"/api/leads/{lead.pk}") == shown
        lead.refresh_from_db()
        assert lead.lost_reason == values.get("lost_reason")


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_an_unknown_or_invisible_lead_cannot_be_changed(program, make_lead, departments, method):
    foreign = make_lead("Foreign", department=departments.export)
    message = {"PUT": "Lead Update Fail.", "DELETE": "Lead Delete Fail."}[method]
    for pk in (foreign.pk, 999_999, 0, 10**40):
        assert program.call(method, f"/api/leads/{pk}", {"name": "x"}, expect=404)["message"] == message
    assert program.call(method, "/api/leads/x", {"name": "x"}, expect=404)["message"] == "Invalid Lead ID"
    foreign.refresh_from_db()
    assert (foreign.version, foreign.deleted_at) == (1, None)


@pytest.mark.parametrize("path", ["/api/delete/leads/{}", "/api/leads/{}", "/api/leads/{}/"])
def test_both_ways_to_delete_move_the_lead_to_trash(program, lead, path):
    answer = program.delete(path.format(lead.pk))
    assert answer == {"status": True, "message": "Lead Delete Successful."}
    assert Lead.objects.in_trash().get() == lead
    assert program.delete(path.format(lead.pk), expect=404)["message"] == "Lead Delete Fail."


def test_a_shared_lead_can_be_read_but_not_changed(connect, bob, ann, make_lead):
    lead = make_lead(owner=ann, shared=True)
    connect(bob).get(f"/api/leads/{lead.pk}")
    connect(bob).put(f"/api/leads/{lead.pk}", {"city": "x"}, expect=403)


def test_the_new_owner_is_notified_and_must_be_assignable(program, new_lead, bob, carla):
    program.post("/api/leads", {**new_lead, "assigned": bob.pk})
    assert Notification.objects.get().user == bob
    for stranger in (carla.pk, 999_999):
        answer = program.post("/api/leads", {**new_lead, "assigned": stranger}, expect=422)
        assert list(answer["errors"]) == ["assigned"]


def test_a_lead_assigned_to_0_is_unassigned(program, new_lead, lead):
    pk = program.post("/api/leads", {**new_lead, "assigned": "0"})["record_id"]
    assert Lead.objects.get(pk=pk).owner is None
    program.put(f"/api/leads/{lead.pk}", {"assigned": ""})
    assert Lead.objects.get(pk=lead.pk).owner is None


def test_users_without_the_assign_permission_create_only_their_own_leads(
    connect, bob, ann, new_lead, make_lead
):
    program = connect(bob)
    program.post("/api/leads", {**new_lead, "assigned": bob.pk})
    program.post("/api/leads", {**new_lead, "assigned": ann.pk}, expect=422)
    mine = make_lead(owner=bob)
    program.put(f"/api/leads/{mine.pk}", {"assigned": bob.pk, "city": "Cluj"})
    program.put(f"/api/leads/{mine.pk}", {"assigned": ann.pk}, expect=422)


def test_a_lead_moves_to_the_department_of_its_new_owner(connect, sofia, new_lead, dan, departments):
    pk = connect(sofia).post("/api/leads", {**new_lead, "assigned": dan.pk})["record_id"]
    assert Lead.objects.get(pk=pk).department == departments.export


def test_new_leads_go_to_the_tokens_department(connect, ada, new_lead, departments):
    program = connect(ada, department=departments.export)
    pk = program.post("/api/leads", {**new_lead, "assigned": "0"})["record_id"]
    assert Lead.objects.get(pk=pk).department == departments.export
