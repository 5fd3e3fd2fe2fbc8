"""Assignment rules for leads that programs add: in every dialect, unless the program names an owner."""

import pytest

from crm.records.history.verb_execution import operation
from leads.models import AssignmentRun, Lead
from tests.api.conftest import Program, make_token
from tests.leads.assignment.assigning import make_rule, rule_of

pytestmark = pytest.mark.django_db

UMBRA = {"first_name": "John", "last_name": "Doe", "email": "john@example.com"}


@pytest.fixture(autouse=True)
def rule(bob):
    return make_rule("Programs", ways=["api"], user=bob)


@pytest.fixture
def v2(ann):
    return Program(make_token(ann), "Authorization", "Bearer ")


def test_umbra_leads_without_an_owner_are_assigned_by_rule(umbra, ann, bob):
    umbra(ann).post("/v1/crm/leads", UMBRA)
    lead = Lead.objects.get()
    assert (lead.owner, rule_of(lead)) == (bob, "Programs")


def test_connect_leads_assigned_to_no_one_are_assigned_by_rule(connect, ann, bob, new_lead):
    connect(ann).post("/api/leads", {**new_lead, "assigned": 0})
    assert Lead.objects.get().owner == bob


def test_v2_leads_without_an_owner_are_assigned_by_rule_and_the_answer_has_their_version(v2, bob):
    answer = v2.post("/api/v2/leads", {"last_name": "Doe"}, expect=201)
    lead = Lead.objects.get()
    assert (lead.owner, lead.version) == (bob, answer["version"])


def test_a_program_that_sends_an_owner_is_obeyed(umbra, connect, v2, ann, new_lead):
    connect(ann).post("/api/leads", new_lead)
    v2.post("/api/v2/leads", {"last_name": "Doe", "owner": None}, expect=201)
    assert [lead.owner for lead in Lead.objects.order_by("pk")] == [ann, None]
    assert not AssignmentRun.objects.exists()


def test_of_a_batch_only_the_leads_without_a_sent_owner_are_assigned_by_rule(v2, ann, bob):
    records = [{"last_name": "A"}, {"last_name": "B", "owner": None}, {"last_name": "C", "owner": ann.pk}]
    answer = v2.post("/api/v2/leads/batch", {"records": records})
    assert [lead.owner for lead in Lead.objects.order_by("pk")] == [bob, None, ann]
    assert len(answer["operations"]) == 1


def test_rules_also_assign_leads_of_users_who_may_not_assign(umbra, bob, ben, rule):
    with operation("test", by=None):
        type(rule).objects.update(user=ben)
    umbra(bob).post("/v1/crm/leads", UMBRA)
    assert Lead.objects.get().owner == ben
