"""The charts of a workbook with the values of the cells that they refer to."""

from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import range_boundaries


@dataclass(frozen=True)
class FoundChart:
    kind: str
    title: str
    has_legend: bool
    series: list[list[tuple[str, Any]]]


def get_charts(book: Workbook) -> list[FoundChart]:
    """From left to right and from top to bottom."""
    return [_read_chart(book, chart) for sheet in book.worksheets for chart in sheet._charts]


def _read_chart(book: Workbook, chart: Any) -> FoundChart:
    title = "".join(run.t for paragraph in chart.title.tx.rich.p for run in paragraph.r)
    series = [
        list(
            zip(
                _read_cells(book, (line.cat.strRef or line.cat.numRef).f),
                _read_cells(book, line.val.numRef.f),
                strict=True,
            )
        )
        for line in chart.series
    ]
    return FoundChart(chart.tagname, title, chart.legend is not None, series)


def _read_cells(book: Workbook, area: str) -> list[Any]:
    name, _sign, cells = area.rpartition("!")
    first, top, last, bottom = range_boundaries(cells)
    sheet = book[name.strip("'")]
    return [
        sheet.cell(row, column).value for column in range(first, last + 1) for row in range(top, bottom + 1)
    ]
