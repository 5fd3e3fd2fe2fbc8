"""The skipped rows as a workbook with their reasons: once corrected, it can be imported as is."""

from collections.abc import Iterator
from typing import IO

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.fields.widgets.value_widgets import get_cell_text
from crm.models import Import, ImportRow, PlannedRow, Verdict
from crm.platform.excel.reading.reader import get_cell_value
from crm.platform.excel.writing.cell_values import SheetColumn, get_column_letters
from crm.platform.excel.writing.workbook_writer import Workbook
from crm.records.kinds.reasons import get_reason_sentence

ROWS_AT_ONCE = 2_000


def write_skipped_rows_file(imported: Import, file: IO[bytes]) -> int:
    """Returns how many rows were written: the plan's skipped rows, or, once applied, those that weren't written."""
    columns = [SheetColumn(imported.get_heading(place), width=20) for place in range(len(imported.columns))]
    columns.append(SheetColumn(_("Why the row was skipped"), width=60))
    with Workbook(file, title=imported.name, creator=imported.user.name, created=timezone.now()) as workbook:
        return workbook.write_table(_("Skipped"), columns, _iterate_rows(imported))


def _iterate_rows(imported: Import) -> Iterator[list[str]]:
    refused = _get_refused_records(imported)
    last = 0
    while True:
        rows = PlannedRow.objects.filter(of=imported).not_written(also=list(refused)).after(last)
        portion = list(rows.in_order()[:ROWS_AT_ONCE])
        if not portion:
            return
        numbers = [row.row for row in portion]
        cells = {row.row: row for row in ImportRow.objects.filter(of=imported).numbered(numbers)}
        for planned in portion:
            if planned.row in cells:
                texts = [_get_cell_text(cells[planned.row], place) for place in range(len(imported.columns))]
                yield [*texts, _describe_reason(imported, planned, refused)]
        last = numbers[-1]


def _get_refused_records(imported: Import) -> dict[int, str]:
    """Records that a colleague changed before the plan was applied, with the reason."""
    if imported.operation is None:
        return {}
    verdicts = Verdict.objects.filter(operation=imported.operation, word=Verdict.Word.REFUSED)
    return {pk: verdict.reason for verdict in verdicts for pk in verdict.ids}


def _get_cell_text(row: ImportRow, place: int) -> str:
    if str(place) in row.fixes or place >= len(row.cells):
        return row.get_text(place)
    return get_cell_text(get_cell_value(row.kinds[place] if row.kinds else "s", row.cells[place]))


def _describe_reason(imported: Import, planned: PlannedRow, refused: dict[int, str]) -> str:
    if planned.errors:
        return " ".join(
            _add_cell_address(imported, planned.row, place, text) for place, text in planned.errors
        )
    if planned.record in refused:
        return get_reason_sentence(refused[planned.record])
    if planned.match == "file":
        return _("This row repeats row %(row)s.") % {"row": planned.version}
    if planned.conflicts:
        return _("Another user changed the same fields after the file was created.")
    return _("This row looks like #%(record)s.") % {"record": planned.record}


def _add_cell_address(imported: Import, row: int, place: int | None, text: str) -> str:
    if place is None:
        return text
    return f"{get_column_letters(place + 1)}{row}, {imported.get_heading(place)}: {text}"
