"""Stages of deals in Settings: what happens to the deals in them."""

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from customers.models import Deal
from leads.models import LostReason, Pipeline, Status
from leads.settings.forms.pipelines import build_initial_statuses
from leads.settings.merge import RowMerge
from leads.settings.retirement import RowRetirement
from leads.settings.settings_tables import SETTINGS_TABLES
from tests.crm.transfer.imports.importing import filled_in

STATUSES, PIPELINES = "/admin/leads/statuses", "/admin/leads/pipelines"


def test_deleting_a_stage_moves_its_deals_and_undo_brings_both_back(ada, deal, statuses, sign_in):
    page = sign_in(ada).get(f"{STATUSES}/{statuses.qualification.pk}").text
    assert "/admin/deals?status=" in page
    RowRetirement(SETTINGS_TABLES["status"], statuses.negotiation.pk, statuses.deal_proposal.pk).carry_out(
        by=ada
    )
    with operation("test", by=None):
        Deal.objects.update(status=statuses.deal_proposal)
    RowRetirement(SETTINGS_TABLES["status"], statuses.deal_proposal.pk, statuses.qualification.pk).carry_out(
        by=ada
    )
    deal.refresh_from_db()
    assert deal.status == statuses.qualification
    revert_operation(Operation.objects.filter(kind="retire_status").latest("pk"), by=ada)
    deal.refresh_from_db()
    assert deal.status == statuses.deal_proposal
    assert not Status.objects.get(pk=statuses.deal_proposal.pk).retired


def test_merging_stages_moves_their_deals(ada, make_deal, bob, statuses):
    deal = make_deal(owner=bob, status=statuses.negotiation)
    RowMerge(SETTINGS_TABLES["status"], (statuses.negotiation.pk,), statuses.deal_proposal.pk).carry_out(
        by=ada
    )
    deal.refresh_from_db()
    assert deal.status == statuses.deal_proposal


def test_retiring_a_pipeline_of_deals_moves_its_deals_to_another_one(ada, deal, statuses, sign_in):
    with operation("test", by=None):
        other = Pipeline.objects.create(name="Extensions", purpose="deals", position=5)
        Status.objects.bulk_create(build_initial_statuses(other, None))
    browser, pipeline = sign_in(ada), statuses.qualification.pipeline
    address = f"{PIPELINES}/{pipeline.pk}/retire"
    assert "Sales" not in str(browser.get(address).context["form"]["pipeline"])
    assert "Move 1 deal and retire" in browser.get(address, {"pipeline": other.pk}).text
    browser.post(address, {"pipeline": other.pk})
    deal.refresh_from_db()
    pipeline.refresh_from_db()
    assert (deal.status.name, deal.status.pipeline, pipeline.retired) == ("New", other, True)


def test_a_new_rule_of_a_stage_says_which_deals_break_it(ada, deal, statuses, sign_in):
    values = {"name": "Qualification", "kind": "qualified", "hue": "250", "is_default": "on"}
    values |= {"required_fields": ["expected_close"], "probability": "10"}
    answer = sign_in(ada).post(f"{STATUSES}/{statuses.qualification.pk}/edit", values)
    assert answer.status_code == 422
    assert "In this status without expected close: 1 deal." in answer.text
    assert "/admin/deals?status=" in answer.text


def test_settings_count_the_deals_of_a_stage(ada, deal, statuses, sign_in):
    table = sign_in(ada).get(STATUSES).context["table"]
    assert table.numbers[statuses.qualification.pk] == 1
    assert f'href="/admin/deals?status={statuses.qualification.pk}"' in sign_in(ada).get(STATUSES).text


def test_merging_lost_reasons_changes_those_of_leads_and_deals(ada, make_deal, make_lead, bob, statuses):
    old, new = LostReason.objects.get_shipped("budget"), LostReason.objects.get_shipped("timing")
    deal = make_deal(owner=bob, status=statuses.deal_lost, lost_reason=old)
    lead = make_lead(owner=bob, status="lost", lost_reason=old)
    RowMerge(SETTINGS_TABLES["lost_reason"], (old.pk,), new.pk).carry_out(by=ada)
    for row in (deal, lead):
        row.refresh_from_db()
        assert row.lost_reason == new


def test_an_administrator_says_that_deals_are_won_without_an_amount(ada, statuses, sign_in):
    browser, address = sign_in(ada), f"{STATUSES}/{statuses.deal_won.pk}/edit"
    form = browser.get(address).context["form"]
    data = {name: value for name, value in filled_in(form).items() if value != ""} | {"required_fields": []}
    page = browser.post(address, data)
    assert page.status_code == 422
    assert "In this stage, deals can be won without an amount" in page.text
    assert browser.post(address, data | {"confirmed": "on"}).status_code == 302
    assert Status.objects.get(pk=statuses.deal_won.pk).required_fields == []
    # It is said once.
    assert browser.post(address, data | {"version": "2", "name": "Closed"}).status_code == 302
