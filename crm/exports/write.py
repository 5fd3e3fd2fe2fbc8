"""Writing the file of an export: in its own thread, from one database snapshot, in constant memory.

The thread fills a private file as fast as it can and the response follows it (crm/excel/spool.py), so a slow client
doesn't keep a transaction open. The receipt is updated through the second connection, because the first one is
read-only.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models.query import ValuesListIterable
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.excel.cells import Column
from crm.excel.csv import write_csv
from crm.excel.refusals import sentence
from crm.excel.spool import Spool
from crm.excel.write import Output, Workbook
from crm.exports import activities, linked, tasks
from crm.exports.selection import Selection
from crm.files.drafts import new_place
from crm.files.store import NotKept, forget, new_name, put
from crm.models import Export
from crm.records.kinds import KINDS
from crm.records.resource import ALONG
from crm.templatetags.look import number
from crm.web.once import knowing
from crm.web.security_log import note
from crm.web.transactions import disk_full, limit

log = logging.getLogger(__name__)

ROWS_AT_ONCE = 2_000
FOLDER = "exports"


def begin(export: Export, data: QueryDict) -> Spool:
    """Start writing; iterating the spool yields the bytes as they arrive. The receipt must be committed."""
    export.file = f"{new_name(FOLDER)}.{export.format}"
    export.save(update_fields=["file"])
    note("export", export=export.pk, table=export.table, file=export.name, query=export.query)
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def write(file: Output) -> None:
        with translation.override(language), timezone.override(zone):
            _write(export.pk, data, file, place)

    place = new_place()
    return Spool(place, write)


def _write(pk: int, data: QueryDict, file: Output, place: Path) -> None:
    """The user gets the file as it is written. When it is whole, it goes from its place on this server to the store."""
    measured = Measured(file)
    export = Export.objects.select_related("user", "decided_by").get(pk=pk)
    try:
        written = _write_tasks if export.table == tasks.TABLE else _write_file
        values = written(export, data, measured)
        values |= _kept(place, export.file, values["note"])
        _say(pk, state=Export.State.FINISHED, size=measured.size, sha256=measured.hash.hexdigest(), **values)
        if not Export.objects.using("progress").exclude(file="").filter(pk=pk).exists():
            # Meanwhile, a person was erased who may be in it (privacy/holders/files.py).
            forget(export.file)
    except BaseException as error:
        log.exception("Export %s", pk)
        fault = _("Something went wrong on our side, and the file is incomplete. Export the records again.")
        note = sentence("disk") if disk_full(error) else fault
        _say(pk, state=Export.State.FAILED, file="", note=note)
        forget(export.file)
        raise
    finally:
        place.unlink(missing_ok=True)


def _kept(place: Path, file: str, note: str) -> dict:
    """The user has the file already, so the export is finished even if the file can't be kept."""
    try:
        put(place, file)
    except NotKept:
        words = _("The file couldn’t be kept in the file store, so it can’t be downloaded again.")
        return {"file": "", "note": f"{note} {words}".strip()}
    return {}


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """Count and rows come from the same moment, however long writing takes."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        limit(lock=0, statement=0)
        yield


@knowing()
def _write_file(export: Export, data: QueryDict, file: Output) -> dict:
    """Returns the figures for the receipt. The first bytes are sent before any records are queried."""
    if export.format == Export.Format.CSV:
        with _one_snapshot():
            selection, columns, rows = _asked(export, data)
            wrote, matched = write_csv(file, columns, rows), selection.matched()
        return {"wrote": wrote, "matched": matched, "note": note_on(matched, wrote)}
    kind = KINDS[export.table]
    title = str(capfirst(str(kind.words.many)))
    book = Workbook(file, title=title, creator=export.user.name, created=export.at)
    with book as workbook, _one_snapshot():
        selection, columns, rows = _asked(export, data)
        wrote = workbook.table(title, columns, rows)
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
def _write_tasks(export: Export, data: QueryDict, file: Output) -> dict:
    """The same for tasks, which are on one sheet."""
    selection = tasks.selected(export, data)
    if export.format == Export.Format.CSV:
        with _one_snapshot():
            wrote, matched = write_csv(file, tasks.columns(), tasks.rows(selection)), selection.matched()
        return {"wrote": wrote, "matched": matched, "note": ""}
    title = str(capfirst(export.words))
    with (
        Workbook(file, title=title, creator=export.user.name, created=export.at) as workbook,
        _one_snapshot(),
    ):
        wrote = workbook.table(_("Tasks"), tasks.columns(), tasks.rows(selection))
        matched = selection.matched()
        note = note_on(matched, wrote, sheets=len(workbook.sheets), cut=workbook.cut_cells)
    return {"wrote": wrote, "matched": matched, "note": note}


def _asked(export: Export, data: QueryDict) -> tuple[Selection, list[Column], Iterator[list]]:
    """The set, the columns, and the rows, which are fetched while they are written."""
    kind = KINDS[export.table]
    user = get_user_model()._default_manager.with_rights().get(pk=export.user_id)
    selection = Selection(kind, data, user)
    resource = kind.resource(kind, export.user)
    # A custom field may have been deleted, or hidden from the user, since the export was asked for.
    names = [name for name in export.columns if name in resource.fields]
    tuples = selection.tuples(resource.attributes(names))
    # Not iterator(): behind a transaction pooler it would fetch all rows at once, although this is one transaction.
    fetched: Iterable[tuple] = ValuesListIterable(tuples, chunked_fetch=True, chunk_size=ROWS_AT_ONCE)
    in_workbook = export.format != Export.Format.CSV
    columns = resource.columns(names, hidden=ALONG, by_row=in_workbook)
    return selection, columns, resource.rows(fetched, names, by_row=in_workbook)


def note_on(matched: int, wrote: int, *, sheets: int = 1, cut: int = 0) -> str:
    """Anything unexpected about the file, in sentences; '' if there is nothing."""
    notes = []
    if matched != wrote:
        gone = _("Selected records that no longer exist or that you no longer have access to: %(number)s.")
        notes.append(gone % {"number": number(matched - wrote)})
    if sheets > 1:
        notes.append(
            _("A sheet can have up to 1,048,576 rows, so the file has %(number)s sheets.")
            % {"number": sheets}
        )
    if cut:
        notes.append(
            _("Texts that were too long for a cell and were cut off: %(number)s.") % {"number": number(cut)}
        )
    return " ".join(notes)


def about(
    export: Export,
    selection: Selection,
    matched: int,
    wrote: int,
    note: str,
    said: int | None = None,
    also: Mapping[str, int] = MappingProxyType({}),
) -> list[tuple[str, str]]:
    """The sheet that describes the file; `said` is how many activities are on a sheet of their own, `also` how many records
    of other kinds."""
    lines = [
        (_("Records"), export.words),
        (_("Matched"), number(matched)),
        (_("Exported"), number(wrote)),
        *((str(capfirst(str(KINDS[table].words.many))), number(count)) for table, count in also.items()),
        *([(_("Activities"), number(said))] if said is not None else []),
        (
            _("Columns"),
            ", ".join(
                selection.kind.resource.heading(selection.kind, name)
                for name in export.columns
                if name not in ALONG
            ),
        ),
        (_("Exported by"), f"{export.user.name} <{export.user.email}>"),
        *([(_("Approved by"), export.decided_by.name)] if export.decided_by else []),
        (
            _("Date"),
            f"{timezone.localtime(export.at):%Y-%m-%d %H:%M} ({timezone.get_current_timezone_name()})",
        ),
        (_("From"), settings.SITE_URL),
        (_("How to edit"), how_to_edit(with_activities=said is not None, several=bool(also))),
    ]
    return [*lines, (_("Note"), note)] if note else lines


def how_to_edit(*, with_activities: bool, several: bool = False) -> str:
    words = _(
        "Edit cells on the first sheet, add rows, save the file and import it. You’ll "
        "preview every change before it’s saved. The hidden ID and version columns "
        "identify the record in each row, so don’t change them."
    )
    if several:
        more = _("You can do the same on the other sheets with records. The import asks which sheets to use.")
        words = f"{words} {more}"
    if not with_activities:
        return words
    more = _(
        "On the sheet with activities, you can edit yours, or add notes, calls and meetings in new rows with the ID of "
        "their record."
    )
    return f"{words} {more}"


def _say(pk: int, **values) -> None:
    Export.objects.using("progress").filter(pk=pk).update(finished_at=timezone.now(), **values)


class Measured:
    """A file whose size and hash are computed as it is written."""

    def __init__(self, file: Output) -> None:
        self.file, self.size, self.hash = file, 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.hash.update(data)
        self.file.write(data)
        return len(data)

    def flush(self) -> None:
        self.file.flush()
