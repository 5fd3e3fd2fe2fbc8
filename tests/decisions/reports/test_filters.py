"""Which filters of a report are asked of what was counted itself, which rows are read, and which numbers lead to a list."""

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.http import QueryDict

from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS
from crm.records.listing.record_list import RecordList
from leads.models import Lead
from leads.verbs import Move
from reports.engine.counted_leads import (
    _is_same,
    build_counted_condition,
    build_filter_condition,
    filter_within_period,
    get_moment_column,
)
from reports.engine.drill_down import (
    FigureFilter,
    _parse_key,
    build_figure_query,
    get_counted_record_ids,
    read_figure,
)
from reports.engine.measures import MEASURE_PARTS, MEASURES
from reports.engine.question import HAPPENED, parse_question
from reports.engine.report_periods import ReportPeriod

SAME = {
    "a column that both have": (Q(owner=1), True),
    "a lookup of such a column": (Q(created_at__gte="2026-01-01"), True),
    "a column that only leads have": (Q(city="Cluj"), False),
    "two columns that both have": (Q(owner=1, vip=True), True),
    "two columns, the first one only of leads": (Q(city="Cluj") & Q(owner=1), False),
    "two columns, the last one only of leads": (Q(owner=1) & Q(city="Cluj"), False),
    "one or the other": (Q(owner=1) | Q(department=2), True),
    "one or the other, one only of leads": (Q(Q(owner=1) | Q(city="Cluj"), vip=True), False),
    "a column that is compared with another one": (Q(created_at__gt=F("status_since")), False),
    "what is no condition of columns": (F("owner"), False),
    "no condition": (Q(), True),
}


@pytest.mark.parametrize("case", SAME.values(), ids=SAME)
def test_which_conditions_ask_only_for_columns_that_the_progress_has(case):
    condition, same = case
    assert _is_same(condition) is same


CALLS, NOTES, EMAILS = (MEASURE_PARTS[name].condition for name in ("calls", "notes", "emails"))
PARTS_READ = {
    "leads are always read": (["leads"], Q()),
    "so are leads beside calls": (["calls", "leads"], Q()),
    "won leads are, so that a source without any has a zero": (["won"], Q()),
    "calls": (["calls"], CALLS),
    "calls and notes": (["calls", "notes"], CALLS | NOTES),
    "calls, notes and emails": (["calls", "notes", "emails"], CALLS | NOTES | EMAILS),
    "calls on leads are among the calls": (["calls", "calls_of_leads"], CALLS),
    "calls on leads alone": (["calls_of_leads"], MEASURE_PARTS["calls_of_leads"].condition),
}


@pytest.mark.parametrize("case", PARTS_READ.values(), ids=PARTS_READ)
def test_which_rows_are_read(case):
    parts, condition = case
    assert build_counted_condition(parts) == condition


MOMENTS = {
    "leads that were won, by when they were": ("won", HAPPENED, "won_at"),
    "leads that were won, by when they came": ("won", "added", "created_at"),
    "calls are counted by when they happened": ("calls", "added", MEASURE_PARTS["calls"].moment),
}


@pytest.mark.parametrize("case", MOMENTS.values(), ids=MOMENTS)
def test_by_which_moment_a_part_is_counted(case):
    name, basis, moment = case
    assert get_moment_column(SimpleNamespace(basis=basis), name) == moment


def test_rows_without_a_moment_are_in_no_period():
    asked: list[Any] = []
    rows = SimpleNamespace(filter=lambda *conditions, **values: asked.append((conditions, values)))
    period = ReportPeriod("between", date(2026, 1, 1), date(2026, 1, 31))
    filter_within_period(rows, period, "won_at")
    assert asked == [((period.build_condition("won_at"),), {"won_at__isnull": False})]
    # What is there today has no moment.
    assert filter_within_period(rows, period, "") is rows


KEYS = {
    "a number": (int, False, "7", 7),
    "no key": (int, False, "", None),
    "a zero character": (str, False, "a\0b", "ab"),
    "the largest number": (int, False, str(2**63 - 1), 2**63 - 1),
    "a number that is too large": (int, False, str(2**63), ValueError),
    "the smallest number": (int, False, str(1 - 2**63), 1 - 2**63),
    "a number that is too small": (int, False, str(-(2**63)), ValueError),
    "a day": (date.fromisoformat, True, "2026-01-05", date(2026, 1, 5)),
    "a group by time without a day": (date.fromisoformat, True, "", ValueError),
    "the first year": (date.fromisoformat, True, "1900-01-01", date(1900, 1, 1)),
    "a year before": (date.fromisoformat, True, "1899-12-31", ValueError),
    "the last year": (date.fromisoformat, True, "9000-12-31", date(9000, 12, 31)),
    "a year after": (date.fromisoformat, True, "9001-01-01", ValueError),
}


@pytest.mark.parametrize("case", KEYS.values(), ids=KEYS)
def test_which_keys_of_a_group_are_read(case):
    key, step, text, expected = case
    dimension = SimpleNamespace(key=key, step="day" if step else "")
    if expected is ValueError:
        with pytest.raises(ValueError, match=f"^{text}$"):
            _parse_key(dimension, text)
    else:
        assert _parse_key(dimension, text) == expected


# The URL of a number, the list that it is opened in, and whether it leads there.
READ = {
    "leads in the list of leads": ("measure=leads&part=leads", "lead", True),
    "leads in the list of deals": ("measure=leads&part=leads", "deal", False),
    "deals in the list of deals": ("measure=open_deals&part=open_deals", "deal", True),
    "deals in the list of leads": ("measure=open_deals&part=open_deals", "lead", False),
    "calls in the list of leads": ("measure=calls&part=calls_of_leads", "lead", True),
    "a part that there isn't": ("measure=leads&part=moon", "lead", False),
    "no part": ("measure=leads", "lead", False),
    "by source": ("measure=leads&by=source&part=leads&key=1", "lead", True),
    "by source, all together": ("measure=leads&by=source&part=leads", "lead", True),
    "by two fields": ("measure=leads&by=source&by=country&part=leads&key=1&key=RO", "lead", True),
    "by two fields, one of them": ("measure=leads&by=source&by=country&part=leads&key=1", "lead", False),
    "a key of no field": ("measure=leads&part=leads&key=1", "lead", False),
    "deals by a field that only leads have": ("measure=leads&by=source&part=open_deals", "deal", False),
    "deals by two fields, one only of leads": (
        "measure=leads&by=owner&by=source&part=open_deals",
        "deal",
        False,
    ),
    "deals by a field of theirs": ("measure=leads&by=owner&part=open_deals", "deal", True),
    "a key that can't be read": ("measure=leads&by=source&part=leads&key=x", "lead", False),
    "a wrong question": ("measure=moon&part=leads", "lead", False),
}


@pytest.mark.parametrize(("query", "kind", "leads"), READ.values(), ids=READ)
def test_which_numbers_lead_to_a_list(query, kind, leads, ada):
    if leads:
        _question, part, keys = read_figure(query, ada, kind)
        assert (part, len(keys)) == (QueryDict(query)["part"], query.count("key="))
        return
    with pytest.raises(ValidationError, match="This number of a report"):
        read_figure(query, ada, kind)


@pytest.mark.parametrize("keys", [[], [7, "RO"], [None, "RO"], [7, None]], ids=str)
def test_the_address_of_a_number_says_what_was_counted(keys, ada):
    query = (
        "measure=leads&measure=won&by=source&by=country&period=last30&picture=line&sort=won&compare=before"
    )
    kind, found = build_figure_query(parse_question(QueryDict(query), ada), "won", keys)
    data = QueryDict(QueryDict(found)["figure"])
    assert kind.name == "lead"
    assert (data["part"], data.getlist("by"), data["period"]) == ("won", ["source", "country"], "last30")
    assert data.getlist("key") == ["" if key is None else str(key) for key in keys]
    # What doesn't change which records are counted isn't in it.
    assert not {"measure", "compare", "picture", "sort"} & {*data}
    question, part, read = read_figure(QueryDict(found)["figure"], ada, "lead")
    assert (part, read, len(question.by)) == ("won", keys, 2)


# The part, the keys of its group by source, and the leads that it counts.
COUNTED = {
    "all leads": ("leads", [], "ABC"),
    "leads of a source": ("leads", ["website"], "AB"),
    "won leads": ("won", [], "A"),
    "won leads of another source": ("won", ["event"], ""),
}


@pytest.mark.parametrize(("part", "keys", "names"), COUNTED.values(), ids=COUNTED)
def test_which_leads_a_number_counts(part, keys, names, ada, make_lead, sources, statuses):
    made = {name: make_lead(name, source="event" if name == "C" else "website") for name in "ABC"}
    carry_out(Move(status=statuses.won), Lead.objects.filter(pk=made["A"].pk), by=ada)
    question = parse_question(QueryDict("measure=leads&by=source&period=last30"), ada)
    ids = get_counted_record_ids(question, part, [getattr(sources, key).pk for key in keys], ada)
    found = Lead.objects.filter(pk__in=ids).order_by("last_name").values_list("last_name", flat=True)
    assert "".join(found) == names


@pytest.mark.parametrize("leads", [True, False])
def test_numbers_of_deals_lead_nowhere_for_users_who_see_no_deals(leads, someone_with):
    user = someone_with("view_lead", *(["view_deal"] if leads else []))
    if leads:
        assert read_figure("measure=leads&part=open_deals", user, "deal")
        return
    with pytest.raises(ValidationError):
        read_figure("measure=leads&part=open_deals", user, "deal")


WORDS = {
    "leads": ("leads", "{leads}, Website, May 2026"),
    "calls on leads are called calls": ("calls_of_leads", "Calls, Website, May 2026, each lead once"),
    "emails to leads are called as the mailings count them": (
        "mailings_sent_leads",
        "{mailings_sent}, Website, May 2026, each lead once",
    ),
    "won leads, which a rate leads to as well": ("won", "{won}, Website, May 2026"),
    "a part that no measure leads to": (
        "mailings_tracked",
        "mailings_tracked, Website, May 2026, each lead once",
    ),
}


@pytest.mark.parametrize("case", WORDS.values(), ids=WORDS)
def test_what_the_list_behind_a_number_is_called(case, monkeypatch):
    part, words = case
    dimension = SimpleNamespace(
        labels=lambda keys, user: {key: key.title() for key in keys},
        get_label=lambda labels, key: labels[key],
    )
    question = SimpleNamespace(by=[dimension], period=SimpleNamespace(title="May 2026"))
    monkeypatch.setattr(
        "reports.engine.drill_down.read_figure", lambda value, user, kind: (question, part, ["website"])
    )
    filter = FigureFilter("lead")
    filter.parent = SimpleNamespace(user=None)
    labels = {name: str(measure.label) for name, measure in MEASURES.items()}
    assert filter.describe_value("…") == words.format_map(labels)
    assert not filter.is_offered_to(None, None)
    assert not filter.field.required


FILTERED = {
    "no filter": ("", Q()),
    "a filter of a column that both have": ("vip=yes", "own"),
    "a filter of a column that only leads have": ("city.is=Cluj", "leads"),
    "a search": ("q=acme", "leads"),
    "a search and a filter of a column that both have": ("q=acme&vip=yes", "leads"),
    "two filters, one only of leads": ("vip=yes&city.is=Cluj", "leads"),
}


@pytest.mark.parametrize("path", ["", "progress__"])
@pytest.mark.parametrize(("query", "how"), FILTERED.values(), ids=FILTERED)
def test_how_the_filters_of_a_report_are_asked(query, how, path, ada):
    question: Any = SimpleNamespace(listing=RecordList(KINDS["lead"], QueryDict(query), ada))
    found = build_filter_condition(question, path)
    if how == "leads":
        assert [name for name, _rows in found.children] == [f"{path}lead__in"]
    else:
        assert found == (Q(Q(**{f"{path}vip": True})) if how else Q())
