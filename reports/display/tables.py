"""The table of an answer: its heads, a row for each group with links to the leads behind each number, and the total."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from reports.display.value_texts import (
    ValueChange,
    describe_change,
    describe_rate_counts,
    describe_uncounted_leads,
    describe_value,
    format_percent,
    get_shown_value,
)
from reports.engine.drill_down import build_list_url
from reports.engine.measures import COSTS, MEASURE_PARTS, Measure, Unit, divide_or_none
from reports.engine.report_answer import ReportAnswer, ReportGroup
from reports.engine.row_sorting import is_sortable, sum_parts


@dataclass(frozen=True)
class TableCell:
    """`note` is below the number; `url` is the list of the leads behind it, or ''; `unknown` says why there is no number,
    `withheld` whether the viewer may not see it."""

    text: str
    url: str = ""
    note: str = ""
    change: ValueChange | None = None
    unknown: str = ""
    withheld: bool = False


@dataclass(frozen=True)
class TableRow:
    texts: Sequence[str]
    cells: Sequence[TableCell]


@dataclass(frozen=True)
class Table:
    """`is_crossed` says that it has a column for each value of the second field, `has_all` that the last one is all of them."""

    heads: Sequence[Any]
    numbers: Sequence[Any]
    rows: Sequence[TableRow]
    total: TableRow | None = None
    is_crossed: bool = False
    has_all: bool = False

    @property
    def has_changes(self) -> bool:
        """Whether it has arrows."""
        rows = [*self.rows, *([self.total] if self.total else [])]
        return any(cell.change for row in rows for cell in row.cells)


def build_table(answer: ReportAnswer) -> Table:
    question = answer.question
    if question.picture == "funnel":
        return _build_funnel_table(answer)
    if len(question.by) == 2 and len(question.measures) == 1 and len(_get_columns(answer)) <= MOST_COLUMNS:
        return _build_crossed_table(answer)
    return Table(
        heads=[dimension.label for dimension in question.by],
        numbers=[measure.label for measure in question.measures],
        rows=[TableRow(group.texts, _build_cells(answer, group)) for group in answer.groups],
        total=TableRow([get_total_text(answer)], _build_cells(answer, answer.total)),
    )


def get_total_text(answer: ReportAnswer) -> str:
    """What is counted at the end of each week doesn't add up; its last line is the end of the period."""
    by_time = any(dimension.step for dimension in answer.question.by)
    parts = [MEASURE_PARTS.get(part) for measure in answer.question.measures for part in measure.parts]
    return _("End of the period") if by_time and all(part and part.at_end for part in parts) else _("All")


# A wider table is better read with a row for each pair.
MOST_COLUMNS = 12


def _get_columns(answer: ReportAnswer) -> dict[Any, str]:
    """The values of the second field with their texts, in their order."""
    texts = {group.keys[1]: group.texts[1] for group in answer.groups}
    return {key: texts[key] for key in answer.ordered_keys[1]}


def _build_crossed_table(answer: ReportAnswer) -> Table:
    """One number by two fields: a row for each value of the first, a column for each of the second, and one for all if the
    number adds up."""
    measure, columns = answer.question.measures[0], _get_columns(answer)
    has_all = is_sortable(measure, answer.question.by)
    of_first = replace(answer.question, by=answer.question.by[:1])
    rows = []
    for key, text in {group.keys[0]: group.texts[0] for group in answer.groups}.items():
        groups = [answer.groups_by_key.get((key, column)) for column in columns]
        cells = [build_cell(answer, group, measure) if group else TableCell("") for group in groups]
        if has_all:
            whole = ReportGroup((key,), (text,), sum_parts([group for group in groups if group]))
            cells.append(build_cell(replace(answer, question=of_first, before=None), whole, measure))
        rows.append(TableRow([text], cells))
    heads = [*columns.values(), *([_("All")] if has_all else [])]
    return Table([answer.question.by[0].label], heads, rows, is_crossed=True, has_all=has_all)


def _build_funnel_table(answer: ReportAnswer) -> Table:
    """A row for each number, for counts with their part of the step before and of the first one."""
    rows: list[TableRow] = []
    counts: list[int] = []
    for measure in answer.question.measures:
        texts = ["", ""]
        if measure.unit == Unit.COUNT:
            count = answer.total.get_value(measure) or 0
            shares = [divide_or_none(count, counts[place], 100) if counts else None for place in (-1, 0)]
            texts = ["" if share is None else format_percent(share) for share in shares]
            counts.append(count)
        cells = [build_cell(answer, answer.total, measure), *(TableCell(text) for text in texts)]
        rows.append(TableRow([str(measure.label)], cells))
    of_leads = all(MEASURE_PARTS[measure.behind].subject == "leads" for measure in answer.question.measures)
    heads = [_("Leads") if of_leads else _("Number"), _("Of the step before"), _("Of the first step")]
    return Table([_("Step")], heads, rows)


def _build_cells(answer: ReportAnswer, group: ReportGroup) -> list[TableCell]:
    return [build_cell(answer, group, measure) for measure in answer.question.measures]


def build_cell(answer: ReportAnswer, group: ReportGroup, measure: Measure) -> TableCell:
    value, text = group.get_value(measure), describe_value(measure, group)
    # One of three isn't a rate of 33%, and of none there is nothing to say.
    note = describe_rate_counts(measure, group) if get_shown_value(measure, group) is not None else ""
    if value is None and measure.name == COSTS and answer.total.get_value(measure) is not None:
        # Without any costs they may be unknown: the viewer doesn't see them, or filters split them.
        text = _("No costs")
    linked = value is not None and group.get_count(measure.behind)
    missing = describe_uncounted_leads(measure, group)
    return TableCell(
        text=text,
        note=", ".join(filter(None, [note, missing])),
        url=build_list_url(answer.question, measure.behind, group.keys) if linked else "",
        change=_build_change(answer, group, measure, value),
        unknown=_explain_missing_value(answer, measure) if value is None else "",
        withheld=value is None and COSTS in measure.parts and answer.costs_withheld,
    )


def _explain_missing_value(answer: ReportAnswer, measure: Measure) -> str:
    if COSTS not in measure.parts:
        return str(measure.reason_without)
    # The page says once why, and whom to ask.
    return pgettext("costs", "hidden") if answer.costs_withheld else answer.costs_unknown


def _build_change(
    answer: ReportAnswer, group: ReportGroup, measure: Measure, value: Any
) -> ValueChange | None:
    """Groups by time have no counterpart in the period before, and neither has what is about now."""
    if (
        answer.before is None
        or measure.has_no_period_before
        or any(dimension.step for dimension in answer.question.by)
    ):
        return None
    before = answer.before.total if not group.keys else answer.before.groups_by_key.get(group.keys)
    return describe_change(measure, value, before.get_value(measure)) if before else None
