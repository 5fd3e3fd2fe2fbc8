"""The form of a condition that no index serves says how many leads it compares, and how long that takes."""

import pytest
from django.db import OperationalError, connection, transaction
from django.http import QueryDict

from crm.models import CustomField
from crm.records.history.verb_execution import operation
from crm.records.listing import condition_costs
from crm.records.listing.condition_costs import lacks_index
from crm.records.listing.conditions import get_conditions_by_parameter
from crm.records.listing.filter_urls import FilterPlace
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Lead


@pytest.mark.parametrize(
    ("parameter", "slow"),
    [
        ("company.contains", False),
        ("description.contains", False),
        ("next_action.contains", True),
        ("next_action.is_not", False),
        ("lost_remark.starts", True),
        ("currency.is", True),
        ("zip.is", False),
        ("phone.contains", True),
        ("phone.ends", True),
        ("value.above", False),
        ("updated_at.since", True),
        ("created_at.in", False),
        ("status_since.before", False),
        ("time_in_status.above", False),
        ("last_contacted_at.in", False),
        ("id.is", False),
    ],
)
def test_conditions_without_an_index_are_known(parameter, slow):
    assert lacks_index(LEAD, *get_conditions_by_parameter(LEAD)[parameter]) is slow


@pytest.fixture
def expecting(monkeypatch):
    """expecting(900_000): the planner expects so many leads."""

    def expects(count: int) -> None:
        monkeypatch.setattr(condition_costs, "estimate_rows", lambda rows: count)

    return expects


@pytest.mark.parametrize(
    ("field", "count", "sentence"),
    [
        ("updated_at", 1_234_567, "This filter searches about 1,200,000 leads, which takes about 2 seconds."),
        ("updated_at", 104_321, "This filter searches about 100,000 leads, which takes about 1 second."),
        (
            "phone",
            1_000_000,
            "With “contains” or “ends with”, this filter searches about 1,000,000 leads, which takes about 5 seconds.",
        ),
    ],
)
def test_the_form_says_what_the_filter_costs(field, count, sentence, ann, expecting, sign_in):
    expecting(count)
    assert sentence in sign_in(ann).get(f"/admin/leads/filter/{field}").text


@pytest.mark.parametrize(
    ("field", "count"), [("updated_at", 90_000), ("company", 9_000_000), ("status", 9_000_000)]
)
def test_a_fast_filter_says_nothing(field, count, ann, expecting, sign_in):
    expecting(count)
    assert "this filter searches" not in sign_in(ann).get(f"/admin/leads/filter/{field}").text.lower()


@pytest.mark.parametrize("field", ["number", "date", "text", "choice"])
def test_a_quick_custom_field_costs_nothing_and_another_one_says_so(
    field, make_field, ada, expecting, sign_in
):
    expecting(1_000_000)
    row = make_field("Extra", field, choices=["Maths"] if field == "choice" else ()).definition
    address, browser = f"/admin/leads/filter/{row.key}", sign_in(ada)
    assert "searches about 1,000,000 leads" in browser.get(address).text
    with operation("test", by=None):
        CustomField.objects.filter(pk=row.pk).update(quick=True, indexed=True)
    answer = browser.get(address).text
    if field == "text":
        assert "With “contains”, this filter searches about 1,000,000 leads" in answer
    else:
        assert "this filter searches" not in answer.lower()


def test_the_leads_are_those_that_the_user_sees_and_the_other_filters_leave(
    ann, monkeypatch, make_lead, departments
):
    for country in ("RO", "RO", "DE"):
        make_lead(country=country)
    make_lead(country="RO", department=departments.export)
    monkeypatch.setattr(condition_costs, "estimate_rows", lambda rows: rows.count())

    def compared(query: str, form: str = "") -> int:
        listing = RecordList(LEAD, QueryDict(query), ann)
        return condition_costs.estimate_compared_rows(
            LEAD, FilterPlace(listing, "updated_at", QueryDict(form))
        )

    assert compared("") == 3
    assert compared("country=RO") == 2
    assert compared("country=RO&updated_at.since=2000-01-01") == 2
    assert compared("country=RO", "any=1") == 3


def test_a_list_that_takes_too_long_ends_with_a_sentence(ann, make_lead, sign_in, monkeypatch):
    """The page's time limit ends its query, whatever the filter."""
    make_lead()

    def slow(*arguments, **keywords):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = 50")
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr("crm.records.listing.record_list.read_page", slow)
    response = sign_in(ann).get("/admin/leads?updated_at.since=2000-01-01")
    assert response.status_code == 503
    assert OperationalError.__name__ not in response.text
    assert Lead.objects.count() == 1


def test_a_user_who_sees_no_records_gets_the_form_of_a_condition(someone_with, sign_in):
    eve = someone_with("view_lead")
    assert sign_in(eve).get("/admin/leads/filter/next_action").status_code == 200
