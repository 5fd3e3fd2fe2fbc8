"""Which numbers count events, of which a record can have several, and that their lists and definitions say so."""

import pytest
from django.http import QueryDict
from django.utils import translation

from crm.records.history.verb_execution import operation
from crm.records.listing.record_list import RecordList
from crm.work.models.activity import Activity
from leads.kind import LEAD
from reports.engine.drill_down import build_figure_query
from reports.engine.measures import MEASURE_PARTS, MEASURES, Unit
from reports.engine.question import parse_question
from reports.subjects.subject import counts_events

EVENTS = {
    "activities", "calls", "emails", "meetings", "no_shows", "held_rate", "notes", "given", "activities_per_given",
    "activities_per_day", "given_per_day", "stays", "stay_mean", "stay_median", "moves", "mailings_sent",
    "mailings_delivered", "mailings_replied", "mailings_clicked", "mailings_unsubscribed", "mailings_moved_since",
}  # fmt: skip
WITH_LIST = {name: measure for name, measure in MEASURES.items() if measure.behind in MEASURE_PARTS}


@pytest.mark.parametrize("name", WITH_LIST)
def test_which_numbers_count_events(name):
    assert counts_events(WITH_LIST[name].behind) is (name in EVENTS)


@pytest.mark.parametrize("name", WITH_LIST)
def test_a_count_of_events_says_that_its_list_has_each_lead_once(name):
    """A rate or an average is no length of a list."""
    measure = WITH_LIST[name]
    with translation.override("en"):
        says_so = "once." in str(measure.definition).partition("The list has")[2]
    if measure.unit == Unit.COUNT:
        assert says_so is (name in EVENTS)


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "words"), [("calls", "Calls, {}, each lead once"), ("leads", "Leads, {}")])
def test_the_list_behind_a_number_says_when_it_has_each_lead_once(name, words, ann, make_lead):
    lead = make_lead("Ana", owner=ann)
    with operation("test", by=None):
        for _call in range(2):
            Activity.objects.create(of="lead", record=lead.pk, type=Activity.Type.CALL, created_by=ann)
    question = parse_question(QueryDict(f"measure={name}&period=last30"), ann)
    _kind, query = build_figure_query(question, MEASURES[name].behind, ())
    listing = RecordList(LEAD, QueryDict(query), ann)
    assert listing.count() == 1
    assert listing.filters.describe() == f"report {words.format(question.period.title)}"
