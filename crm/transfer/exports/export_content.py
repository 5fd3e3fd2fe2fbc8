"""What an export writes: the sheets of a workbook, or the lines of a CSV file, from one database snapshot."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.query import ValuesListIterable
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.fields.schemas import ID_AND_VERSION
from crm.models import Export
from crm.platform.excel.writing.cell_values import SheetColumn
from crm.platform.excel.writing.csv_writer import write_csv
from crm.platform.excel.writing.workbook_writer import OutputFile, Workbook
from crm.platform.web.request_cache import cache_reads_once
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.exports import activity_sheet, linked_sheets, task_file
from crm.transfer.exports.about_sheet import build_about_sheet, get_file_note
from crm.transfer.exports.approval import MoreThanApproved, has_grown
from crm.transfer.exports.selection import Selection

ROWS_AT_ONCE = 2_000

# Opens the transaction in which everything is read.
Snapshot = Callable[[], AbstractContextManager[None]]
# Counts the rows that pass.
Counted = Callable[[Iterator[list]], Iterator[list]]


def write_export(
    export: Export, data: QueryDict, file: OutputFile, snapshot: Snapshot, counted: Counted
) -> dict[str, Any]:
    """Returns the figures for the receipt."""
    write = _write_tasks if export.table == task_file.TABLE else _write_records
    return write(export, data, file, snapshot, counted)


@cache_reads_once()
def _write_records(
    export: Export, data: QueryDict, file: OutputFile, snapshot: Snapshot, counted: Counted
) -> dict:
    if export.format == Export.Format.CSV:
        with snapshot():
            selection, columns, rows = _open_export_rows(export, data)
            wrote, matched = write_csv(file, columns, counted(rows)), selection.count_matches()
        return {"wrote": wrote, "matched": matched, "note": get_file_note(matched, wrote)}
    kind = KINDS[export.table]
    title = str(capfirst(str(kind.words.many)))
    book = Workbook(file, title=title, creator=export.user.name, created=export.at)
    with book as workbook, snapshot():
        selection, columns, rows = _open_export_rows(export, data)
        wrote = workbook.write_table(title, columns, counted(rows))
        sheets, said, also = len(workbook.sheets), None, {}
        for other in linked_sheets.get_chosen_kinds(selection, export.also):
            also[other.name] = workbook.write_table(
                str(capfirst(str(other.words.many))), *linked_sheets.build_linked_sheet(selection, other)
            )
        if export.activities:
            said = workbook.write_table(
                _("Activities"),
                activity_sheet.build_activity_columns(selection),
                activity_sheet.build_activity_rows(selection),
            )
        matched = selection.count_matches()
        note = get_file_note(matched, wrote, sheets=sheets, cut=workbook.cut_cells)
        workbook.write_notes(
            _("About"), build_about_sheet(export, selection, matched, wrote, note, said, also)
        )
    return {"wrote": wrote, "matched": matched, "note": note}


@cache_reads_once()
def _write_tasks(
    export: Export, data: QueryDict, file: OutputFile, snapshot: Snapshot, counted: Counted
) -> dict:
    """Tasks are on one sheet."""
    selection = task_file.get_task_selection(export, data)
    if export.format == Export.Format.CSV:
        with snapshot():
            wrote, matched = (
                write_csv(
                    file, task_file.build_task_columns(), counted(task_file.build_task_rows(selection))
                ),
                selection.count_matches(),
            )
        return {"wrote": wrote, "matched": matched, "note": ""}
    title = str(capfirst(export.words))
    with (
        Workbook(file, title=title, creator=export.user.name, created=export.at) as workbook,
        snapshot(),
    ):
        wrote = workbook.write_table(
            _("Tasks"), task_file.build_task_columns(), counted(task_file.build_task_rows(selection))
        )
        matched = selection.count_matches()
        note = get_file_note(matched, wrote, sheets=len(workbook.sheets), cut=workbook.cut_cells)
    return {"wrote": wrote, "matched": matched, "note": note}


def _open_export_rows(export: Export, data: QueryDict) -> tuple[Selection, list[SheetColumn], Iterator[list]]:
    """The set, the columns, and the rows, which are fetched while they are written. Raises MoreThanApproved."""
    kind = KINDS[export.table]
    user = get_user_model()._default_manager.with_rights().get(pk=export.user_id)
    selection = Selection(kind, data, user)
    if has_grown(export, selection):
        raise MoreThanApproved
    resource = kind.resource(kind, export.user)
    # A custom field may have been deleted, or hidden from the user, since the export was asked for.
    names = [name for name in export.columns if name in resource.fields]
    tuples = selection.build_tuples_queryset(resource.get_attributes(names))
    # Not iterator(): behind a transaction pooler it would fetch all rows at once, although this is one transaction.
    fetched: Iterable[tuple] = ValuesListIterable(tuples, chunked_fetch=True, chunk_size=ROWS_AT_ONCE)
    in_workbook = export.format != Export.Format.CSV
    columns = resource.build_columns(names, hidden=ID_AND_VERSION, by_row=in_workbook)
    return selection, columns, resource.iterate_rows(fetched, names, by_row=in_workbook)
