"""The goals of a month as a workbook, with numbers as numbers."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.platform.excel.writing.cell_values import CellKind, SheetColumn
from crm.platform.excel.writing.workbook_writer import Workbook
from reports.goals.goal_lines import GoalLine, MonthOfGoals, get_goal_definitions


def write_goals(file: IO[bytes], title: str, found: MonthOfGoals, creator: str) -> None:
    with Workbook(file, title=title, creator=creator, created=timezone.localtime()) as book:
        book.write_table(_("Goals"), _build_columns(), _iterate_rows(found.lines))
        columns = [SheetColumn(_("Number"), width=30), SheetColumn(_("Definition"), width=90)]
        book.write_table(
            _("Definitions"),
            columns,
            ([str(label), str(text)] for label, text in get_goal_definitions(found.lines)),
        )


def _build_columns() -> list[SheetColumn]:
    texts = [SheetColumn(_("Goal of"), width=28), SheetColumn(_("Number"), width=24)]
    heads = [_("Target"), pgettext("of a goal", "Reached"), _("Reached (%)"), _("Expected by today")]
    numbers = [SheetColumn(text, CellKind.NUMBER, width=18) for text in heads]
    return [*texts, *numbers, SheetColumn(_("State"), width=18)]


def _iterate_rows(lines: Sequence[GoalLine]) -> Iterator[list[Any]]:
    for line in lines:
        numbers = (line.goal.target, line.value, line.share, line.expected)
        plain = [None if value is None else Decimal(value).normalize() for value in numbers]
        yield [line.goal.label, line.measure, *plain, line.state_text]
