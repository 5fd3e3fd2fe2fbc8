"""client_id in CRM Connect: a lead is converted into the company that a program names."""

import pytest

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from customers.conversion.conversion_verb import Convert
from customers.models import Contact, ConversionRules
from leads.models import Lead
from tests.api.conftest import Program, make_token


@pytest.fixture
def program(ann):
    return Program(make_token(ann), "authtoken")


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Ana Albu", owner=bob, email="ana@elsewhere.example")


def test_a_lead_is_converted_into_the_company_that_a_program_names(lead, omnia, ann, program):
    before = Lead.objects.values().get()
    assert program.get(f"/api/leads/{lead.pk}")["client_id"] == "0"
    program.put(f"/api/leads/{lead.pk}", {"client_id": str(omnia.pk), "title": "Buyer"})
    shown = program.get(f"/api/leads/{lead.pk}")
    assert (shown["client_id"], shown["title"]) == (str(omnia.pk), "Buyer")
    assert shown["date_converted"]
    lead.refresh_from_db()
    assert (lead.client, lead.client_contact.company, lead.status.kind) == (omnia, omnia, "won")
    assert lead.client_contact.title == "Buyer"
    revert_operation(Operation.objects.get(kind="convert"), by=ann)
    assert Lead.objects.get().client is None
    assert Lead.objects.get().status_id == before["status_id"]


def test_a_new_lead_is_converted_at_once(omnia, ann, statuses, sources, program):
    sent = {"name": "Dan Dinu", "source": sources.website.pk, "status": statuses.new.pk, "assigned": ann.pk}
    pk = program.post("/api/leads", {**sent, "client_id": omnia.pk})["record_id"]
    lead = Lead.objects.get(pk=pk)
    assert (lead.client, lead.client_contact.last_name, lead.status.kind) == (omnia, "Dinu", "won")


@pytest.mark.parametrize("automatic", [False, True])
def test_a_won_status_and_a_client_in_one_call_are_one_conversion_into_this_client(
    automatic, lead, omnia, statuses, program
):
    with operation("test", by=None):
        ConversionRules(pk=1, automatic=automatic).save()
    program.put(f"/api/leads/{lead.pk}", {"client_id": omnia.pk, "status": statuses.won.pk})
    lead.refresh_from_db()
    assert (lead.client, lead.status) == (omnia, statuses.won)


@pytest.mark.parametrize("empty", ["", "0", 0, None])
def test_an_empty_client_changes_nothing(empty, lead, omnia, ann, program):
    program.put(f"/api/leads/{lead.pk}", {"client_id": empty, "title": "Buyer"})
    lead.refresh_from_db()
    assert (lead.client, lead.title) == (None, "Buyer")
    carry_out(Convert(), Lead.objects.all(), by=ann)
    program.put(f"/api/leads/{lead.pk}", {"client_id": empty})
    assert Lead.objects.get().client_contact


def test_a_program_may_send_back_the_client_that_it_has_read(lead, omnia, program):
    program.put(f"/api/leads/{lead.pk}", {"client_id": omnia.pk})
    before = Operation.objects.count()
    program.put(f"/api/leads/{lead.pk}", {"client_id": str(omnia.pk)})
    assert Operation.objects.count() == before


def error_of(program, lead, client, expect=422):
    before = Lead.objects.values().get()
    sent = {"client_id": client, "title": "Buyer"}
    problem = program.put(f"/api/leads/{lead.pk}", sent, expect=expect)
    assert Lead.objects.values().get() == before
    return problem["errors"]["client_id"] if expect == 422 else problem["message"]


@pytest.mark.parametrize("client", ["x", 999_999, -1, "1.5", 2**70])
def test_an_unknown_client_is_an_error_and_nothing_changes(client, lead, program):
    assert error_of(program, lead, client) == "There is no client with this id."


def test_a_company_that_the_user_does_not_see_is_unknown(lead, carla, departments, make_company, bob):
    hidden = make_company("Hidden", owner=carla, department=departments.export)
    program = Program(make_token(bob), "authtoken")
    assert error_of(program, lead, hidden.pk) == "There is no client with this id."


def test_several_matching_contacts_are_an_error_and_nothing_changes(lead, omnia, make_contact, program):
    for name in ("Ana Albu", "Ana Albu"):
        make_contact(name, email="ana@elsewhere.example", company=omnia)
    assert "Several contacts match." in error_of(program, lead, omnia.pk)


def test_a_lead_with_another_client_keeps_it(lead, omnia, make_company, ann, program):
    program.put(f"/api/leads/{lead.pk}", {"client_id": omnia.pk})
    other = make_company("Vega", owner=ann)
    program.put(f"/api/leads/{lead.pk}", {"client_id": other.pk}, expect=422)
    assert Lead.objects.get().client == omnia


def test_without_the_permission_to_convert_the_answer_is_403(lead, omnia, someone_with):
    rights = ("view_lead", "change_lead", "view_company", "see_all", "use_api")
    program = Program(make_token(someone_with(*rights)), "authtoken")
    error_of(program, lead, omnia.pk, expect=403)
    assert not Contact.objects.exists()


def test_a_new_lead_with_an_unknown_client_is_not_added(statuses, sources, ann, program):
    sent = {"name": "Dan Dinu", "source": sources.website.pk, "status": statuses.new.pk, "assigned": ann.pk}
    program.post("/api/leads", {**sent, "client_id": 999_999}, expect=422)
    assert not Lead.objects.exists()
