"""Deals: their stages and probability, amounts, links, board and files. What all kinds of records have is tested for leads
and companies."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.models import Operation
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from customers.deals.verbs import Edit, Move
from customers.models import Deal
from leads.models import LostReason, Status

LIST = "/admin/deals"


@pytest.fixture
def reason(db):
    return LostReason.objects.get_shipped("budget")


def form(departments, statuses, **values) -> dict:
    given = {"name": "Yearly supply", "department": departments.sales.pk, "status": statuses.qualification.pk}
    return {**given, "currency": "EUR", **values}


def test_a_deal_starts_in_the_first_stage_of_its_pipeline(ann, departments, statuses, omnia, sign_in):
    browser = sign_in(ann)
    page = browser.get(f"{LIST}/new?company={omnia.pk}")
    assert page.context["form"]["status"].value() == statuses.qualification.pk
    assert f'value="Omnia (#{omnia.pk})"' in page.text
    browser.post(f"{LIST}/new", form(departments, statuses, company="Omnia", value="12,500", probability=""))
    deal = Deal.objects.get()
    assert (deal.company, deal.value, deal.probability, deal.likelihood) == (omnia, 12500, None, 10)
    assert deal.base_value == 12500


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": ""}, "name"),
        ({"probability": "101"}, "probability"),
        ({"probability": "-1"}, "probability"),
        ({"value": "-5"}, "value"),
        ({"expected_close": "soon"}, "expected_close"),
        ({"currency": "XYZ"}, "currency"),
        ({"company": "Nowhere"}, "company"),
        ({"lead": "#999999"}, "lead"),
    ],
)
def test_bad_input_is_an_error_on_its_field_and_writes_nothing(
    values, field, ann, departments, statuses, sign_in
):
    answer = sign_in(ann).post(f"{LIST}/new", form(departments, statuses, **values))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Deal.objects.exists()


def test_a_deal_can_not_get_a_status_of_leads(ann, deal, departments, statuses, sign_in):
    browser = sign_in(ann)
    answer = browser.post(f"{LIST}/new", form(departments, statuses, status=statuses.new.pk))
    assert list(answer.context["form"].errors) == ["status"]
    assert browser.post(f"{LIST}/{deal.pk}/move", {"status": statuses.new.pk}).status_code == 404
    assert browser.post(f"{LIST}/board/{deal.pk}/move", {"column": statuses.new.pk}).status_code == 404
    assert browser.post(f"{LIST}/{deal.pk}/inline/status", {"status": statuses.new.pk}).status_code == 422
    outcome = carry_out(Move(statuses.new), Deal.objects.all(), by=ann)
    assert outcome.refused == {"other_pipeline": [deal.pk]}
    outcome = carry_out(Edit({"status": statuses.new}), Deal.objects.all(), by=ann)
    assert outcome.refused == {"other_pipeline": [deal.pk]}


def test_a_lost_deal_needs_a_reason_and_an_open_one_has_none(ann, deal, statuses, reason, sign_in):
    browser = sign_in(ann)
    answer = browser.post(f"{LIST}/{deal.pk}/move", {"status": statuses.deal_lost.pk})
    assert "lost_reason" in answer.context["form"].fields
    values = {
        "status": statuses.deal_lost.pk,
        "filled": "1",
        "lost_reason": reason.pk,
        "lost_remark": "Later",
    }
    browser.post(f"{LIST}/{deal.pk}/move", values)
    deal.refresh_from_db()
    assert (deal.status, deal.lost_reason, deal.lost_remark) == (statuses.deal_lost, reason, "Later")
    assert deal.closed_at is not None
    browser.post(f"{LIST}/{deal.pk}/move", {"status": statuses.negotiation.pk})
    deal.refresh_from_db()
    assert (deal.lost_reason, deal.lost_remark, deal.closed_at) == (None, "", None)


def test_a_move_records_since_when_and_its_undo_puts_the_time_back(ann, deal, statuses):
    with operation("test", by=None):
        Deal.objects.update(status_since=deal.created_at)
    before = Deal.objects.get()
    carry_out(Move(statuses.deal_won), Deal.objects.all(), by=ann)
    won = Deal.objects.get()
    assert won.closed_at is not None
    assert won.status_since >= before.status_since
    revert_operation(Operation.objects.latest("pk"), by=ann)
    after = Deal.objects.get()
    assert (after.status, after.status_since, after.closed_at) == (deal.status, before.status_since, None)


def test_a_stage_requires_fields_of_deals_whatever_the_way_in(ann, deal, statuses, sign_in):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.negotiation.pk).update(required_fields=["expected_close"])
    browser = sign_in(ann)
    answer = browser.post(f"{LIST}/{deal.pk}/move", {"status": statuses.negotiation.pk})
    assert list(answer.context["form"].fields) == ["expected_close"]
    stage = Status.objects.get(pk=statuses.negotiation.pk)
    assert list(carry_out(Move(stage), Deal.objects.all(), by=ann).refused) == ["needs:expected_close"]
    page = browser.get(f"{LIST}/{deal.pk}").text
    assert "requires expected close" in page
    values = {"status": stage.pk, "filled": "1", "expected_close": "2030-05-01"}
    browser.post(f"{LIST}/{deal.pk}/move", values)
    deal.refresh_from_db()
    assert (deal.status, deal.expected_close) == (stage, date(2030, 5, 1))


def test_the_board_has_a_column_for_each_open_stage_with_its_amount(
    ann, deal, make_deal, bob, statuses, sign_in
):
    make_deal("Spare parts", owner=bob, status=statuses.negotiation, value=Decimal(500))
    page = sign_in(ann).get(f"{LIST}/board?all=1")
    assert [column.row for column in page.context["columns"]] == [
        statuses.qualification,
        statuses.deal_proposal,
        statuses.negotiation,
    ]
    assert "200 licenses" in page.text
    assert "12,000" in sign_in(ann).get(f"{LIST}/board/figures?all=1").text


def test_a_card_is_moved_to_another_stage(ann, deal, statuses, sign_in):
    values = {"column": statuses.negotiation.pk, "version": deal.version}
    sign_in(ann).post(f"{LIST}/board/{deal.pk}/move", values)
    deal.refresh_from_db()
    assert deal.status == statuses.negotiation


def test_the_probability_is_its_own_or_that_of_the_stage(ann, deal, statuses, sign_in):
    page = sign_in(ann).get(f"{LIST}/{deal.pk}").text
    assert "10% <span" in page
    with operation("test", by=None):
        Deal.objects.update(probability=65)
    assert "65%" in sign_in(ann).get(f"{LIST}/{deal.pk}").text
    assert "65%" in sign_in(ann).get(f"{LIST}?all=1").text


def test_open_deals_whose_expected_close_has_passed_are_overdue(ann, make_deal, statuses, bob, sign_in):
    past = timezone.localdate() - timedelta(days=1)
    late = make_deal("Late", owner=bob, expected_close=past)
    make_deal("Won", owner=bob, expected_close=past, status=statuses.deal_won)
    make_deal("Soon", owner=bob, expected_close=past + timedelta(days=1))
    found = sign_in(ann).get(f"{LIST}?all=1&overdue=yes").context["listing"].get_page(50).ids
    assert found == [late.pk]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=licens", {"200 licenses"}),
        ("company.contains=omn", {"200 licenses"}),
        ("company.empty=yes", {"Spare parts"}),
        ("value.above=600", {"200 licenses"}),
        ("kind=proposal", {"Spare parts"}),
        ("close=none", {"200 licenses", "Spare parts"}),
    ],
)
def test_deals_are_found(query, names, ann, deal, make_deal, bob, statuses, sign_in):
    make_deal("Spare parts", owner=bob, status=statuses.negotiation, value=Decimal(500))
    listing = sign_in(ann).get(f"{LIST}?all=1&{query}").context["listing"]
    found = Deal.objects.filter(pk__in=listing.get_page(50).ids)
    assert set(found.values_list("name", flat=True)) == names


def test_the_stage_of_several_deals_is_changed_and_undone(ann, deal, make_deal, bob, statuses, sign_in):
    make_deal("Spare parts", owner=bob)
    browser = sign_in(ann)
    preview = browser.post(f"{LIST}/bulk", {"action": "status", "all": "1"}).url
    browser.post(preview, {"status": statuses.negotiation.pk})
    assert set(Deal.objects.values_list("status__key", flat=True)) == {"negotiation"}
    revert_operation(Operation.objects.latest("pk"), by=ann)
    assert set(Deal.objects.values_list("status__key", flat=True)) == {"qualification"}


def test_the_board_asks_for_the_amount_of_a_deal_that_is_won(make_deal, bob, statuses, sign_in):
    deal = make_deal(owner=bob, status=statuses.qualification, value=None)
    browser = sign_in(bob)
    page = browser.post(f"/admin/deals/{deal.pk}/move", {"status": statuses.deal_won.pk}, follow=True)
    deal.refresh_from_db()
    assert deal.status == statuses.qualification
    assert "Amount" in page.text
    browser.post(
        f"/admin/deals/{deal.pk}/move", {"status": statuses.deal_won.pk, "value": "500", "filled": "on"}
    )
    deal.refresh_from_db()
    assert (deal.status, deal.value) == (statuses.deal_won, 500)
