"""The heads of a report's table, each with a link that sorts the table by its column."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.text import capfirst

from reports.display.tables import Table
from reports.engine.question import ReportQuestion
from reports.engine.row_sorting import get_usual_sort, is_sortable


@dataclass(frozen=True)
class TableHead:
    """`url` is '' for a column that the table can't be sorted by, `direction` the value of aria-sort or ''."""

    label: str
    is_number: bool
    url: str = ""
    direction: str = ""


def build_table_heads(
    table: Table, question: ReportQuestion, page: QueryDict, number: int
) -> list[TableHead]:
    """Of the table with this number on a page with this URL query."""
    fields = [capfirst(str(label)) for label in table.heads]
    if not question.by or question.picture == "funnel":
        return [
            *(TableHead(label, False) for label in fields),
            *(TableHead(str(label), True) for label in table.numbers),
        ]
    sort = question.sort or get_usual_sort(question.measures, question.by)
    names = [question.by[0].name, *([""] * (len(fields) - 1))]
    heads = [
        _build_head(label, name, sort, page, number, is_number=False)
        for label, name in zip(fields, names, strict=True)
    ]
    names = _get_number_columns(table, question)
    return heads + [
        _build_head(str(label), name, sort, page, number, is_number=True)
        for label, name in zip(table.numbers, names, strict=True)
    ]


def _get_number_columns(table: Table, question: ReportQuestion) -> list[str]:
    """The name of each column; a table of one number by two fields has a column for each value, and perhaps one for all."""
    if table.is_crossed:
        return [*([""] * (len(table.numbers) - 1)), question.measures[0].name if table.has_all else ""]
    return [measure.name if is_sortable(measure, question.by) else "" for measure in question.measures]


def _build_head(
    label: str, name: str, sort: str, page: QueryDict, number: int, *, is_number: bool
) -> TableHead:
    """Numbers are sorted by the largest first, fields from the first on; a second time the other way round."""
    if not name:
        return TableHead(label, is_number)
    usual = f"-{name}" if is_number else name
    other = name if is_number else f"-{name}"
    direction = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
    return TableHead(
        label, is_number, f"?{build_sort_query(page, other if sort == usual else usual, number)}", direction
    )


def build_sort_query(page: QueryDict, sort: str, number: int) -> str:
    """The URL query of the page with this sort of one of its tables."""
    data = page.copy()
    others = [text for text in data.getlist("sort") if _get_table_number(text) != number]
    data.setlist("sort", [*others, sort if number == 1 else f"{number}.{sort}"])
    return data.urlencode()


def get_table_sort(values: Sequence[str], number: int) -> str:
    """The sort of the table with this number: “-won” for the first one of a page, “2.-won” for the second."""
    found = [text.rpartition(".")[2] for text in values if _get_table_number(text) == number]
    return found[-1] if found else ""


def _get_table_number(text: str) -> Any:
    number, dot, _sort = text.rpartition(".")
    if not dot:
        return 1
    return int(number) if number.isdecimal() and len(number) < 3 else None
