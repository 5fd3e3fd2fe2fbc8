"""Conditions on the probability of deals find what the list shows: their own probability, else that of their stage."""

import pytest

from crm.records.history.verb_execution import operation
from leads.models import Status

LIST = "/admin/deals?all=1&"


@pytest.fixture
def deals(make_deal, statuses, ann):
    """Of the stages with 10, 40 and 70 percent, each without and with its own probability, and one of a stage without any."""
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.deal_won.pk).update(probability=None)
    make_deal("Ten", owner=ann, status=statuses.qualification)
    make_deal("Ten but 90", owner=ann, status=statuses.qualification, probability=90)
    make_deal("Seventy", owner=ann, status=statuses.negotiation)
    make_deal("Seventy but 20", owner=ann, status=statuses.negotiation, probability=20)
    make_deal("None", owner=ann, status=statuses.deal_won)
    make_deal("None but 40", owner=ann, status=statuses.deal_won, probability=40)


def found(browser, query: str) -> set[str]:
    page = browser.get(LIST + query)
    assert page.status_code == 200
    return {str(record) for record in page.context["table"].data}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("probability.above=40", {"Ten but 90", "Seventy"}),
        ("probability.above=40&probability.below=80", {"Seventy"}),
        ("probability.below=40", {"Ten", "Seventy but 20"}),
        ("probability.is=70", {"Seventy"}),
        ("probability.is=20", {"Seventy but 20"}),
        ("probability.between=10..40", {"Ten", "Seventy but 20", "None but 40"}),
        ("probability.between=70..", {"Seventy", "Ten but 90"}),
        ("probability.between=..10", {"Ten"}),
        ("probability.empty=yes", {"None"}),
        ("probability.filled=yes", {"Ten", "Ten but 90", "Seventy", "Seventy but 20", "None but 40"}),
    ],
)
def test_conditions_find_the_shown_probability(query, names, deals, ann, sign_in):
    assert found(sign_in(ann), query) == names


def test_a_changed_probability_of_a_stage_counts_at_once(deals, statuses, ann, sign_in):
    browser = sign_in(ann)
    assert found(browser, "probability.is=70") == {"Seventy"}
    with operation("test", by=None):
        Status.objects.filter(pk=statuses.negotiation.pk).update(probability=75)
    assert found(browser, "probability.is=70") == set()
    assert found(browser, "probability.is=75") == {"Seventy"}


def test_the_filter_has_its_chip_and_its_forms(deals, ann, sign_in):
    browser = sign_in(ann)
    page = browser.get(LIST + "probability.above=40")
    assert [str(chip) for chip in page.context["chips"]] == ["probability is above 40"]
    for form in ("filter/probability", "columns/probability"):
        assert browser.get(f"/admin/deals/{form}?all=1").status_code == 200, form
