"""A report as a workbook: a sheet for each of its tables, with numbers as numbers, and one with the definitions."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

from django.utils import timezone
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext as _

from crm.platform.excel.writing.cell_values import CellKind, SheetColumn
from crm.platform.excel.writing.workbook_writer import Workbook
from reports.display.panels import Panel
from reports.display.tables import get_total_text
from reports.display.value_texts import get_missing_head
from reports.engine.measures import COSTS, MEASURES, Measure, Unit
from reports.engine.report_answer import ReportAnswer, ReportGroup

# Excel's limit for the name of a sheet, and what can't be in one.
LONGEST_NAME, NOT_IN_NAMES = 31, str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def write_report(file: IO[bytes], title: str, panels: Sequence[Panel], creator: str) -> None:
    with Workbook(file, title=title, creator=creator, created=timezone.localtime()) as book:
        for number, panel in enumerate(panels, 1):
            book.write_table(
                _build_sheet_name(panel, number), _build_columns(panel.answer), _iterate_rows(panel.answer)
            )
        columns = [SheetColumn(_("Number"), width=30), SheetColumn(_("Definition"), width=90)]
        book.write_table(_("Definitions"), columns, _iterate_definitions(panels))


def build_file_name(title: str) -> str:
    name = slugify(title) or slugify(_("report"))
    return f"{name}-{timezone.localtime():%Y-%m-%d-%H%M}.xlsx"


def _build_sheet_name(panel: Panel, number: int) -> str:
    return f"{number} {panel.title}".translate(NOT_IN_NAMES)[:LONGEST_NAME].strip()


def _build_columns(answer: ReportAnswer) -> list[SheetColumn]:
    heads = [SheetColumn(capfirst(str(dimension.label)), width=24) for dimension in answer.question.by]
    numbers: list[SheetColumn] = []
    for measure in answer.question.measures:
        numbers += [SheetColumn(text, CellKind.NUMBER, width=18) for text in _build_heads(measure)]
    return [*(heads or [SheetColumn("", width=24)]), *numbers]


def _build_heads(measure: Measure) -> list[str]:
    """Rates with what they are out of, and amounts with the number of leads that they can't include."""
    label = str(measure.label)
    heads = [_("%(label)s (%%)") % {"label": label} if measure.unit == Unit.PERCENT else label]
    if measure.unit == Unit.DAYS:
        heads = [_("%(label)s (days)") % {"label": label}]
    if measure.of:
        heads.append(_("%(label)s: leads counted") % {"label": label})
    return heads + [get_missing_head(part) % {"label": label} for part in measure.missing]


def _iterate_rows(answer: ReportAnswer) -> Iterator[list[Any]]:
    for group in answer.groups:
        yield [*group.texts, *_iterate_values(answer, group)]
    total = [get_total_text(answer), *([""] * (len(answer.question.by) - 1))]
    yield [*total, *_iterate_values(answer, answer.total)]


def _iterate_values(answer: ReportAnswer, group: ReportGroup) -> Iterator[Any]:
    for measure in answer.question.measures:
        value = group.get_value(measure)
        yield None if value is None else Decimal(str(value)).quantize(Decimal("0.0001")).normalize()
        if measure.of:
            yield group.get_count(measure.of)
        for part in measure.missing:
            yield group.get_count(part)


def _iterate_definitions(panels: Sequence[Panel]) -> Iterator[list[str]]:
    seen = dict.fromkeys(definition for panel in panels for definition in panel.definitions)
    for label, definition in seen:
        yield [str(label), str(definition)]
    if unknown := next((panel.answer.costs_unknown for panel in panels if panel.answer.costs_unknown), ""):
        yield [str(MEASURES[COSTS].label), unknown]
    if panels:
        yield [_("Period"), panels[0].answer.question.period.title]
        yield [_("Filters"), panels[0].answer.question.listing.filters.describe() or _("None")]
