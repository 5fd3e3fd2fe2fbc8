"""Reports group leads by their score and average it, as it is today, with the leads behind each number."""

from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from crm.records.history.verb_execution import operation
from crm.records.listing.record_list import RecordList
from leads.kind import LEAD
from leads.models import Lead
from leads.scores.score_distribution import build_score_ranges
from leads.scores.scoring import score_all_leads
from reports.engine.drill_down import build_list_url
from tests.leads.scores.scoring import get_noon, make_score_rule, set_dates

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(make_lead):
    """Leads with the scores −5, 0, 20, 20, 21 and 120."""
    make_score_rule(-5, "city.is=Cold")
    for points, city in ((20, "Warm"), (21, "Warmer"), (100, "Hot"), (20, "Hot")):
        make_score_rule(points, f"city.is={city}")
    return [
        make_lead(f"Lead {city}", city=city) for city in ("Cold", "Plain", "Warm", "Warm", "Warmer", "Hot")
    ]


def test_leads_are_grouped_by_the_ranges_of_their_score_in_order(scored, asked, numbers, ada):
    found = asked("measure=leads&measure=score_mean&by=score&period=all", ada)
    assert list(numbers(found).items()) == [
        ("below 0", (1, -5)),
        ("0", (1, 0)),
        ("1–20", (2, 20)),
        ("21–40", (1, 21)),
        ("above 100", (1, 120)),
    ]
    assert float(found.total.get_value(found.question.measures[1])) == pytest.approx(176 / 6)


def test_the_groups_are_the_ranges_that_settings_show(scored, asked, numbers, ada):
    found = numbers(asked("measure=leads&by=score&period=all", ada))
    assert found == {one.label: (one.number,) for one in build_score_ranges(ada) if one.number}


@pytest.mark.parametrize("asking", ["by=score", "by=score&by=source", "by=month&by=score"])
def test_each_number_leads_to_exactly_its_leads(scored, asked, listed, ada, asking):
    found = asked(f"measure=leads&measure=score_mean&{asking}&period=all", ada)
    assert len(found.groups) == (5 if "score" in asking else 1)
    for group in found.groups:
        assert len(listed(found, group, "leads", ada)) == group.get_count("leads")


def test_the_list_behind_a_number_says_the_range(scored, asked, ada):
    found = asked("measure=leads&by=score&period=all", ada)
    query = build_list_url(found.question, "leads", found.groups[2].keys).partition("?")[2]
    assert "1–20" in RecordList(LEAD, QueryDict(query), ada).filters.describe()


def test_an_average_counts_only_leads_that_the_reader_sees(scored, asked, numbers, ada, bob, make_lead):
    with operation("test", by=None):
        Lead.objects.update(owner=ada)
    make_lead("Own", city="Hot", owner=bob)
    found = asked("measure=leads&measure=score_mean&by=score&period=all", bob)
    assert numbers(found) == {"above 100": (1, 120)}


def test_a_score_that_changes_is_counted_as_it_is_now(make_lead, asked, numbers, ada):
    make_score_rule(30, fades_over=30, fades_from="last_contacted_at")
    lead = make_lead()
    assert numbers(asked("measure=leads&by=score&period=all", ada)) == {"0": (1,)}
    set_dates(lead, last_contacted_at=get_noon(3))
    score_all_leads()
    assert numbers(asked("measure=leads&by=score&period=all", ada)) == {"21–40": (1,)}


@pytest.mark.parametrize("key", ["99", "-1", "x", ""])
def test_a_range_that_there_isn_t_finds_no_leads(scored, ada, key):
    figure = urlencode({"figure": f"measure=leads&by=score&period=all&part=leads&key={key}"})
    listing = RecordList(LEAD, QueryDict(figure), ada)
    assert listing.errors or listing.count() == 0
