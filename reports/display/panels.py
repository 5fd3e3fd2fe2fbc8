"""The panels of a page: each a question with its table and its picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.utils import formats, timezone

from accounts.models import User
from reports.charts.chart import render_picture
from reports.display.report_sections import ReportSection, StandardReport
from reports.display.table_heads import TableHead, build_table_heads, get_table_sort
from reports.display.tables import Table, TableCell, build_cell, build_table
from reports.engine.measures import MEASURE_PARTS, MEASURES, Measure
from reports.engine.question import ReportQuestion, parse_question
from reports.engine.report_answer import ReportAnswer, ReportGroup, get_answer, get_earliest_moment
from reports.engine.report_periods import AT_TOP, NOT_COMPARED, TODAY, ReportPeriod
from reports.standard_reports import get_section_defaults
from reports.subjects.subject import get_subject_of_part

# The columns of a table that has place beside a picture.
NARROW = 4


@dataclass(frozen=True)
class Panel:
    title: Any
    answer: ReportAnswer
    table: Table
    picture: Any
    query: str
    # With links that sort the table, on a page; none in emails and files.
    heads: Sequence[TableHead] = ()

    @property
    def is_wide(self) -> bool:
        """Whether the table has no place beside the picture."""
        return len(self.table.heads) + len(self.table.numbers) > NARROW

    @property
    def empty(self) -> Any:
        """The sentence in place of a table without rows."""
        parts = [part for part in self.answer.question.measures[0].parts if part in MEASURE_PARTS]
        return get_subject_of_part(parts[0] if parts else "leads").empty

    @property
    def definitions(self) -> list[tuple[Any, Any]]:
        return [(measure.label, measure.definition) for measure in self.answer.question.measures]


@dataclass(frozen=True)
class Figure:
    """A single number, and how a page shows it."""

    measure: Measure
    group: ReportGroup
    cell: TableCell

    @property
    def label(self) -> Any:
        return self.measure.label

    @property
    def definition(self) -> Any:
        return self.measure.definition


@dataclass(frozen=True)
class PanelFigures:
    """`compared` is the period that the changes are since, if any; `kept` is when they were counted, None for now;
    `withheld` is why the viewer doesn't see some, or ''; `is_unfinished` says that they aren't compared because today isn't over."""

    answer: ReportAnswer
    each: Sequence[Figure]
    compared: ReportPeriod | None
    kept: datetime | None
    withheld: str = ""
    is_unfinished: bool = False


def build_panel(
    title: Any, question: ReportQuestion, viewer: User, page: QueryDict | None = None, number: int = 1
) -> Panel:
    """The table with this number on the page with this URL query, if it is on one."""
    found = get_answer(question, viewer)
    table = build_table(found)
    heads = build_table_heads(table, question, page, number) if page is not None else ()
    return Panel(title, found, table, render_picture(found), question.url_parameters.urlencode(), heads)


def build_section_question(
    section: ReportSection, data: QueryDict, viewer: User, number: int = 1
) -> ReportQuestion:
    """The URL decides about everything that the section doesn't fix; it can sort each table of the page."""
    data = data.copy()
    data["sort"] = get_table_sort(data.getlist("sort"), number)
    _set_period(data, section)
    for name in ("measure", "picture", *(["by"] if section.fixed else [])):
        data.pop(name, None)
    if section.basis:
        data["basis"] = section.basis
    return parse_question(data, viewer, **get_section_defaults(section))


def _set_period(data: QueryDict, section: ReportSection) -> None:
    if section.period and not data.get("period"):
        data["period"] = section.period


def build_panels(report: StandardReport, data: QueryDict, viewer: User) -> list[Panel]:
    return [
        build_panel(
            section.title, build_section_question(section, data, viewer, number), viewer, data, number
        )
        for number, section in enumerate(report.sections, 1)
    ]


def get_period_title(panels: Sequence[Panel]) -> str:
    """The time that a page is about, in words; '' if no period changes any of its numbers."""
    return next(filter(None, (panel.answer.question.period_title for panel in panels)), "")


def get_period_or_today(panels: Sequence[Panel]) -> str:
    """The same for emails and files, which are kept: numbers of now are those of this day."""
    return get_period_title(panels) or formats.date_format(timezone.localdate(), "j F Y")


def get_distinct_problems(panels: Sequence[Panel]) -> list[str]:
    return list(dict.fromkeys(problem for panel in panels for problem in panel.answer.problems))


def build_figures(report: StandardReport, data: QueryDict, viewer: User) -> PanelFigures | None:
    """Single numbers for all leads of the period, with the change since the one before unless the URL compares otherwise or the period
    is today: a day that has just begun has less than one that is over. They count what the first section counts."""
    if not report.figures:
        return None
    data = data.copy()
    _set_period(data, report.sections[0])
    for name in ("measure", "by", "picture"):
        data.pop(name, None)
    is_unfinished = False
    if data.get("compare", AT_TOP) == AT_TOP:
        about_now = all(MEASURES[name].has_no_period_before for name in report.figures)
        is_unfinished = not about_now and data.get("period") == TODAY
        data["compare"] = NOT_COMPARED if about_now or is_unfinished else "before"
    if basis := report.sections[0].basis:
        data["basis"] = basis
    found = get_answer(parse_question(data, viewer, measures=report.figures), viewer)
    figures = [
        Figure(measure, found.total, build_cell(found, found.total, measure))
        for measure in found.question.measures
    ]
    compared = found.question.compared_period
    return PanelFigures(found, figures, compared, found.kept, _get_withheld(found), is_unfinished)


def get_withheld_sentence(panels: Sequence[Panel], figures: PanelFigures | None = None) -> str:
    """Why the viewer doesn't see some numbers of a page, and whom to ask; '' if they see all."""
    found = [figures.withheld if figures else "", *(_get_withheld(panel.answer) for panel in panels)]
    return next(filter(None, found), "")


def _get_withheld(answer: ReportAnswer) -> str:
    return answer.costs_unknown if answer.costs_withheld else ""


def get_oldest_count_time(panels: Sequence[Panel], figures: PanelFigures | None) -> datetime | None:
    """When the oldest of these numbers were counted; None if all are of now."""
    return get_earliest_moment(*(panel.answer.kept for panel in panels), figures.kept if figures else None)


def get_compared(panels: Sequence[Panel], figures: PanelFigures | None) -> ReportPeriod | None:
    """The period that the arrows of a page or an email are since; None without arrows."""
    if figures and any(figure.cell.change for figure in figures.each):
        return figures.compared
    return next(
        (
            found
            for panel in panels
            if (found := panel.answer.question.compared_period) and panel.table.has_changes
        ),
        None,
    )
