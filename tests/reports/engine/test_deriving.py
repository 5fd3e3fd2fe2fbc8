"""How far leads got is derived from them, their moves and their deals, whatever happens to them."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from customers.models import Deal
from leads.models import Lead, Status
from leads.verbs import Move
from reports.engine.progress_derivation import (
    find_wrong_leads,
    get_progress_rows,
    store_progress,
    store_progress_of_changes,
)
from reports.models import ChangedLead, CurrentProgress, LeadProgress


def current(lead) -> CurrentProgress:
    return CurrentProgress.objects.get(pk=lead.pk)


def move(lead, status, by):
    return carry_out(Move(status=status), Lead.objects.filter(pk=lead.pk), by=by)


def test_a_new_lead_is_counted_at_once(make_lead):
    lead = make_lead("Jan Novák", value=100, currency="EUR")
    assert current(lead).base_value == 100
    assert not LeadProgress.objects.exists()


def test_a_lead_that_skips_a_step_has_reached_it(make_lead, statuses, ada):
    lead = make_lead("Jan Novák")
    move(lead, statuses.qualified, ada)
    found = current(lead)
    assert found.contacted_at == found.qualified_at is not None
    assert found.proposal_at is None


def test_an_undone_move_reached_nothing(make_lead, statuses, ada):
    lead = make_lead("Jan Novák")
    move(lead, statuses.qualified, ada)
    revert_operation(Operation.objects.latest("pk"), by=ada)
    assert current(lead).qualified_at is None


def test_the_worker_stores_what_a_page_derives(make_lead, statuses, ada):
    leads = [make_lead(f"Jan {n}") for n in range(3)]
    move(leads[0], statuses.qualified, ada)
    before = list(CurrentProgress.objects.order_by("pk").values())
    assert store_progress_of_changes() == 4
    assert not ChangedLead.objects.exists()
    assert list(LeadProgress.objects.order_by("pk").values()) == before
    assert list(CurrentProgress.objects.order_by("pk").values()) == before
    assert find_wrong_leads() == []


def test_a_stored_row_that_is_wrong_is_found(make_lead):
    lead = make_lead("Jan Novák")
    store_progress_of_changes()
    LeadProgress.objects.filter(pk=lead.pk).update(vip=True)
    assert find_wrong_leads() == [lead.pk]
    store_progress([lead.pk])
    assert find_wrong_leads() == []


def test_many_changed_leads_are_counted_as_they_were_stored(make_lead, monkeypatch):
    lead = make_lead("Jan Novák")
    store_progress_of_changes()
    monkeypatch.setattr("reports.engine.progress_derivation.LIVE", 1)
    make_lead("Eva Malá")
    make_lead("Zoe Adam")
    found, as_of = get_progress_rows()
    assert [row.pk for row in found] == [lead.pk]
    assert as_of is not None


def test_a_permanently_deleted_lead_leaves_no_row(make_lead):
    lead = make_lead("Jan Novák")
    store_progress_of_changes()
    with operation("test", by=None):
        Lead.objects.filter(pk=lead.pk).delete()
    assert not CurrentProgress.objects.exists()
    store_progress_of_changes()
    assert not LeadProgress.objects.exists()


@pytest.fixture
def make_deal(departments, statuses):
    def make(lead, stage: str, **values) -> Deal:
        status = Status.objects.of_deals().filter(kind=stage).first()
        with operation("test", by=None):
            return Deal.objects.create(
                name="Machine", lead=lead, status=status, department=departments.sales, **values
            )

    return make


def test_the_revenue_of_a_lead_is_that_of_its_won_deals(make_lead, make_deal):
    lead = make_lead("Jan Novák", status="won", value=5000)
    make_deal(lead, "won", value=700)
    make_deal(lead, "won", value=300)
    make_deal(lead, "qualified", value=9000)
    found = current(lead)
    assert (found.revenue, found.revenue_missing) == (Decimal(1000), False)
    assert found.opportunity_at is not None


def test_a_won_lead_without_deals_counts_with_its_own_value(make_lead):
    assert current(make_lead("Jan Novák", status="won", value=5000)).revenue == 5000
    missing = current(make_lead("Eva Malá", status="won"))
    assert (missing.revenue, missing.revenue_missing) == (None, True)


def test_an_amount_without_a_rate_is_missing_and_not_zero(make_lead, make_deal):
    lead = make_lead("Jan Novák", status="won", value=5000, currency="TRY")
    found = current(lead)
    assert (found.base_value, found.revenue, found.revenue_missing) == (None, None, True)
    assert found.revenue_without_rate
    assert not current(make_lead("Eva Malá", status="won")).revenue_without_rate
    make_deal(lead, "won", value=700)
    assert not current(lead).revenue_missing
    make_deal(lead, "won")
    assert (current(lead).revenue_missing, current(lead).revenue_without_rate) == (True, False)
    make_deal(lead, "won", value=70, currency="TRY")
    assert current(lead).revenue_without_rate


def test_a_deal_in_trash_does_not_count(make_lead, make_deal):
    lead = make_lead("Jan Novák")
    deal = make_deal(lead, "qualified")
    store_progress_of_changes()
    with operation("test", by=None):
        Deal.objects.filter(pk=deal.pk).update(deleted_at=timezone.now())
    assert current(lead).opportunity_at is None


def test_a_deal_that_gets_another_lead_counts_for_that_one(make_lead, make_deal):
    first, second = make_lead("Jan Novák"), make_lead("Eva Malá")
    deal = make_deal(first, "qualified")
    store_progress_of_changes()
    with operation("test", by=None):
        Deal.objects.filter(pk=deal.pk).update(lead=second)
    assert current(first).opportunity_at is None
    assert current(second).opportunity_at is not None


def test_another_category_of_a_status_changes_what_its_leads_reached(make_lead, make_status):
    status = make_status("Demo", kind="contacted")
    lead = make_lead("Jan Novák", status=status, created_at=timezone.now() - timedelta(3))
    store_progress_of_changes()
    assert current(lead).qualified_at is None
    with operation("test", by=None):
        Status.objects.filter(pk=status.pk).update(kind="qualified")
    assert current(lead).qualified_at is not None
    store_progress_of_changes()
    assert find_wrong_leads() == []
