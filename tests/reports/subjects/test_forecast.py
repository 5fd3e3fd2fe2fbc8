"""The forecast of open deals, and what won deals brought."""

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import formats, timezone

from crm.records.history.verb_execution import operation
from crm.records.listing.record_list import RecordList
from customers.deals.kind import DEAL
from customers.models import Deal
from leads.kind import LEAD
from leads.models import Status

FORECAST = (
    "measure=forecast&measure=open_value&measure=open_deals"
    "&measure=deals_without_amount&measure=deals_without_rate&measure=deals_without_likelihood"
)


def soon():
    """A day of the month after the next one."""
    return (timezone.localdate().replace(day=1) + timedelta(63)).replace(day=15)


@pytest.fixture
def make_deal(departments, statuses):
    def make(name: str = "Machine", **values) -> Deal:
        values = {"department": departments.sales, "status": statuses.qualification, **values}
        with operation("test", by=None):
            return Deal.objects.create(name=name, **values)

    return make


@pytest.fixture
def deals(make_deal, statuses, bob):
    """Open: 1,000 at 10%, 400 at its own 50%, one without an amount, one without a rate, one overdue with 200 at 70%.
    Closed: 900 won, one won without an amount, one without a rate, one lost."""
    return [
        make_deal("a", value=1000, owner=bob, expected_close=soon()),
        make_deal("b", value=400, probability=50, expected_close=soon()),
        make_deal("c", expected_close=soon()),
        make_deal("d", value=70, currency="TRY"),
        make_deal(
            "e", value=200, status=statuses.negotiation, expected_close=timezone.localdate() - timedelta(1)
        ),
        make_deal("f", value=900, status=statuses.deal_won),
        make_deal("g", status=statuses.deal_won),
        make_deal("h", value=5000, status=statuses.deal_lost),
        make_deal("i", value=60, currency="TRY", status=statuses.deal_won),
    ]


def test_the_forecast_is_amounts_times_probabilities_by_expected_close(deals, asked, numbers, ada):
    found = asked(f"{FORECAST}&by=close", ada)
    month = formats.date_format(soon(), "F Y")
    assert numbers(found) == {
        "Overdue": (140, 200, 1, 0, 0, 0),
        month: (300, 1400, 3, 1, 0, 0),
        "No expected close": (None, None, 1, 0, 1, 0),
    }
    assert list(numbers(found)) == ["Overdue", month, "No expected close"]
    assert [found.total.get_value(measure) for measure in found.question.measures] == [440, 1600, 5, 1, 1, 0]


def test_a_deal_without_a_probability_is_counted_and_not_part_of_the_forecast(deals, asked, statuses, ada):
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.negotiation.pk).update(probability=None)
    found = asked(FORECAST, ada)
    assert [found.total.get_value(measure) for measure in found.question.measures] == [300, 1600, 5, 1, 1, 1]


def test_the_forecast_is_grouped_by_owner_stage_and_category(deals, asked, numbers, ada):
    assert numbers(asked("measure=open_value&by=owner", ada)) == {"Bob": (1000,), "Unassigned": (600,)}
    assert numbers(asked("measure=forecast&by=stage", ada)) == {
        "Qualification": (300,),
        "Negotiation": (140,),
    }
    assert numbers(asked("measure=open_deals&by=kind", ada)) == {"Qualified": (4,), "Proposal": (1,)}


def test_won_deals_count_in_the_period_in_which_they_were_won(deals, asked, ada):
    won = "measure=won_value&measure=won_deals&measure=won_without_amount&measure=won_without_rate"
    assert asked(won, ada).total.parts == {
        "won_value": 900,
        "won_deals": 3,
        "won_without_amount": 1,
        "won_without_rate": 1,
    }
    before = asked(f"{won}&period=last_year", ada)
    assert list(before.total.parts.values()) == [None, 0, 0, 0]


@pytest.mark.parametrize("part", ["open_deals", "deals_without_amount", "deals_without_rate", "forecast"])
@pytest.mark.parametrize("by", ["close", "stage", "kind", "owner", "department", "currency"])
def test_each_number_leads_to_exactly_its_deals(deals, asked, listed, ada, by, part):
    found = asked(f"{FORECAST}&by={by}", ada)
    for group in found.groups:
        behind = listed(found, group, part, ada, DEAL)
        if part != "forecast":
            assert len(behind) == group.get_count(part)
    overdue = next(
        group for group in asked("measure=open_deals&by=close", ada).groups if group.keys == ("0",)
    )
    assert listed(asked("measure=open_deals&by=close", ada), overdue, "open_deals", ada, DEAL) == {
        deals[4].pk
    }


def test_a_number_of_deals_is_no_filter_of_the_list_of_leads(deals, asked, ada):
    data = QueryDict(mutable=True)
    data["figure"] = "part=open_deals&key="
    assert RecordList(LEAD, data, ada).errors == ["This number of a report isn’t available anymore."]
    data["figure"] = "part=leads"
    assert RecordList(DEAL, data, ada).errors == ["This number of a report isn’t available anymore."]


def test_deals_of_another_department_and_in_trash_do_not_count(
    deals, asked, make_deal, departments, ann, carla
):
    make_deal("x", value=10, department=departments.export, probability=100)
    make_deal("y", value=10, deleted_at=timezone.now())
    assert asked("measure=open_value", ann).total.parts["open_value"] == 1600
    assert asked("measure=open_value", carla).total.parts["open_value"] == 10


def test_filters_leave_the_deals_of_the_leads_that_they_find(deals, make_deal, make_lead, asked, ada):
    make_deal("x", value=10, lead=make_lead("Jan Novák", country="DE"))
    assert asked("measure=open_deals&country=DE", ada).total.get_count("open_deals") == 1


def test_the_forecast_requires_the_permission_for_deals(deals, manager_without, sign_in, ann):
    assert sign_in(ann).get("/admin/reports/forecast").status_code == 200
    browser = manager_without("view_deal")
    assert browser.get("/admin/reports/forecast").status_code == 403
    assert b"/admin/reports/forecast" not in browser.get("/admin/reports/funnel").content
    page = browser.get("/admin/reports/new?measure=open_deals&by=owner")
    assert page.status_code == 422
    assert "This number isn’t available. Choose one from the list." in page.content.decode()
