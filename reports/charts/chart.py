"""The picture of an answer on a page: bars, a line over time, or a funnel, as SVG."""

from collections.abc import Sequence

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crm.platform.web.rendering.html_building import html, join_html
from reports.charts.bar_chart import render_bars
from reports.charts.chart_values import (
    MOST_BARS,
    build_funnel_bars,
    build_group_bars,
    build_line_chart,
    get_chart_type,
)
from reports.charts.line_chart import MOST_LINES, render_lines
from reports.display.value_texts import format_value
from reports.engine.report_answer import ReportAnswer


def render_picture(answer: ReportAnswer) -> SafeString | str:
    """'' if it asks for none, or if there is nothing to draw."""
    match get_chart_type(answer):
        case "funnel":
            return render_bars(build_funnel_bars(answer), _("Funnel"))
        case "line":
            return _render_lines(answer)
        case "bar":
            return _render_bars(answer)
    return ""


def _render_bars(answer: ReportAnswer) -> SafeString:
    drawn = render_bars(build_group_bars(answer), answer.question.measures[0].label)
    if len(answer.groups) <= MOST_BARS:
        return drawn
    words = _("The chart shows the first %(shown)s of %(number)s rows.")
    return _add_notes(drawn, [words % {"shown": MOST_BARS, "number": len(answer.groups)}])


def _render_lines(answer: ReportAnswer) -> SafeString:
    measure, chart = answer.question.measures[0], build_line_chart(answer)
    picture = render_lines(
        chart.lines,
        chart.steps,
        measure.label,
        lambda value: format_value(measure, value),
        chart.in_part,
    )
    return _add_notes(picture, _describe_line_chart(len(chart.lines), bool(chart.in_part)))


def _describe_line_chart(number: int, is_part: bool) -> list[str]:
    """What a reader would miss, or take for a fall."""
    notes = []
    if number > MOST_LINES:
        words = _("The chart shows the first %(shown)s of %(number)s lines.")
        notes.append(words % {"shown": MOST_LINES, "number": number})
    if is_part:
        notes.append(_("Pale parts of the chart are only partly in the period."))
    return notes


def _add_notes(picture: SafeString, notes: Sequence[str]) -> SafeString:
    return join_html([picture, *(html('<p class="soft small">{}</p>', note) for note in notes)])
