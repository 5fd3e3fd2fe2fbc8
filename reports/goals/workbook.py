"""The goals of a month as a workbook, with numbers as numbers and a chart of how far each is."""

from collections.abc import Iterator, Sequence
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.engine.measures import MEASURES, Unit
from reports.goals.goal_lines import GoalLine, MonthOfGoals, get_goal_definitions
from reports.workbooks.native_charts import ChartData, build_bar_chart
from reports.workbooks.sheet_styles import (
    NumberCell,
    ReportColumn,
    add_sheet,
    build_workbook,
    write_definitions,
    write_table,
)


def write_goals(file: IO[bytes], title: str, found: MonthOfGoals, creator: str) -> None:
    book = build_workbook(title, creator, timezone.localtime())
    sheet = add_sheet(book, _("Goals"))
    write_table(sheet, _build_columns(), _iterate_rows(found.lines))
    write_definitions(book, get_goal_definitions(found.lines))
    if found.lines:
        bars = [(f"{line.goal.label}: {line.measure}", line.share) for line in found.lines]
        data = ChartData(add_sheet(book, _("Chart data")))
        sheet.add_chart(build_bar_chart(title, _("Reached (%)"), bars, Unit.PERCENT, data), "I1")
    book.save(file)


def _build_columns() -> list[ReportColumn]:
    texts = [ReportColumn(_("Goal of"), width=28), ReportColumn(_("Number"), width=24)]
    heads = [_("Target"), pgettext("of a goal", "Reached"), _("Reached (%)"), _("Expected by today")]
    return [*texts, *(ReportColumn(text, Unit.COUNT) for text in heads), ReportColumn(_("State"))]


def _iterate_rows(lines: Sequence[GoalLine]) -> Iterator[list[Any]]:
    for line in lines:
        unit = MEASURES[line.goal.measure].unit
        target, value, expected = (
            NumberCell(number, unit) for number in (line.goal.target, line.value, line.expected)
        )
        share = NumberCell(line.share, Unit.PERCENT)
        yield [line.goal.label, line.measure, target, value, share, expected, line.state_text]
