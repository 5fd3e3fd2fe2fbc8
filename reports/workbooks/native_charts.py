"""The pictures of a report as charts that Excel and LibreOffice draw themselves, from cells of a sheet for chart data."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from django.utils.translation import gettext as _
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.chart.axis import ChartLines, TextAxis
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.marker import Marker
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.chart.text import RichText, Text
from openpyxl.chart.title import Title
from openpyxl.drawing.line import LineProperties
from openpyxl.drawing.text import CharacterProperties, Paragraph, ParagraphProperties, RegularTextRun
from openpyxl.worksheet.worksheet import Worksheet

from reports.charts.chart_values import build_funnel_bars, build_group_bars, build_line_chart, get_chart_type
from reports.charts.line_chart import MOST_LINES
from reports.engine.measures import Unit
from reports.engine.report_answer import ReportAnswer
from reports.workbooks.sheet_styles import (
    ACCENT,
    LINE,
    get_number_format,
    write_head,
    write_text,
    write_value,
)

# Centimeters: two charts side by side on a landscape page.
WIDTH, HEIGHT, BAR_HEIGHT = 16, 9, 0.7
# Of more times, some have no label, and no point has a mark.
MOST_LABELS, MOST_MARKS = 7, 30
# The colors of the lines on the pages; they differ by their dashes too.
LINES = [
    (ACCENT, "solid"),
    ("1F7A4D", "dash"),
    ("B3362C", "sysDot"),
    ("8A5A00", "dashDot"),
    ("2B2F38", "sysDash"),
    ("7A3E9D", "lgDash"),
]
Chart = BarChart | LineChart


class ChartData:
    """The sheet with the values that charts are drawn from: a block of columns for each, side by side."""

    def __init__(self, sheet: Worksheet) -> None:
        self.sheet = sheet
        self.next_column = 1

    def write_block(
        self, labels: Sequence[str], series: Sequence[tuple[Any, Sequence[Any]]], unit: Unit
    ) -> tuple[Reference, Reference]:
        """Returns where the values with their heads are, and where the labels are."""
        first, last = self.next_column, len(labels) + 1
        self.next_column += len(series) + 2
        for number, label in enumerate(labels, start=2):
            write_text(self.sheet.cell(number, first), label)
        for place, (head, values) in enumerate(series, start=first + 1):
            write_head(self.sheet.cell(1, place), head, at_end=True)
            for number, value in enumerate(values, start=2):
                write_value(self.sheet.cell(number, place), value, unit)
        found = Reference(self.sheet, first + 1, 1, first + len(series), last)
        return found, Reference(self.sheet, first, 2, first, last)


def build_chart(title: Any, answer: ReportAnswer, data: ChartData) -> Chart | None:
    """The chart of the picture that the page draws, with the same values; None if it draws none."""
    measure = answer.question.measures[0]
    match get_chart_type(answer):
        case "funnel":
            bars, unit, head = build_funnel_bars(answer), Unit.COUNT, _("Funnel")
        case "bar":
            bars, unit, head = build_group_bars(answer), measure.unit, str(measure.label)
        case "line":
            return _build_line_chart(title, answer, data)
        case _:
            return None
    return build_bar_chart(title, head, [(bar.label, bar.value) for bar in bars], unit, data)


def build_bar_chart(
    title: Any, head: str, bars: Sequence[tuple[str, Any]], unit: Unit, data: ChartData
) -> Chart:
    """From left to right, the first at the top, each with its value. `head` says what the values are."""
    chart, places = (
        BarChart(),
        data.write_block(
            [label for label, _value in bars], [(head, [value for _label, value in bars])], unit
        ),
    )
    chart.type, chart.gapWidth, chart.legend = "bar", 45, None
    _fill_chart(chart, title, places, max(HEIGHT, ceil(2.2 + len(bars) * BAR_HEIGHT)))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.y_axis.delete = True
    chart.y_axis.majorGridlines = None
    chart.dataLabels = DataLabelList(
        showVal=True, showSerName=False, showCatName=False, showLegendKey=False, showPercent=False
    )
    chart.dataLabels.numFmt = get_number_format(unit)
    chart.series[0].graphicalProperties = GraphicalProperties(solidFill=ACCENT)
    return chart


def _build_line_chart(title: Any, answer: ReportAnswer, data: ChartData) -> Chart:
    found, measure = build_line_chart(answer), answer.question.measures[0]
    lines = found.lines[:MOST_LINES]
    series = [(line.label or measure.label, line.values) for line in lines]
    chart = LineChart()
    chart.x_axis = TextAxis(axId=10, crossAx=100, tickLblSkip=ceil(len(found.steps) / MOST_LABELS))
    _fill_chart(chart, title, data.write_block(found.steps, series, measure.unit), HEIGHT)
    chart.y_axis.number_format, chart.y_axis.scaling.min = get_number_format(measure.unit), _get_bottom(lines)
    chart.y_axis.majorGridlines = ChartLines(GraphicalProperties(ln=LineProperties(solidFill=LINE)))
    chart.display_blanks = "gap"
    if len(lines) == 1:
        chart.legend = None
    elif chart.legend:
        chart.legend.position = "b"
    for line, (color, dash) in zip(chart.series, LINES, strict=False):
        line.smooth = False
        line.graphicalProperties.line.solidFill, line.graphicalProperties.line.dashStyle = color, dash
        line.graphicalProperties.line.width = 22_000
        line.marker = Marker("circle" if len(found.steps) <= MOST_MARKS else "none", 5)
        line.marker.graphicalProperties = GraphicalProperties(solidFill=color)
        line.marker.graphicalProperties.line.solidFill = color
    return chart


def _get_bottom(lines: Sequence[Any]) -> float | None:
    """Zero, unless a value is below it."""
    values = [value for line in lines for value in line.values if value is not None]
    return None if values and min(values) < 0 else 0


def _fill_chart(chart: Chart, title: Any, places: tuple[Reference, Reference], height: int) -> None:
    values, labels = places
    chart.add_data(values, titles_from_data=True)
    chart.set_categories(labels)
    chart.title, chart.width, chart.height = _build_title(str(title)), WIDTH, height
    # Newer programs take an axis that says nothing about it as deleted.
    chart.x_axis.delete = chart.y_axis.delete = False


def _build_title(text: str) -> Title:
    """In the size of a heading, not of a poster."""
    style = CharacterProperties(sz=1200, b=True)
    paragraph = Paragraph(ParagraphProperties(defRPr=style), r=[RegularTextRun(rPr=style, t=text)])
    return Title(tx=Text(rich=RichText(p=[paragraph])), overlay=False)
