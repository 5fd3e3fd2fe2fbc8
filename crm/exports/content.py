"""What an export writes: the sheets of a workbook, or the lines of a CSV file, from one database snapshot."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models.query import ValuesListIterable
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.excel.cells import Column
from crm.excel.csv import write_csv
from crm.excel.write import Output, Workbook
from crm.exports import activities, linked, tasks
from crm.exports.about import about, note_on
from crm.exports.approval import MoreThanApproved, has_grown
from crm.exports.selection import Selection
from crm.fields.schemas import ALONG
from crm.models import Export
from crm.records.kinds import KINDS
from crm.web.once import knowing

ROWS_AT_ONCE = 2_000

# Opens the transaction in which everything is read.
Snapshot = Callable[[], AbstractContextManager[None]]
# Counts the rows that pass.
Counted = Callable[[Iterator[list]], Iterator[list]]


def written(
    export: Export, data: QueryDict, file: Output, snapshot: Snapshot, counted: Counted
) -> dict[str, Any]:
    """Returns the figures for the receipt."""
    write = _tasks if export.table == tasks.TABLE else _records
    return write(export, data, file, snapshot, counted)


@knowing()
def _records(export: Export, data: QueryDict, file: Output, snapshot: Snapshot, counted: Counted) -> dict:
    if export.format == Export.Format.CSV:
        with snapshot():
            selection, columns, rows = _asked(export, data)
            wrote, matched = write_csv(file, columns, counted(rows)), selection.matched()
        return {"wrote": wrote, "matched": matched, "note": note_on(matched, wrote)}
    kind = KINDS[export.table]
    title = str(capfirst(str(kind.words.many)))
    book = Workbook(file, title=title, creator=export.user.name, created=export.at)
    with book as workbook, snapshot():
        selection, columns, rows = _asked(export, data)
        wrote = workbook.table(title, columns, counted(rows))
        sheets, said, also = len(workbook.sheets), None, {}
        for other in linked.chosen(selection, export.also):
            also[other.name] = workbook.table(
                str(capfirst(str(other.words.many))), *linked.sheet(selection, other)
            )
        if export.activities:
            said = workbook.table(_("Activities"), activities.columns(selection), activities.rows(selection))
        matched = selection.matched()
        note = note_on(matched, wrote, sheets=sheets, cut=workbook.cut_cells)
        workbook.notes(_("About"), about(export, selection, matched, wrote, note, said, also))
    return {"wrote": wrote, "matched": matched, "note": note}


@knowing()
def _tasks(export: Export, data: QueryDict, file: Output, snapshot: Snapshot, counted: Counted) -> dict:
    """Tasks are on one sheet."""
    selection = tasks.selected(export, data)
    if export.format == Export.Format.CSV:
        with snapshot():
            wrote, matched = (
                write_csv(file, tasks.columns(), counted(tasks.rows(selection))),
                selection.matched(),
            )
        return {"wrote": wrote, "matched": matched, "note": ""}
    title = str(capfirst(export.words))
    with (
        Workbook(file, title=title, creator=export.user.name, created=export.at) as workbook,
        snapshot(),
    ):
        wrote = workbook.table(_("Tasks"), tasks.columns(), counted(tasks.rows(selection)))
        matched = selection.matched()
        note = note_on(matched, wrote, sheets=len(workbook.sheets), cut=workbook.cut_cells)
    return {"wrote": wrote, "matched": matched, "note": note}


def _asked(export: Export, data: QueryDict) -> tuple[Selection, list[Column], Iterator[list]]:
    """The set, the columns, and the rows, which are fetched while they are written. Raises MoreThanApproved."""
    kind = KINDS[export.table]
    user = get_user_model()._default_manager.with_rights().get(pk=export.user_id)
    selection = Selection(kind, data, user)
    if has_grown(export, selection):
        raise MoreThanApproved
    resource = kind.resource(kind, export.user)
    # A custom field may have been deleted, or hidden from the user, since the export was asked for.
    names = [name for name in export.columns if name in resource.fields]
    tuples = selection.tuples(resource.attributes(names))
    # Not iterator(): behind a transaction pooler it would fetch all rows at once, although this is one transaction.
    fetched: Iterable[tuple] = ValuesListIterable(tuples, chunked_fetch=True, chunk_size=ROWS_AT_ONCE)
    in_workbook = export.format != Export.Format.CSV
    columns = resource.columns(names, hidden=ALONG, by_row=in_workbook)
    return selection, columns, resource.rows(fetched, names, by_row=in_workbook)
