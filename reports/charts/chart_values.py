"""The values of an answer's picture: bars, lines over time, or the steps of a funnel; pages draw them as SVG, workbooks natively."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from reports.charts.bar_chart import Bar
from reports.charts.line_chart import ChartLine
from reports.display.value_texts import (
    describe_rate_counts,
    describe_value,
    format_percent,
    format_value,
    get_shown_value,
)
from reports.engine.dimensions import Dimension, get_next_period_start
from reports.engine.drill_down import build_list_url
from reports.engine.measures import MEASURE_PARTS, Measure, Unit, divide_or_none
from reports.engine.report_answer import ReportAnswer, ReportGroup

MOST_STEPS = 400
# Of more groups, the table has the others, and a sentence says so.
MOST_BARS = 20


@dataclass(frozen=True)
class LineChart:
    """`steps` are the names of the times, `in_part` the places of those that aren't completely in the period."""

    lines: Sequence[ChartLine]
    steps: Sequence[str]
    in_part: Sequence[int]


def get_chart_type(answer: ReportAnswer) -> str:
    """bar, line or funnel; '' if the question asks for none, or if there is nothing to draw."""
    picture, by = answer.question.picture, answer.question.by
    if picture == "funnel":
        return picture if any(measure.unit == Unit.COUNT for measure in answer.question.measures) else ""
    if picture not in ("bar", "line") or not answer.groups:
        return ""
    return "line" if picture == "line" and by and by[0].step else "bar"


def build_funnel_bars(answer: ReportAnswer) -> list[Bar]:
    """The counts of all leads, one below the other, with what each has less than the one before."""
    rows: list[Bar] = []
    for measure in answer.question.measures:
        if measure.unit != Unit.COUNT:
            continue
        value = answer.total.get_value(measure)
        share = divide_or_none(value, rows[-1].value, 100) if rows else None
        note = (
            "" if share is None else _("%(percent)s of the step before") % {"percent": format_percent(share)}
        )
        url = build_list_url(answer.question, measure.behind, ()) if value else ""
        rows.append(Bar(str(measure.label), value, format_value(measure, value), url, note))
    return rows


def build_group_bars(answer: ReportAnswer) -> list[Bar]:
    """The first number of the first groups, in the order of the table; times from the first one on."""
    measure, groups = answer.question.measures[0], answer.groups
    if answer.question.by[0].step:
        groups = sorted(groups, key=lambda group: group.keys[0])
    return [_build_group_bar(answer, measure, group) for group in groups[:MOST_BARS]]


def _build_group_bar(answer: ReportAnswer, measure: Measure, group: ReportGroup) -> Bar:
    """As in the table, a rate has the counts beside it, and too few leads have no rate."""
    value, text = get_shown_value(measure, group), describe_value(measure, group)
    note = describe_rate_counts(measure, group) if value is not None else ""
    url = (
        build_list_url(answer.question, measure.behind, group.keys) if group.get_count(measure.behind) else ""
    )
    return Bar(", ".join(group.texts), value, text, url, note)


def build_line_chart(answer: ReportAnswer) -> LineChart:
    """The first number over time, a line for each value of the second field."""
    measure, by = answer.question.measures[0], answer.question.by
    steps = _get_steps(answer, by[0])
    known = by[0].labels(steps, None)
    labels = {step: _add_so_far(answer, by[0].step, step, text) for step, text in known.items()}
    in_part = [place for place, step in enumerate(steps) if labels[step] != known[step]]
    series: dict[Any, dict[Any, ReportGroup]] = {}
    names: dict[Any, str] = {}
    for group in answer.groups:
        key = group.keys[1] if len(by) > 1 else None
        series.setdefault(key, {})[group.keys[0]] = group
        names[key] = group.texts[1] if len(by) > 1 else ""
    lines = [_build_line(measure, names[key], groups, steps) for key, groups in series.items()]
    return LineChart(lines, [labels[step] for step in steps], in_part)


def _add_so_far(answer: ReportAnswer, step: str, day: date, text: str) -> str:
    """A week or month that isn't completely in the period says so, because its number is lower for that reason alone. Where only
    its end counts, it doesn't matter that the period begins later."""
    period, measure = answer.question.period, answer.question.measures[0]
    at_end = any(MEASURE_PARTS[part].at_end for part in measure.parts if part in MEASURE_PARTS)
    starts_before = period.first is not None and day < period.first and not at_end
    ends_after = (
        period.last is not None and get_next_period_start(day, step).toordinal() - 1 > period.last.toordinal()
    )
    return _("%(time)s (in part)") % {"time": text} if starts_before or ends_after else text


def _build_line(
    measure: Measure, label: str, groups: dict[Any, ReportGroup], steps: Sequence[date]
) -> ChartLine:
    """A step without leads has a count of zero, and no rate, average or time."""
    values = [groups[step].get_value(measure) if step in groups else None for step in steps]
    if measure.unit == Unit.COUNT:
        values = [value or 0 for value in values]
    return ChartLine(
        label,
        [None if value is None else float(value) for value in values],
        [
            _describe_point(measure, value, groups.get(step))
            for step, value in zip(steps, values, strict=True)
        ],
    )


def _describe_point(measure: Measure, value: Any, group: ReportGroup | None) -> str:
    """A rate with what it is out of."""
    text, note = format_value(measure, value), describe_rate_counts(measure, group) if group else ""
    return f"{text} ({note})" if text and note else text


def _get_steps(answer: ReportAnswer, dimension: Dimension) -> list[date]:
    """Every step of the period, also those without leads."""
    known = sorted({group.keys[0] for group in answer.groups})
    first, last = known[0], known[-1]
    period = answer.question.period
    if period.first and first > period.first:
        while (earlier := _get_previous_period_start(first, dimension.step)) and get_next_period_start(
            earlier, dimension.step
        ) > period.first:
            first = earlier
    if period.last:
        last = max(last, period.last)
    steps = [first]
    while len(steps) < MOST_STEPS and (step := get_next_period_start(steps[-1], dimension.step)) <= last:
        steps.append(step)
    return steps


def _get_previous_period_start(day: date, step: str) -> date:
    """The first day of the week, month and so on before."""
    if step in ("day", "week"):
        return date.fromordinal(day.toordinal() - (7 if step == "week" else 1))
    months = {"month": 1, "quarter": 3, "year": 12}[step]
    number = day.year * 12 + day.month - 1 - months
    return date(number // 12, number % 12 + 1, 1)
