"""What a program gets counts and names only records that its user sees."""

import json
from contextlib import suppress

import pytest

from crm.api.problems import ApiProblem
from crm.api.v2.record_writing import change_record, delete_record
from crm.api.webhooks.webhook_delivery import deliver, queue_deliveries_of_operation
from crm.models import Operation, WebhookDelivery
from crm.records.custom_fields.deletion import delete_custom_field as delete_field
from crm.records.history.verb_execution import carry_out
from leads.api.lead_writing import change_lead, move_lead_to_trash
from leads.api.umbra.lead_rows import build_public_user_id
from leads.kind import LEAD
from leads.models import Lead
from leads.verbs import ChangeDepartment, Edit, SetVip
from tests.api.test_umbra import LEADS
from tests.api.webhooks.listening import HOOKS

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("query", ["", "?status=new", "?offset=5000", "?limit=1"])
def test_the_total_of_umbra_counts_only_leads_that_the_user_of_the_token_sees(
    umbra, make_lead, departments, bob, ben, ann, query
):
    make_lead("Ana Own", owner=bob)
    make_lead("Ana Free")
    make_lead("Ana Shared", department=departments.export, shared=True)
    make_lead("Ana Colleague", owner=ben)
    make_lead("Ana Foreign", department=departments.export)
    assert umbra(bob).get(f"{LEADS}{query}")["total_count"] == 3
    assert umbra(ann).get(f"{LEADS}{query}")["total_count"] == 4


def test_the_total_of_umbra_does_not_count_the_leads_of_an_owner_that_the_user_does_not_see(
    umbra, make_lead, departments, bob, carla
):
    make_lead("Ana Foreign", owner=carla, department=departments.export)
    make_lead("Ana Shared", owner=carla, department=departments.export, shared=True)
    address = f"{LEADS}?assigned_to={build_public_user_id(carla.pk)}"
    assert umbra(bob).get(address)["total_count"] == 1
    assert umbra(carla).get(address)["total_count"] == 2


def test_the_far_pages_of_umbra_show_only_leads_that_the_user_of_the_token_sees(
    umbra, make_lead, departments, bob, monkeypatch
):
    monkeypatch.setattr("leads.api.umbra.umbra_leads.NEAR", 0)
    seen = make_lead("Ana Own", owner=bob)
    make_lead("Ana Foreign", department=departments.export)
    assert [lead["id"] for lead in umbra(bob).get(LEADS)["leads"]] == [seen.public_id]


@pytest.mark.parametrize("listed", [True, False])
def test_a_webhook_gets_only_ids_of_records_that_its_user_sees(
    umbra, listener, make_lead, departments, ann, ada, listed
):
    umbra(ann).post(HOOKS, {"url": listener.url}, expect=201)
    seen = make_lead("Ana Seen")
    foreign = make_lead("Ana Foreign", department=departments.export)
    both = Lead.objects.filter(pk__in=[seen.pk, foreign.pk])
    record = carry_out(SetVip(True), both, by=ann if listed else ada).operation
    queue_deliveries_of_operation(record.pk)
    deliver(WebhookDelivery.objects.get().pk)
    sent = json.loads(listener.heard[0][1])
    assert (sent["leads"], sent["more"]) == ([seen.pk], False)


def test_a_webhook_names_a_changed_custom_field_only_to_users_who_see_it_and_sends_no_value(
    umbra, listener, make_lead, make_field, ann, ada
):
    course = make_field("Course")
    secret = make_field("Budget", roles=[ada.groups.get().pk])
    lead = make_lead("Ana Seen")
    umbra(ann).post(HOOKS, {"url": listener.url}, expect=201)
    umbra(ada).post(HOOKS, {"url": listener.url}, expect=201)
    changes = {course.name: "Maths", secret.name: "Enormous"}
    record = carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=ada).operation
    queue_deliveries_of_operation(record.pk)
    sent = {}
    for delivery in WebhookDelivery.objects.order_by("webhook"):
        deliver(delivery.pk)
        sent[delivery.webhook.user.name] = json.loads(listener.heard[-1][1])
    words = {name: body["operation"]["words"] for name, body in sent.items()}
    assert words == {"Ann": "Edit Course", "Ada": "Edit Course, Budget"}
    assert [body["leads"] for body in sent.values()] == [[lead.pk], [lead.pk]]
    assert "Enormous" not in str(listener.heard)


def test_the_deletion_of_a_custom_field_is_not_named_to_users_who_did_not_see_it(
    umbra, make_lead, make_field, ann, ada
):
    secret = make_field("Budget", roles=[ada.groups.get().pk])
    lead = make_lead("Ana Seen")
    carry_out(Edit({secret.name: "Enormous"}), Lead.objects.filter(pk=lead.pk), by=ada)
    record = delete_field(secret.definition, by=ada)
    Operation.objects.filter(pk=record.pk).update(by=ann)
    assert umbra(ann).get(f"/api/v2/operations/{record.pk}")["words"] == "Delete a custom field"
    assert umbra(ada).get(f"/api/v2/operations/{record.pk}")["words"] == "Delete custom field Budget"


@pytest.mark.parametrize(
    "act",
    [
        lambda lead, user: change_lead(lead, {"city": "Cluj"}, user, {}, ""),
        lambda lead, user: move_lead_to_trash(lead, user, ""),
        lambda lead, user: change_record(LEAD, lead, {"city": "Cluj"}, user),
        lambda lead, user: delete_record(LEAD, lead, user),
    ],
    ids=["change in a dialect", "delete in a dialect", "change in API v2", "delete in API v2"],
)
def test_a_lead_that_leaves_the_scope_during_a_call_stays_as_it_is(ann, ada, departments, make_lead, act):
    lead = make_lead()
    carry_out(ChangeDepartment(departments.export), Lead.objects.changeable_by(ada), by=ada)
    with suppress(ApiProblem):
        act(lead, ann)
    lead.refresh_from_db()
    assert (lead.city, lead.deleted_at) == ("", None)
