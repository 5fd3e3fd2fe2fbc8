"""Pipelines say whether they are for leads or for deals: neither gets a status of the other, whatever the way in."""

import pytest

from crm.models import Import, Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from leads import initial_data, verbs
from leads.models import Lead, Pipeline, Status
from leads.settings.forms.pipelines import build_initial_statuses
from leads.settings.pipeline_retirement import get_retirement_obstacle
from leads.statuses import reference_tables, status_contract
from tests.api.conftest import Program, make_token
from tests.crm.transfer.imports.importing import choose, upload

LIST = "/admin/leads"
STATUSES, PIPELINES = f"{LIST}/statuses", f"{LIST}/pipelines"


@pytest.fixture
def deals(statuses):
    return statuses.qualification.pipeline


@pytest.fixture
def renewals_of_deals(db):
    with operation("test", by=None):
        pipeline = Pipeline.objects.create(name="Extensions", purpose="deals", position=5)
        Status.objects.bulk_create(build_initial_statuses(pipeline, None))
    return pipeline


def test_the_names_of_statuses_and_pipelines_are_those_of_leads(statuses, deals):
    assert statuses.qualification.pk not in reference_tables.get_statuses()
    assert deals.pk not in reference_tables.get_pipelines()
    assert not reference_tables.has_several_pipelines()
    assert statuses.qualification.pk in reference_tables.get_statuses(Pipeline.Purpose.DEALS)
    assert {statuses.new.pk, statuses.qualification.pk} <= reference_tables.get_all_statuses().keys()


def test_no_screen_of_leads_offers_a_stage_of_deals(ann, make_lead, bob, statuses, sign_in):
    lead, browser = make_lead(owner=bob), sign_in(ann)
    pages = ["/new", "?all=1", "/filter", "/board?all=1", f"/{lead.pk}", f"/{lead.pk}/edit"]
    pages += [f"/{lead.pk}/inline/status", f"/board/{lead.pk}/move", "/stuck", "/queue"]
    for address in pages:
        assert "Negotiation" not in browser.get(f"{LIST}{address}").text, address


def test_a_lead_can_not_be_moved_to_a_stage_of_deals(ann, make_lead, bob, statuses, sign_in):
    lead, browser, stage = make_lead(owner=bob, status="new"), sign_in(ann), statuses.negotiation
    assert browser.post(f"{LIST}/{lead.pk}/move", {"status": stage.pk}).status_code == 404
    assert browser.post(f"{LIST}/board/{lead.pk}/move", {"column": stage.pk}).status_code == 404
    assert browser.post(f"{LIST}/{lead.pk}/inline/status", {"status": stage.pk}).status_code == 422
    preview = browser.post(f"{LIST}/bulk", {"action": "status", "all": "1"}).url
    assert browser.post(preview, {"status": stage.pk}).status_code == 422
    every = Lead.objects.all()
    for verb in (verbs.Move(stage), verbs.Edit({"status": stage})):
        assert carry_out(verb, every, by=ann).refused == {"other_pipeline": [lead.pk]}
    mapping = verbs.ChangePipeline(((statuses.new, stage),))
    assert carry_out(mapping, every, by=ann).refused == {"other_pipeline": [lead.pk]}
    assert Lead.objects.get().status == statuses.new


def test_a_new_lead_does_not_enter_a_stage_of_deals(ann, departments, sources, statuses, sign_in):
    values = {"last_name": "Novák", "status": statuses.negotiation.pk, "source": sources.other.pk}
    values |= {"department": departments.sales.pk, "currency": "EUR"}
    answer = sign_in(ann).post(f"{LIST}/new", values)
    assert list(answer.context["form"].errors) == ["status"]
    assert status_contract.get_broken_rules(statuses.negotiation, {}) == ["other_pipeline"]
    assert not Lead.objects.exists()


def test_programs_see_and_write_only_statuses_of_leads(ann, make_lead, bob, statuses):
    lead, secret = make_lead(owner=bob, status="new"), make_token(ann)
    connect, own = Program(secret), Program(secret, "Authorization", "Bearer ")
    assert "Negotiation" not in {row["name"] for row in own.get("/api/v2/statuses")["statuses"]}
    assert "Deals" not in {row["name"] for row in own.get("/api/v2/pipelines")["pipelines"]}
    values = {"status": statuses.negotiation.pk}
    own.patch(f"/api/v2/leads/{lead.pk}", values, expect=422, **{"If-Match": '"1"'})
    found = connect.get("/api/lead_statuses")
    assert str(statuses.negotiation.pk) not in str([row["id"] for row in found])
    assert Lead.objects.get().status == statuses.new


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_a_stage_of_deals_in_a_file_of_leads_is_unknown(ann, statuses, sign_in):
    browser = sign_in(ann)
    upload(browser, [["Last name", "Status"], ["Novák", "Negotiation"]])
    imported = choose(browser, Import.objects.get(), "columns")
    assert "Negotiation" in browser.get(f"/admin/imports/{imported.pk}/values").text


def test_new_records_start_in_the_pipeline_of_their_department_for_each_purpose(
    departments, deals, renewals_of_deals
):
    with operation("test", by=None):
        Pipeline.objects.filter(pk=renewals_of_deals.pk).update(departments=[departments.sales.pk])
    assert Pipeline.objects.get_for_department(departments.sales).name == "Sales"
    assert Pipeline.objects.get_for_department(departments.sales, "deals") == renewals_of_deals
    assert Pipeline.objects.get_for_department(departments.export, "deals") == deals


def test_the_only_pipeline_of_each_purpose_stays(ada, deals, renewals_of_deals, sign_in):
    sales = Pipeline.objects.of_leads().get()
    assert get_retirement_obstacle(sales)
    assert not get_retirement_obstacle(deals)
    sign_in(ada).post(f"{PIPELINES}/{renewals_of_deals.pk}/retire")
    assert get_retirement_obstacle(deals)


def test_an_undo_does_not_retire_the_only_pipeline_of_deals(ada, deals, sign_in):
    browser = sign_in(ada)
    browser.post(f"{PIPELINES}/new", {"name": "Extensions", "purpose": "deals"})
    made, record = Pipeline.objects.get(name="Extensions"), Operation.objects.latest("pk")
    browser.post(f"{PIPELINES}/{deals.pk}/retire")
    revert_operation(record, by=ada)
    made.refresh_from_db()
    assert not made.retired


def test_a_new_pipeline_of_deals_has_stages_with_probabilities_and_keeps_its_purpose(ada, sign_in):
    browser = sign_in(ada)
    browser.post(f"{PIPELINES}/new", {"name": "Extensions", "purpose": "deals"})
    pipeline = Pipeline.objects.get(name="Extensions")
    rows = Status.objects.of_pipeline(pipeline.pk).in_order()
    assert [(row.name, row.probability) for row in rows] == [("New", 10), ("Won", 100), ("Lost", 0)]
    browser.post(f"{PIPELINES}/{pipeline.pk}", {"name": "Renewals", "purpose": "leads"})
    pipeline.refresh_from_db()
    assert (pipeline.name, pipeline.purpose) == ("Renewals", "deals")


def test_a_pipeline_copies_only_one_with_the_same_purpose(ada, deals, sign_in):
    values = {"name": "Extensions", "purpose": "leads", "copy_of": deals.pk}
    answer = sign_in(ada).post(f"{PIPELINES}/new", values)
    assert answer.context["form"].errors["copy_of"] == ["Choose a pipeline with the same purpose."]
    assert Pipeline.objects.count() == 2


def test_the_form_of_a_stage_asks_for_its_probability_and_offers_fields_of_deals(
    ada, deals, statuses, sign_in
):
    browser = sign_in(ada)
    form = browser.get(f"{STATUSES}/{statuses.negotiation.pk}/edit").context["form"]
    assert {"expected_close", "value"} <= {name for name, _label in form.fields["required_fields"].choices}
    assert "probability" in form.fields
    assert not {"most_days", "next_action_prompt"} & form.fields.keys()
    assert "probability" not in browser.get(f"{STATUSES}/{statuses.new.pk}/edit").context["form"].fields
    values = {"name": "Offer sent", "kind": "proposal", "hue": "250", "probability": "50"}
    browser.post(f"{STATUSES}/new?pipeline={deals.pk}", values)
    made = Status.objects.get(name="Offer sent")
    assert (made.pipeline, made.probability) == (deals, 50)
    answer = browser.post(f"{STATUSES}/new?pipeline={deals.pk}", values | {"name": "X", "probability": "101"})
    assert list(answer.context["form"].errors) == ["probability"]


def test_settings_list_the_statuses_of_leads_before_the_stages_of_deals(ada, statuses, sign_in):
    table = sign_in(ada).get(STATUSES).context["table"]
    purposes = [row.pipeline.purpose for row in table.data]
    assert purposes == sorted(purposes, reverse=True)
    assert set(purposes) == {"leads", "deals"}
    page = sign_in(ada).get(PIPELINES).text
    assert page.index("Sales") < page.index("Negotiation")


def test_a_database_from_before_deals_gets_their_pipeline_once(db):
    with operation("test", by=None):
        Status.objects.of_deals().delete()
        Pipeline.objects.of_deals().delete()
        Pipeline.objects.create(name="deals", position=1)
    initial_data.install_initial_data()
    initial_data.install_initial_data()
    made = Pipeline.objects.of_deals().get()
    assert made.name == "Deals 2"
    keys = Status.objects.of_pipeline(made.pk).in_order().values_list("key", flat=True)
    assert list(keys) == ["qualification", "deal_proposal", "negotiation", "deal_won", "deal_lost"]
