"""Which groups the answer of a question has, in which order they come, and when it is counted later."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError
from django.http import QueryDict

from crm.records.history.verb_execution import operation
from leads.models import SourceCost
from reports.engine import report_answer
from reports.engine.measures import MEASURES
from reports.engine.question import parse_question
from reports.engine.report_answer import ReportAnswer, ReportGroup, get_answer
from reports.subjects.subject import SUBJECTS

# What is computed by rep: Ann has leads too, Bob has nothing else.
DAYS = {"Ann": 20, "Bob": 21}
# The question, and the groups by name with their leads and their days.
GROUPS: dict[str, tuple[str, dict[str, tuple[int, int | None]]]] = {
    "leads and days": ("measure=given&measure=working_days", {"Ann": (1, 20), "Bob": (0, 21)}),
    "days alone": ("measure=working_days", {"Ann": (0, 20), "Bob": (0, 21)}),
    "days beside a filter of leads": ("measure=given&measure=working_days&vip=yes", {}),
    "days alone, beside a filter of leads": ("measure=working_days&vip=yes", {}),
}


@pytest.mark.parametrize(("query", "groups"), GROUPS.values(), ids=GROUPS)
def test_reps_without_leads_have_a_group_unless_leads_are_filtered(
    query, groups, cast, ada, make_lead, monkeypatch
):
    make_lead(owner=cast.ann)
    days = {(getattr(cast, name.lower()).pk,): {"working_days": number} for name, number in DAYS.items()}

    def compute(question: Any, viewer: Any) -> Any:
        return days if question.by else {(): {"working_days": sum(DAYS.values())}}

    monkeypatch.setitem(SUBJECTS, "working_days", replace(SUBJECTS["working_days"], compute=compute))
    found = get_answer(parse_question(QueryDict(f"{query}&by=rep&period=last30"), ada), ada)
    assert not found.problems
    assert {
        group.texts[0]: (group.parts.get("given") or 0, group.parts["working_days"]) for group in found.groups
    } == groups
    assert found.total.parts["working_days"] == 41


class Unreachable(Exception):
    """What a database says, with its code."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(("sqlstate", "later"), [("57014", True), ("57P01", False), ("", False)])
def test_only_a_question_that_took_too_long_is_counted_later(sqlstate, later, ada, monkeypatch):
    def compute(question: Any, viewer: Any) -> Any:
        raise OperationalError("no") from Unreachable(sqlstate)

    monkeypatch.setattr(report_answer, "_compute_answer", compute)
    with pytest.raises(report_answer.CountedLater if later else OperationalError):
        get_answer(parse_question(QueryDict("measure=leads"), ada), ada)


def test_who_may_not_see_costs_is_told_whom_to_ask(ada, someone_with):
    for viewer, withheld in ((ada, False), (someone_with("view_lead", "see_all"), True)):
        question = parse_question(QueryDict("measure=cost_per_lead&by=source&period=last30"), ada)
        found = report_answer._compute_answer(question, viewer)
        assert found.costs_withheld is withheld
        assert found.costs_unknown.endswith(report_answer.get_whom_to_ask_sentence(viewer)) is withheld


# The leads by source and country, and the order of both.
ORDERS: dict[str, tuple[dict[tuple[Any, ...], int | None], list[list[Any]]]] = {
    "the largest first": ({(1, "RO"): 2, (2, "RO"): 5}, [[2, 1], ["RO"]]),
    "of several groups together": (
        {(1, "RO"): 3, (2, "RO"): 5, (1, "DE"): 3}, [[1, 2], ["RO", "DE"]],
    ),
    "none counts as zero": ({(1, "RO"): None, (2, "RO"): 1, (3, "RO"): 0}, [[2, 1, 3], ["RO"]]),
    "less than nothing comes after nothing": ({(1, "RO"): -1, (2, "RO"): None}, [[2, 1], ["RO"]]),
    "equal ones by their keys": ({(2, "RO"): 1, (1, "RO"): 1}, [[1, 2], ["RO"]]),
    "without a value last": ({(None, "RO"): 1, (1, "RO"): 1}, [[1, None], ["RO"]]),
    "no groups": ({}, [[], []]),
}  # fmt: skip


@pytest.mark.parametrize(("sizes", "orders"), ORDERS.values(), ids=ORDERS)
def test_the_order_of_groups(sizes, orders, ada):
    question = parse_question(QueryDict("measure=leads&by=source&by=country"), ada)
    groups = [ReportGroup(keys, ("", ""), {"leads": number}) for keys, number in sizes.items()]
    measures = (replace(MEASURES["leads"], compute=lambda values: values["leads"]),)
    found = ReportAnswer(replace(question, measures=measures), groups, ReportGroup((), (), {}))
    assert found.ordered_keys == orders
    places = [{key: place for place, key in enumerate(order)} for order in orders]
    in_order = [
        [place[key] for place, key in zip(places, group.keys, strict=True)]
        for group in found.get_groups_in_order()
    ]
    assert in_order == sorted(in_order)


# The order that is asked for, and that of the sources; the countries keep theirs.
SORTED = {
    "": [2, 1],
    "leads": [1, 2],
    "-leads": [2, 1],
}


@pytest.mark.parametrize(
    ("sort", "order"), SORTED.items(), ids=["as usual", "the smallest first", "the largest first"]
)
def test_the_rows_of_the_first_field_are_sorted_as_asked(sort, order, ada):
    question = parse_question(QueryDict(f"measure=leads&by=source&by=country&sort={sort}"), ada)
    sizes = {(1, "RO"): 3, (2, "RO"): 2, (2, "DE"): 2}
    groups = [ReportGroup(keys, ("", ""), {"leads": number}) for keys, number in sizes.items()]
    found = ReportAnswer(question, groups, ReportGroup((), (), {}))
    assert found.ordered_keys == [order, ["RO", "DE"]]


REFUSED = {
    "a filter that can’t be read": ("measure=leads&by=source&country=ZZ", "Select a valid choice."),
    "a field that there isn’t": ("measure=leads&by=moon", "You can’t group by this field."),
    "a number that can’t be grouped by the field": (
        "measure=working_days&by=country", "“Working days” can’t be grouped by country.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("query", "problem"), REFUSED.values(), ids=REFUSED)
def test_a_question_with_a_problem_has_no_numbers(query, problem, ada, make_lead):
    """They would be those of another question."""
    make_lead()
    found = get_answer(parse_question(QueryDict(query), ada), ada)
    (told,) = found.problems
    assert told.startswith(problem)
    assert (found.groups, {*found.total.parts.values()}) == ([], {None})


@pytest.mark.parametrize(("most", "shown"), [(2, 2), (1, 0)])
def test_a_report_with_too_many_rows_says_so_and_has_its_total(most, shown, ada, make_lead, monkeypatch):
    monkeypatch.setattr(report_answer, "MOST_GROUPS", most)
    for country in ("RO", "DE"):
        make_lead(country=country)
    found = get_answer(parse_question(QueryDict("measure=leads&by=country"), ada), ada)
    assert (len(found.groups), found.total.parts["leads"]) == (shown, 2)
    assert [one[:30] for one in found.problems] == ([] if shown else ["This report has more than 1 ro"])


def test_costs_are_in_the_group_of_their_source_and_in_the_total(ada, sources):
    with operation("test", by=None):
        SourceCost.objects.create(source=sources.website, month=date(2026, 5, 1), amount=Decimal(30))
    query = "measure=costs&by=source&period=between&from=2026-05-01&to=2026-05-31"
    found = get_answer(parse_question(QueryDict(query), ada), ada)
    assert {group.keys: group.parts["costs"] for group in found.groups} == {
        (sources.website.pk,): Decimal(30)
    }
    assert found.total.parts == {"costs": Decimal(30)}
    leads = get_answer(parse_question(QueryDict(query.replace("costs", "leads")), ada), ada)
    assert (leads.groups, set(leads.total.parts)) == ([], {"leads"})


def test_the_median_of_all_isnt_the_sum_of_those_of_the_groups(ada, make_lead):
    for country, value in (("RO", 10), ("RO", 30), ("DE", 100)):
        make_lead(country=country, value=value, currency="EUR")
    query = "measure=value_median&measure=leads&by=country&period=all"
    found = get_answer(parse_question(QueryDict(query), ada), ada)
    assert {group.keys[0]: group.parts["value_median"] for group in found.groups} == {"RO": 20, "DE": 100}
    assert (found.total.parts["value_median"], found.total.parts["leads"]) == (30, 3)


# What is counted, and the countries that have a row: one without any of it has none. The lead in RO is open.
SHOWN = {"open_leads": {"RO"}, "leads": {"RO", "DE"}}


@pytest.mark.parametrize("measure", SHOWN)
def test_a_group_without_any_of_what_is_counted_has_no_row(measure, ada, make_lead):
    make_lead(country="RO")
    make_lead(country="DE", status="lost")
    found = get_answer(parse_question(QueryDict(f"measure={measure}&by=country&period=all"), ada), ada)
    assert {group.keys[0] for group in found.groups} == SHOWN[measure]


def test_only_the_leads_of_the_filters_are_counted(ada, make_lead):
    for country in ("RO", "DE"):
        make_lead(country=country)
    found = get_answer(parse_question(QueryDict("measure=leads&country=RO"), ada), ada)
    assert found.total.parts["leads"] == 1
