"""A program adds a record that already exists: the rules of duplicates say what happens, within the scope of its user."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.api.token_scopes import get_all_rights
from crm.records.history.verb_execution import operation
from customers.models import Company, Contact
from duplicates.models import DuplicateRules
from leads.models import Lead

LEADS = "/api/v2/leads"
EMAIL = "ana@omnia.example"
NEW = {"last_name": "Pop", "email": EMAIL, "city": "Sibiu"}
JOHN = {"first_name": "Ana", "last_name": "Pop", "email": EMAIL}


@pytest.fixture
def rules(db):
    """rules(own_api="skip") saves the rules of duplicates."""

    def save(**values) -> None:
        with operation("test", by=None):
            DuplicateRules.objects.update_or_create(pk=DuplicateRules.ROW, defaults=values)

    return save


@pytest.fixture
def known(make_lead, ann):
    return make_lead("Ana Albu", email=EMAIL, city="Cluj", owner=ann)


def test_as_delivered_programs_add_another_record(umbra, connect, ann, known, new_lead):
    umbra(ann).post(LEADS, NEW, expect=201)
    umbra(ann).post("/v1/crm/leads", JOHN)
    connect(ann).post("/api/leads", {**new_lead, "email": EMAIL})
    assert Lead.objects.count() == 4


def test_api_v2_rejects_a_duplicate_and_names_the_existing_record(umbra, ann, rules, known):
    rules(own_api="skip")
    answer = umbra(ann).post(LEADS, NEW, expect=409)
    assert (answer["code"], answer["duplicate_of"]) == ("duplicate", known.pk)
    assert answer["detail"] == "This lead already exists (same email). Nothing was added."
    assert Lead.objects.count() == 1


def test_crm_connect_rejects_a_duplicate_and_names_the_existing_record(connect, ann, rules, known, new_lead):
    rules(connect_api="skip")
    answer = connect(ann).post("/api/leads", {**new_lead, "email": EMAIL.upper()}, expect=409)
    assert answer["status"] is False
    assert answer["record_id"] == known.pk
    assert Lead.objects.count() == 1


def test_umbra_rejects_a_duplicate_and_names_the_existing_record(umbra, ann, rules, known):
    rules(umbra_api="skip")
    answer = umbra(ann).post("/v1/crm/leads", JOHN, expect=409)
    assert (answer["result"], answer["lead_id"]) == ("error", known.public_id)
    assert Lead.objects.count() == 1


def test_a_token_that_may_not_read_is_not_told_which_record_exists(umbra, ann, rules, known):
    rules(own_api="skip")
    answer = umbra(ann, rights=["leads.post"]).post(LEADS, NEW, expect=409)
    assert "duplicate_of" not in answer


def test_api_v2_updates_the_existing_record(umbra, ann, bob, rules, known, statuses):
    rules(own_api="update")
    sent = {**NEW, "company": "", "status": statuses.contacted.pk, "owner": bob.pk}
    program = umbra(ann)
    answer = program.post(LEADS, sent, expect=200)
    assert answer["id"] == known.pk
    assert program.last["Location"] == f"{LEADS}/{known.pk}"
    lead = Lead.objects.get()
    assert (lead.last_name, lead.city, lead.company) == ("Pop", "Sibiu", known.company)
    assert (lead.status_id, lead.owner_id) == (known.status_id, ann.pk)


def test_crm_connect_updates_the_existing_lead_but_not_its_status_source_or_owner(
    connect, ann, rules, known, new_lead, statuses
):
    rules(connect_api="update")
    sent = {**new_lead, "email": EMAIL, "city": "Sibiu", "company": "", "status": statuses.contacted.pk}
    answer = connect(ann).post("/api/leads", {**sent, "assigned": 0})
    assert answer["record_id"] == known.pk
    lead = Lead.objects.get()
    assert (lead.city, lead.company, lead.first_name) == ("Sibiu", known.company, "Lead")
    assert (lead.status_id, lead.source_id, lead.owner_id) == (known.status_id, known.source_id, ann.pk)


def test_umbra_updates_the_existing_lead_but_not_its_status(umbra, ann, rules, known):
    rules(umbra_api="update")
    answer = umbra(ann).post("/v1/crm/leads", {**JOHN, "status": "qualified", "phone": "+40722123456"})
    assert answer["lead_id"] == known.public_id
    lead = Lead.objects.get()
    assert (lead.phone, lead.status_id) == ("+40722123456", known.status_id)


@pytest.mark.parametrize("policy", ["skip", "update"])
def test_a_lead_out_of_scope_is_as_if_it_did_not_exist(umbra, ann, rules, make_lead, departments, policy):
    """The answer is the same, apart from the ID of the new record."""
    rules(own_api=policy)
    before = umbra(ann).post(LEADS, {**NEW, "email": "new@omnia.example"}, expect=201)
    make_lead("Hidden", email=EMAIL, department=departments.export)
    after = umbra(ann).post(LEADS, NEW, expect=201)
    assert before.keys() == after.keys()
    assert after["version"] == before["version"]


def test_a_lead_that_the_user_can_only_see_is_not_updated(umbra, ann, rules, make_lead, departments):
    rules(own_api="update")
    shared = make_lead("Shared", email=EMAIL, department=departments.export, shared=True)
    umbra(ann).post(LEADS, NEW, expect=201)
    shared.refresh_from_db()
    assert shared.last_name == "Shared"


def test_a_token_that_may_not_change_leads_updates_none(umbra, ann, rules, known):
    rules(own_api="update")
    rights = [right for right in get_all_rights() if right != "leads.put"]
    umbra(ann, rights=rights).post(LEADS, NEW, expect=201)
    assert Lead.objects.count() == 2


def test_closed_leads_and_records_in_trash_do_not_count(umbra, ann, rules, make_lead, statuses):
    rules(own_api="skip")
    make_lead("Ana Lost", email=EMAIL, owner=ann, status=statuses.lost)
    umbra(ann).post(LEADS, NEW, expect=201)
    umbra(ann).post(LEADS, NEW, expect=409)


def test_contacts_and_companies_of_api_v2_are_compared_with_their_like(
    umbra, ann, rules, known, make_contact, make_company
):
    rules(own_api="skip", known_from=80)
    contact = {"first_name": "Ana", "last_name": "Pop", "email": EMAIL}
    umbra(ann).post("/api/v2/contacts", contact, expect=201)
    umbra(ann).post("/api/v2/contacts", contact, expect=409)
    company = {"name": "Omnia", "domain": "omnia.example"}
    umbra(ann).post("/api/v2/companies", company, expect=201)
    answer = umbra(ann).post("/api/v2/companies", {**company, "name": "Other"}, expect=409)
    assert answer["duplicate_of"] == Company.objects.get().pk
    assert Contact.objects.count() == 1


def test_colleagues_who_share_a_phone_are_two_people(umbra, ann, rules, make_lead):
    rules(own_api="skip", known_from=90)
    make_lead("Dan Ban", email="dan@omnia.example", phone_normal="+40722123456", owner=ann)
    same = {"last_name": "Pop", "phone": "+40722123456"}
    umbra(ann).post(LEADS, {**same, "email": EMAIL}, expect=201)
    umbra(ann).post(LEADS, same, expect=409)


@pytest.mark.parametrize("email", ["\ud800", "\0", ["x"], {"a": 1}, 7])
def test_values_that_are_no_texts_are_answered_as_before(umbra, ann, rules, known, email):
    rules(own_api="skip")
    assert umbra(ann).post(LEADS, {"last_name": "Pop", "email": email}, expect=None)["status"] in (400, 422)


def test_a_call_that_is_repeated_with_its_key_gets_its_first_answer(umbra, ann, rules, known):
    rules(own_api="update")
    program = umbra(ann)
    first = program.post(LEADS, NEW, expect=200, **{"Idempotency-Key": "k"})
    assert program.post(LEADS, NEW, expect=200, **{"Idempotency-Key": "k"}) == first


def test_as_delivered_the_look_up_costs_no_query(umbra, ann, rules):
    program = umbra(ann)
    program.post(LEADS, NEW, expect=201)
    with CaptureQueriesContext(connection) as found:
        program.post(LEADS, {**NEW, "email": "b@omnia.example"}, expect=201)
    assert not any(
        "duplicates.similar_records" in query["sql"] or "email_key = ANY" in query["sql"] for query in found
    )
