"""A report as a workbook: a summary with the figures, the filters in words and charts, a sheet for each table, and the definitions."""

from collections.abc import Iterable, Iterator, Sequence
from math import ceil
from typing import IO, Any

from django.utils import formats, timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from reports.display.panels import Panel, PanelFigures, get_period_or_today
from reports.display.record_lines import LineTable
from reports.display.tables import get_total_text
from reports.display.value_texts import describe_value, get_missing_head, get_shown_value
from reports.engine.measures import COSTS, MEASURES, Measure, Unit
from reports.engine.report_answer import ReportAnswer, ReportGroup
from reports.workbooks.native_charts import ChartData, build_chart
from reports.workbooks.sheet_styles import (
    AT_END,
    INDENTED,
    SOFT,
    TITLE,
    ReportColumn,
    add_sheet,
    build_workbook,
    write_definitions,
    write_head,
    write_table,
    write_text,
    write_value,
)

# The columns of the summary, in characters, and the rows that a centimeter of a chart covers.
WIDTHS, ROWS_PER_CENTIMETER = (34, 24, 24, 80), 1.9


def write_report(
    file: IO[bytes],
    title: str,
    panels: Sequence[Panel],
    creator: str,
    figures: PanelFigures | None = None,
    lines: LineTable | None = None,
) -> None:
    book = build_workbook(title, creator, timezone.localtime())
    summary = add_sheet(book, _("Summary"))
    row = _write_summary(summary, title, _iterate_facts(panels, creator, figures))
    row = _write_figures(summary, row, figures) if figures else row
    _add_tables(book, panels)
    if lines:
        columns = [ReportColumn(str(head), width=28) for head in lines.heads]
        rows = [[cell.text for cell in row] for row in lines.rows]
        write_table(add_sheet(book, f"{len(panels) + 1} {lines.title}"), columns, rows)
    write_definitions(book, _iterate_definitions(panels, figures))
    _add_charts(book, summary, row, panels)
    book.save(file)


def write_dashboard(file: IO[bytes], title: str, panels: Sequence[Panel], creator: str) -> None:
    """The summary says of each report which period and filters it has; its table is on the sheet with its number."""
    book = build_workbook(title, creator, timezone.localtime())
    summary = add_sheet(book, _("Summary"))
    row = _write_summary(summary, title, [_get_moment_and_creator(creator)])
    row = _write_contents(summary, row, panels)
    _add_tables(book, panels)
    write_definitions(book, _iterate_definitions(panels, None))
    _add_charts(book, summary, row, panels)
    book.save(file)


def _add_tables(book: Workbook, panels: Sequence[Panel]) -> None:
    for number, panel in enumerate(panels, 1):
        sheet = add_sheet(book, f"{number} {panel.title}")
        write_table(sheet, _build_columns(panel.answer), _iterate_rows(panel.answer), has_total=True)


def _write_contents(sheet: Worksheet, first: int, panels: Sequence[Panel]) -> int:
    """Each report of a dashboard with its period and filters. Returns the first row that is free."""
    for place, head in enumerate((_("Report"), _("Period"), _("Filters")), start=1):
        write_head(sheet.cell(first, place), head)
    for number, panel in enumerate(panels, start=1):
        filters = panel.answer.question.listing.filters.describe() or _("None")
        texts = (f"{number} {panel.title}", get_period_or_today([panel]), filters)
        for place, text in enumerate(texts, start=1):
            write_text(sheet.cell(first + number, place), text)
    return first + len(panels) + 2


def build_file_name(title: str) -> str:
    name = slugify(title) or slugify(_("report"))
    return f"{name}-{timezone.localtime():%Y-%m-%d-%H%M}.xlsx"


def _write_summary(sheet: Worksheet, title: str, facts: Iterable[tuple[str, str]]) -> int:
    """The title, and what is counted. Returns the first row that is free."""
    for place, width in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    write_text(sheet["A1"], title)
    sheet["A1"].font = TITLE
    row = 2
    for label, text in facts:
        write_text(sheet.cell(row, 1), label)
        write_text(sheet.cell(row, 2), text)
        sheet.cell(row, 1).font = SOFT
        row += 1
    return row + 1


def _iterate_facts(
    panels: Sequence[Panel], creator: str, figures: PanelFigures | None
) -> Iterator[tuple[str, str]]:
    if panels:
        question = panels[0].answer.question
        compared = figures.compared if figures else question.compared_period
        yield _("Period"), get_period_or_today(panels)
        if compared:
            yield _("Compared with"), compared.title
        yield _("Filters"), question.listing.filters.describe() or _("None")
    yield _get_moment_and_creator(creator)
    if unknown := _get_costs_unknown(panels):
        yield str(MEASURES[COSTS].label), unknown


def _get_moment_and_creator(creator: str) -> tuple[str, str]:
    moment = formats.date_format(timezone.localtime(), "j F Y, H:i")
    return pgettext("of a file", "Created"), f"{moment}, {creator}"


def _write_figures(sheet: Worksheet, first: int, figures: PanelFigures) -> int:
    """Each with its change, if there is a period to compare with. Returns the first row that is free."""
    heads = [_("Figure"), _("Value"), *([_("Change")] if figures.compared else []), _("Note")]
    for place, head in enumerate(heads, start=1):
        write_head(sheet.cell(first, place), head, at_end=1 < place < len(heads))
    sheet.cell(first, len(heads)).alignment = INDENTED
    for row, figure in enumerate(figures.each, start=first + 1):
        write_text(sheet.cell(row, 1), figure.label)
        write_value(sheet.cell(row, 2), _get_cell_value(figure.measure, figure.group), figure.measure.unit)
        if figures.compared:
            write_text(sheet.cell(row, 3), figure.cell.change.with_arrow if figure.cell.change else "")
            sheet.cell(row, 3).alignment = AT_END
        write_text(sheet.cell(row, len(heads)), figure.cell.unknown or figure.cell.note)
        sheet.cell(row, len(heads)).alignment = INDENTED
    return first + len(figures.each) + 2


def _add_charts(book: Workbook, summary: Worksheet, row: int, panels: Sequence[Panel]) -> None:
    """Two side by side, below the figures. Their sheet of data is the last one, and isn't there without a chart."""
    data = ChartData(add_sheet(book, _("Chart data")))
    charts = [chart for panel in panels if (chart := build_chart(panel.title, panel.answer, data))]
    if not charts:
        book.remove(data.sheet)
    for place in range(0, len(charts), 2):
        pair = charts[place : place + 2]
        for column, chart in zip("AD", pair, strict=False):
            summary.add_chart(chart, f"{column}{row}")
        row += ceil(max(chart.height for chart in pair) * ROWS_PER_CENTIMETER) + 2


def _build_columns(answer: ReportAnswer) -> list[ReportColumn]:
    heads = [ReportColumn(capfirst(str(dimension.label)), width=24) for dimension in answer.question.by]
    numbers: list[ReportColumn] = []
    for measure in answer.question.measures:
        numbers += _build_number_columns(measure)
    return [*(heads or [ReportColumn("", width=24)]), *numbers]


def _build_number_columns(measure: Measure) -> list[ReportColumn]:
    """Rates with what they are out of, and amounts with the number of leads that they can't include."""
    label = str(measure.label)
    head = _("%(label)s (days)") % {"label": label} if measure.unit == Unit.DAYS else label
    counts = [_("%(label)s: leads counted")] if measure.of else []
    counts += [get_missing_head(part) for part in measure.missing]
    return [
        ReportColumn(head, measure.unit),
        *(ReportColumn(text % {"label": label}, Unit.COUNT) for text in counts),
    ]


def _iterate_rows(answer: ReportAnswer) -> Iterator[list[Any]]:
    for group in answer.groups:
        yield [*group.texts, *_iterate_values(answer, group)]
    total = [get_total_text(answer), *([""] * (len(answer.question.by) - 1))]
    yield [*total, *_iterate_values(answer, answer.total)]


def _iterate_values(answer: ReportAnswer, group: ReportGroup) -> Iterator[Any]:
    for measure in answer.question.measures:
        yield _get_cell_value(measure, group)
        if measure.of:
            yield group.get_count(measure.of)
        for part in measure.missing:
            yield group.get_count(part)


def _get_cell_value(measure: Measure, group: ReportGroup) -> Any:
    """A number, or the text “1 of 3” as on the page."""
    shown = get_shown_value(measure, group)
    return (describe_value(measure, group) or None) if shown is None else shown


def _iterate_definitions(panels: Sequence[Panel], figures: PanelFigures | None) -> Iterator[list[str]]:
    each = [(figure.label, figure.definition) for figure in (figures.each if figures else ())]
    for label, definition in dict.fromkeys(
        [*each, *(each for panel in panels for each in panel.definitions)]
    ):
        yield [str(label), str(definition)]


def _get_costs_unknown(panels: Sequence[Panel]) -> str:
    """The sentence that says why there are no costs, if there are none."""
    return next((panel.answer.costs_unknown for panel in panels if panel.answer.costs_unknown), "")
