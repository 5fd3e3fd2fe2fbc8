"""API v2, single records: read with an ETag, added, changed if no one else has changed them, deleted."""

import pytest

from crm.models import Operation
from crm.records.history.verb_execution import operation
from customers.models import Company
from leads.models import Lead
from tests.api.v2.test_lists_and_changes import LEADS, named
from tests.leads.scores.scoring import make_score_rule

COMPANIES = "/api/v2/companies"


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Eva Berg", owner=ann, email="eva@example.com", company="Acme")


def test_a_lead_is_read_by_its_number_or_public_id_with_its_version_as_etag(program, lead):
    found = program.get(f"{LEADS}/{lead.pk}")
    assert (found["id"], found["last_name"], found["version"]) == (lead.pk, "Berg", lead.version)
    assert program.last["ETag"] == f'"{lead.version}"'
    assert program.get(f"{LEADS}/{lead.public_id}") == found
    assert program.get(LEADS)["leads"] == [found]


def test_one_id_format_works_in_every_dialect(connect, umbra, ann, lead):
    connect(ann).get(f"/api/leads/{lead.pk}")
    umbra(ann).get(f"/v1/crm/leads/{lead.pk}")
    umbra(ann).get(f"{LEADS}/{lead.pk}")


def test_a_new_lead_gets_the_defaults_of_the_form(program, ann, statuses, departments):
    answer = program.post(LEADS, {"last_name": "Novák", "value": 1500.5, "tags": []}, expect=201)
    made = Lead.objects.get(pk=answer["id"])
    assert (made.last_name, made.status, made.department) == ("Novák", statuses.new, departments.sales)
    assert (made.owner, made.created_by, str(made.value)) == (None, ann, "1500.50")
    assert program.last["Location"] == f"{LEADS}/{made.pk}"
    assert program.get(program.last["Location"])["version"] == answer["version"]
    assert Operation.objects.latest("pk").channel == "api"


def test_users_without_the_assign_permission_add_their_own_leads(umbra, bob, ann):
    pk = umbra(bob).post(LEADS, {"last_name": "Novák"}, expect=201)["id"]
    assert Lead.objects.get(pk=pk).owner == bob
    problem = umbra(bob).post(LEADS, {"last_name": "Novák", "owner": ann.pk}, expect=422)
    assert named(problem) == ["owner"]


def test_new_leads_go_to_the_tokens_department(umbra, ada, departments):
    program = umbra(ada, department=departments.export)
    pk = program.post(LEADS, {"last_name": "Novák"}, expect=201)["id"]
    assert Lead.objects.get(pk=pk).department == departments.export


def test_the_same_key_adds_one_lead(program):
    key = {"Idempotency-Key": "once"}
    first = program.post(LEADS, {"last_name": "Novák"}, expect=201, **key)
    assert program.post(LEADS, {"last_name": "Novák"}, expect=201, **key) == first
    assert Lead.objects.count() == 1


def test_only_the_fields_that_are_sent_change(program, lead):
    version = program.patch(f"{LEADS}/{lead.pk}", {"city": "Vienna", "country": "AT"})["version"]
    lead.refresh_from_db()
    assert (lead.city, lead.country.code, lead.company, lead.version) == ("Vienna", "AT", "Acme", version)
    assert set(Operation.objects.latest("pk").parameters["fields"]) == {"city", "country"}


def test_a_stored_value_that_is_not_sent_is_not_validated_again(program, lead):
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).update(email="not an address")
    program.patch(f"{LEADS}/{lead.pk}", {"city": "Vienna"})
    assert named(program.patch(f"{LEADS}/{lead.pk}", {"email": "nor this"}, expect=422)) == ["email"]


def test_a_change_based_on_an_older_version_is_rejected(program, lead):
    tag = f'"{lead.version}"'
    program.patch(f"{LEADS}/{lead.pk}", {"city": "Vienna"}, **{"If-Match": tag})
    for method in ("PATCH", "DELETE"):
        problem = program.call(
            method, f"{LEADS}/{lead.pk}", {"city": "Graz"}, expect=412, **{"If-Match": tag}
        )
        assert problem["code"] == "changed_since"
    now = program.last["ETag"]
    program.patch(f"{LEADS}/{lead.pk}", {"city": "Linz"}, expect=400, **{"If-Match": "7"})
    program.patch(f"{LEADS}/{lead.pk}", {"city": "Linz"}, **{"If-Match": f"W/{now}"})
    lead.refresh_from_db()
    assert lead.city == "Linz"


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ({"colour": "red"}, "colour"),
        ({"id": 7}, "id"),
        ({"version": 7}, "version"),
        ({"vip": "banana"}, "vip"),
        ({"city": ["Vienna"]}, "city"),
        ({"company": "Acme\nBerg"}, "company"),
        ({"status": "x"}, "status"),
        ({"tags": 1}, "tags"),
        ({"tags": [999_999]}, "tags"),
        ({"owner": 999_999}, "owner"),
        ({"next_action_on": "tomorrow"}, "next_action_on"),
        ({"value": "much"}, "value"),
        ({"lost_reason": 1}, "lost_reason"),
    ],
)
def test_an_invalid_field_value_is_rejected_by_name(program, lead, reasons, sent, name):
    if name == "lost_reason":
        sent = {"lost_reason": reasons.budget.pk}
    assert named(program.patch(f"{LEADS}/{lead.pk}", sent, expect=422)) == [name]
    assert named(program.post(LEADS, {"last_name": "Berg", **sent}, expect=422)) == [name]
    lead.refresh_from_db()
    assert (lead.version, Lead.objects.count()) == (1, 1)


def test_a_lead_can_enter_a_status_only_with_its_required_fields(program, lead, statuses, reasons):
    path, lost = f"{LEADS}/{lead.pk}", {"status": statuses.lost.pk}
    assert named(program.patch(path, lost, expect=422)) == ["lost_reason"]
    program.patch(path, lost | {"lost_reason": reasons.budget.pk})
    assert program.get(path)["lost_reason"] == reasons.budget.pk


def test_a_lead_must_keep_a_name(program, lead):
    nothing = dict.fromkeys(("first_name", "last_name", "company", "email"), "")
    problem = program.patch(f"{LEADS}/{lead.pk}", nothing, expect=422)
    assert "name, company" in problem["detail"] + str(problem["errors"])


def test_users_without_the_assign_permission_get_a_message(umbra, bob, ben, make_lead):
    lead = make_lead(owner=bob)
    problem = umbra(bob).patch(f"{LEADS}/{lead.pk}", {"owner": ben.pk}, expect=422)
    assert named(problem) == ["owner"]
    lead.refresh_from_db()
    assert lead.owner == bob


def test_a_department_that_the_owner_is_not_in_is_rejected(umbra, ada, lead, departments, ann):
    sent = {"owner": ann.pk, "department": departments.export.pk}
    assert named(umbra(ada).post(LEADS, sent | {"last_name": "Berg"}, expect=422)) == ["department"]


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_an_invisible_lead_is_not_found(program, make_lead, departments, method):
    foreign = make_lead("Foreign", department=departments.export)
    program.call(method, f"{LEADS}/{foreign.pk}", {"city": "Vienna"}, expect=404)


def test_a_deleted_lead_is_in_trash_and_not_found(program, lead):
    assert program.delete(f"{LEADS}/{lead.pk}") == {"deleted": True}
    program.get(f"{LEADS}/{lead.pk}", expect=404)
    assert Lead.objects.in_trash().get() == lead


def test_a_company_is_written_in_the_same_way(program, ann):
    pk = program.post(COMPANIES, {"name": "Acme", "owner": ann.pk}, expect=201)["id"]
    program.patch(f"{COMPANIES}/{pk}", {"domain": "acme.example"}, **{"If-Match": program.last["ETag"]})
    found = program.get(f"{COMPANIES}/{pk}")
    assert (found["name"], found["domain"], found["owner"]) == ("Acme", "acme.example", ann.pk)
    program.delete(f"{COMPANIES}/{pk}")
    assert Company.objects.in_trash().exists()
    assert named(program.post(COMPANIES, {}, expect=422)) == ["name"]


def test_by_when_a_new_lead_has_to_be_contacted_is_read_and_filtered_but_never_written(program, sources):
    with operation("test", by=None):
        type(sources.website).objects.filter(pk=sources.website.pk).update(contact_within=240)
    made = program.post(LEADS, {"last_name": "Novák", "source": sources.website.pk}, expect=201)
    lead = Lead.objects.get(pk=made["id"])
    assert lead.contact_due_at > lead.created_at
    found = program.get(f"{LEADS}/{lead.pk}")
    assert found["contact_due_at"] == lead.contact_due_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert [found["id"] for found in program.get(f"{LEADS}?first_contact=on_time")["leads"]] == [lead.pk]
    assert program.get(f"{LEADS}?first_contact=overdue")["leads"] == []
    problem = program.patch(f"{LEADS}/{lead.pk}", {"contact_due_at": "2026-01-01T00:00:00Z"}, expect=422)
    assert named(problem) == ["contact_due_at"]


def test_the_score_is_read_filtered_and_sorted_by_but_never_written(program):
    make_score_rule(10, "country=RO")
    made = program.post(LEADS, {"last_name": "Novák", "country": "RO"}, expect=201)
    cold = program.post(LEADS, {"last_name": "Berg", "country": "CZ"}, expect=201)
    assert (program.get(f"{LEADS}/{made['id']}")["score"], program.get(f"{LEADS}/{cold['id']}")["score"]) == (
        10,
        0,
    )
    assert [found["id"] for found in program.get(f"{LEADS}?score.between=1..20")["leads"]] == [made["id"]]
    found = program.get(f"{LEADS}?sort=-score")["leads"]
    assert [one["id"] for one in found] == [made["id"], cold["id"]]
    assert named(program.patch(f"{LEADS}/{made['id']}", {"score": 99}, expect=422)) == ["score"]
