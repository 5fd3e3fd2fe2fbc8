"""What a question says about its time, what its URL chooses, and in which order the groups of its answer come."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from crm.platform.web.request_cache import cache_reads
from reports.engine import report_answer
from reports.engine.drill_down import _get_period_title
from reports.engine.measures import COSTS, MEASURE_PARTS, MEASURES, Unit, divide_or_none
from reports.engine.question import MOST_MEASURES, ReportQuestion, parse_question
from reports.engine.report_answer import ReportAnswer, ReportGroup, _sort_keys, get_earliest_moment
from reports.engine.report_periods import ReportPeriod
from reports.subjects.subject import SUBJECTS, Subject, can_be_grouped_by, get_viewable_measures

MAY = ReportPeriod("between", date(2026, 5, 1), date(2026, 5, 31))


def question(*measures: str, period: ReportPeriod = MAY, by: Any = ()) -> ReportQuestion:
    return ReportQuestion(
        tuple(MEASURES[name] for name in measures),
        tuple(by),
        period,
        "added",
        "",
        "",
        SimpleNamespace(query="", is_narrowed=False),
    )


class Time(NamedTuple):
    """The measures of a question, the time that it is about in words, and whether some of it can be compared."""

    measures: tuple[str, ...]
    title: str
    compared: bool


WITHIN, SINCE = "1 May 2026 to 31 May 2026", "Since 1 May 2026"
TIMES = {
    "what happened in the period": Time(("leads",), WITHIN, True),
    "what is there today": Time(("open_leads",), "", False),
    "what has changed since": Time(("deals_moved",), SINCE, False),
    "what happened, and what is there today": Time(("leads", "open_leads"), WITHIN, True),
    "what has changed since, and what is there today": Time(("deals_moved", "open_deals"), SINCE, False),
    "all three": Time(("open_deals", "deals_moved", "leads"), WITHIN, True),
}


# Of a number, whether it is of today, and whether there is no period before it.
OF_NOW = {
    "leads": (False, False),
    "open_leads": (True, True),
    "deals_moved": (False, True),
    "costs": (False, False),
    "cost_per_lead": (False, False),
}


@pytest.mark.parametrize("name", OF_NOW)
def test_which_numbers_are_of_today(name):
    measure = MEASURES[name]
    assert (measure.is_of_today, measure.has_no_period_before) == OF_NOW[name]
    # One that is computed from others is of today if one of these is.
    both = replace(measure, parts=("leads", *measure.parts))
    assert (both.is_of_today, both.has_no_period_before) == OF_NOW[name]


@pytest.mark.parametrize("case", TIMES.values(), ids=TIMES)
def test_the_time_that_a_question_is_about(case):
    asked = question(*case.measures)
    assert (asked.period_title, asked.has_period_before) == (case.title, case.compared)
    if len(case.measures) == 1:
        assert _get_period_title(asked, *case.measures) == case.title


# The parameter of a URL, what the question has, and the parameter with which it is asked again.
CHOSEN = {
    "a picture": ("picture=line", "picture", "line"),
    "no picture": ("", "picture", "bar"),
    "a picture that there isn’t": ("picture=cake", "picture", "bar"),
    "what happened in the period": ("basis=happened", "basis", "happened"),
    "when leads were added": ("basis=added", "basis", "added"),
    "no basis": ("", "basis", "added"),
    "a basis that there isn’t": ("basis=moon", "basis", "added"),
    "the period before": ("compare=before", "compare", "before"),
    "nothing is said about comparing": ("", "compare", ""),
    "no comparison, as older pages sent it": ("compare=", "compare", "none"),
    "a comparison that there isn’t": ("compare=moon", "compare", ""),
}


@pytest.mark.parametrize("case", CHOSEN.values(), ids=CHOSEN)
def test_what_a_url_chooses(case, ada):
    query, name, value = case
    asked = parse_question(QueryDict(query), ada, picture="bar")
    assert getattr(asked, name) == value
    assert bool(asked.problems) == query.endswith(("moon", "cake"))
    # What is usual isn't in its URL.
    assert asked.url_parameters.get(name, "") == ("" if value == "added" else value)


# The period of a URL, and that of the question's own.
PERIODS = {
    "a name": ("period=last30", "period=last30"),
    "a name beside days": ("period=last30&from=2026-05-01&to=2026-05-31", "period=last30"),
    "between two days": (
        "period=between&from=2026-05-01&to=2026-05-31", "period=between&from=2026-05-01&to=2026-05-31",
    ),
    "all time": ("period=all", "period=all"),
}  # fmt: skip


@pytest.mark.parametrize(("query", "own"), PERIODS.values(), ids=PERIODS)
def test_a_period_is_asked_again_as_it_was(query, own, ada):
    found = parse_question(QueryDict(f"measure=leads&{query}"), ada)
    assert found.problems == []
    assert found.url_parameters.urlencode() == f"measure=leads&{own}"


@pytest.mark.parametrize(
    "query", ["measure=", "measure=&measure=", "", "measure=leads&measure=&measure=leads"]
)
def test_a_number_without_a_name_is_none(query, ada):
    found = parse_question(QueryDict(query), ada)
    assert ([measure.name for measure in found.measures], found.problems) == (["leads"], [])


def test_a_question_has_at_most_twelve_numbers(ada):
    names = [name for name, measure in MEASURES.items() if measure.parts != (COSTS,)]
    for number, problem in ((MOST_MEASURES, []), (MOST_MEASURES + 1, ["Choose at most 12 numbers."])):
        asked = parse_question(QueryDict("&".join(f"measure={name}" for name in names[:number])), ada)
        assert (len(asked.measures), asked.problems) == (12, problem)


def test_medians_of_leads_have_a_query_of_their_own_and_averages_have_none():
    alone = {
        name: MEASURE_PARTS[f"{name}_median"].alone and not MEASURE_PARTS[f"{name}_mean"].alone
        for name in ("value", "contact", "won")
    }
    assert alone == {"value": True, "contact": True, "won": True}


# Those of groups don't give that of all.
NOT_ADDED_UP = {
    *(
        "contact_mean",
        "contact_median",
        "contacted_late_median",
        "late_now_longest",
        "late_now_median",
        "limit_there",
    ),
    *(
        "longest_wait",
        "moved_to_won",
        "score_mean",
        "stay_limit",
        "stay_mean",
        "stay_median",
        "stuck",
        "value_mean",
    ),
    *("value_median", "won_mean", "won_median"),
}


def test_averages_medians_and_limits_of_groups_are_not_added_up():
    assert {name for name, part in MEASURE_PARTS.items() if not part.adds_up} == NOT_ADDED_UP


@pytest.mark.parametrize(("by", "asked"), [("month", True), ("source", False), ("source&by=month", True)])
def test_what_is_there_at_the_end_of_each_month_is_counted_by_its_own_query(by, asked, ada, monkeypatch):
    told: list[Any] = []
    subject = replace(SUBJECTS["stuck"], over_time=lambda *given: told.append(given[:2]) or [])
    monkeypatch.setitem(SUBJECTS, "stuck", subject)
    found = parse_question(QueryDict(f"measure=stuck&period=last90&by={by}"), ada)
    assert not found.problems
    assert report_answer.get_answer(found, ada).groups == []
    assert told == ([(found, ada)] if asked else [])


def express(moment: str, path: str) -> tuple[str, str]:
    return moment, path


# A subject and a field to group by, the moment of the part, and what its rows are grouped by.
GROUPED: dict[str, tuple[Any, Any, str, Any]] = {
    "a field of leads": (Subject("x", None, path="lead__"), ("source", "", express), "at", ("at", "lead__")),
    "a field of leads, for rows that are leads": (Subject("x", None, path=""), ("source", "", express), "at", ("at", "")),
    "a field of leads, for rows without a way to them": (Subject("x", None), ("source", "", express), "at", None),
    "a field that can't be asked of leads": (Subject("x", None, path=""), ("source", "", None), "at", None),
    "a field of its own": (Subject("x", None, own={"source": "own"}), ("source", "", express), "at", "own"),
    "a field of its own that is a function": (
        Subject("x", None, own={"source": lambda: "asked"}), ("source", "", express), "at", "asked",
    ),
    "months": (Subject("x", None), ("month", "month", express), "at", ("at", "")),
    "months of what is there today": (Subject("x", None), ("month", "month", express), "", None),
    "months that can't be asked": (Subject("x", None), ("month", "month", None), "at", None),
}  # fmt: skip


@pytest.mark.parametrize(("subject", "dimension", "moment", "expression"), GROUPED.values(), ids=GROUPED)
def test_what_rows_are_grouped_by(subject, dimension, moment, expression):
    name, step, express_ = dimension
    asked: Any = SimpleNamespace(name=name, step=step, expression=express_)
    assert subject.build_group_expression(asked, moment) == expression


# A number, a field, and whether the number can be grouped by it.
CAN = {
    "leads by source": ("leads", "source", True),
    "costs by source, which are no part of leads": ("cost_per_lead", "source", True),
    "working days by source": ("working_days", "source", False),
    "working days by rep": ("working_days", "rep", True),
    "working days by month": ("working_days", "month", False),
    "leads given per day by source": ("given_per_day", "source", False),
}


@pytest.mark.parametrize(("name", "by", "can"), CAN.values(), ids=CAN)
def test_what_a_number_can_be_grouped_by(name, by, can, ada):
    (dimension,) = parse_question(QueryDict(f"measure=leads&by={by}"), ada).by
    assert can_be_grouped_by(MEASURES[name], dimension) is can


def test_a_number_is_seen_only_by_users_who_may_see_all_of_its_parts(someone_with, ada, monkeypatch):
    both = replace(MEASURES["leads"], name="both", parts=("leads", "open_deals"))
    monkeypatch.setitem(MEASURES, "both", both)
    eve = someone_with("view_lead")
    assert {"both", "leads", "open_deals"} <= {*get_viewable_measures(ada)}
    assert {"both", "leads", "open_deals"} & {*get_viewable_measures(eve)} == {"leads"}


DIVIDED = {
    "none of none": (0, 0, None),
    "some of none": (3, 0, None),
    "none of some": (0, 4, Decimal(0)),
    "some": (3, 4, Decimal("0.75")),
    "an unknown number": (None, 4, None),
    "of an unknown number": (3, None, None),
}


@pytest.mark.parametrize(("number", "of", "quotient"), DIVIDED.values(), ids=DIVIDED)
def test_a_number_is_divided_only_by_what_is_there(number, of, quotient):
    assert divide_or_none(number, of) == quotient
    assert divide_or_none(number, of, 100) == (None if quotient is None else quotient * 100)


RETURNS = {
    "more than it cost": (30, 20, Decimal(50)),
    "less than it cost": (10, 20, Decimal(-50)),
    "as much": (20, 20, Decimal(0)),
    "nothing": (None, 20, Decimal(-100)),
    "it cost nothing": (30, 0, None),
    "the costs aren’t known": (30, None, None),
}


@pytest.mark.parametrize(("revenue", "costs", "percent"), RETURNS.values(), ids=RETURNS)
def test_what_a_source_brought_in_percent_of_its_costs(revenue, costs, percent):
    values = {"revenue": revenue and Decimal(revenue), COSTS: costs and Decimal(costs)}
    assert MEASURES["return"].compute(values) == percent


class Since(NamedTuple):
    """When changes begin to be kept, the first day of the period, and since when the answer says so."""

    kept: datetime | None
    first: date | None
    told: date | None


TENTH = datetime(2026, 5, 10, 9, tzinfo=UTC)
KEPT = {
    "the period begins before": Since(TENTH, date(2026, 5, 9), date(2026, 5, 10)),
    "the period begins on the day": Since(TENTH, date(2026, 5, 10), None),
    "the period begins later": Since(TENTH, date(2026, 5, 11), None),
    "all time": Since(TENTH, None, date(2026, 5, 10)),
    "all changes are kept": Since(None, None, None),
}


@pytest.mark.parametrize("measures", [("given",), ("leads", "given"), ("cost_per_lead", "given")])
@pytest.mark.parametrize("case", KEPT.values(), ids=KEPT)
def test_a_report_says_since_when_changes_are_kept(case, measures, monkeypatch):
    monkeypatch.setitem(report_answer.SUBJECTS, "given", SimpleNamespace(since=lambda: case.kept))
    asked = question(*measures, period=ReportPeriod("any", case.first, None))
    answer = ReportAnswer(asked, [], ReportGroup((), (), {}))
    assert answer.changes_since == case.told
    # Numbers that are counted from the records themselves need no changes.
    leads = question("leads", period=ReportPeriod("any", case.first, None))
    assert ReportAnswer(leads, [], ReportGroup((), (), {})).changes_since is None


def test_the_changes_of_several_numbers_are_kept_since_the_latest_of_their_beginnings(monkeypatch):
    for day, subject in enumerate(("given", "incoming"), 10):
        begun = datetime(2026, 5, day, tzinfo=UTC)
        monkeypatch.setitem(report_answer.SUBJECTS, subject, SimpleNamespace(since=lambda begun=begun: begun))
    answer = ReportAnswer(question("given", "incoming_waiting"), [], ReportGroup((), (), {}))
    assert answer.changes_since == date(2026, 5, 11)


def test_a_choice_that_there_is_not_is_told_in_short(ada):
    asked = parse_question(QueryDict(f"picture={'x' * 60}"), ada)
    assert asked.problems == [f"This choice isn’t available: {'x' * 40}"]


def test_counts_and_rates_of_nothing_are_zero():
    assert MEASURES["leads"].compute({"leads": None}) == 0
    rate = next(
        measure for measure in MEASURES.values() if measure.unit == Unit.PERCENT and len(measure.parts) == 2
    )
    part, of = rate.parts
    assert (rate.compute({part: None, of: 5}), rate.compute({part: 1, of: 5})) == (0, 20)


PLAIN = {"step": "", "by_key": False, "in_order": None}
ORDERS = {
    "by number, the largest first": (PLAIN, {"a": 1, "b": 3, "c": 2}, ["b", "c", "a"]),
    "equal ones by their key": (PLAIN, {"b": 1, "a": 1, "c": 2}, ["c", "a", "b"]),
    "those without a value as any": (PLAIN, {"a": 1, None: 3}, [None, "a"]),
    "months": (PLAIN | {"step": "month"}, {"05": 1, "03": 9, "04": 2}, ["03", "04", "05"]),
    "months, and none last": (PLAIN | {"step": "month"}, {None: 9, "05": 1, "03": 2}, ["03", "05", None]),
    "by key": (PLAIN | {"by_key": True}, {"b": 9, "a": 1, "": 5}, ["a", "b", ""]),
    "as the product orders them": (PLAIN | {"in_order": lambda: "cab"}, {"a": 1, "b": 3, "c": 2}, ["c", "a", "b"]),
    "one that the product doesn’t know comes last": (
        PLAIN | {"in_order": lambda: "ca"}, {"b": 3, "a": 1, "c": 2}, ["c", "a", "b"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("told", "sizes", "order"), ORDERS.values(), ids=ORDERS)
def test_the_order_of_groups(told, sizes, order):
    assert _sort_keys(SimpleNamespace(**told), sizes) == order


def test_numbers_are_as_old_as_the_oldest_of_them():
    older, newer = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 5, 2, tzinfo=UTC)
    assert get_earliest_moment(newer, None, older) == older
    assert get_earliest_moment(None, None) is None


def test_the_time_that_a_question_took_is_remembered(ada, monkeypatch):
    """The slow ones are counted ahead."""
    moments, read = iter([100.0, 102.5]), []
    monkeypatch.setattr(report_answer, "time", SimpleNamespace(perf_counter=lambda: next(moments)))
    monkeypatch.setattr(report_answer, "queue_recount_if_old", lambda slow, kept: read.append(slow.seconds))
    report_answer.get_answer(parse_question(QueryDict("measure=leads"), ada), ada)
    assert read == [2.5]


@pytest.mark.parametrize(("measure", "withheld"), [("cost_per_lead", True), ("leads", False)])
def test_costs_are_withheld_only_where_they_are_asked_for(measure, withheld, someone_with):
    """The reader is told whom to ask."""
    eve = someone_with("see_all", "view_lead")
    found = report_answer.get_answer(question(measure), eve)
    assert (found.costs_withheld, bool(found.costs_unknown)) == (withheld, withheld)


def test_panels_of_a_page_count_the_same_total_once(ada, make_lead):
    make_lead()
    by_source, plain = (parse_question(QueryDict(f"measure=leads{by}"), ada) for by in ("&by=source", ""))
    with cache_reads(), CaptureQueriesContext(connection) as sent:
        first = report_answer.get_answer(by_source, ada)
        before = len(sent.captured_queries)
        second = report_answer.get_answer(plain, ada)
        counted = ["COUNT" in query["sql"] for query in sent.captured_queries]
    assert first.total.parts == second.total.parts
    # The total of a table is added up from its rows.
    assert (sum(counted[:before]), sum(counted[before:])) == (1, 0)
