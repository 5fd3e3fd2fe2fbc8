"""Writing the file of an export: in its own thread, from one database snapshot, in constant memory.

The thread fills a private file of this server as fast as it can (crm/platform/excel/writing/spool.py), and then stores it. The receipt is
updated through the second connection, because the first one is read-only.
"""

import hashlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial

import psycopg
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.models import Export
from crm.platform.database.read_routing import get_read_ways
from crm.platform.excel.reading.error_messages import get_rejection_sentence
from crm.platform.excel.writing.spool import GrowingFile, Spool
from crm.platform.excel.writing.workbook_writer import OutputFile
from crm.platform.files.store import NotKept, generate_name, put_file, remove_unnamed_file
from crm.platform.files.temporary_files import create_temporary_path
from crm.platform.web.transactions import (
    QUERY_CANCELED,
    get_sqlstate,
    is_connection_lost,
    is_disk_full,
    set_transaction_limits,
)
from crm.transfer.exports.approval import MoreThanApproved
from crm.transfer.exports.export_content import write_export

log = logging.getLogger(__name__)

FOLDER = "exports"
# Seconds that a user waits for the file. What takes longer becomes a job (crm/transfer/exports/jobs.py).
PATIENCE = 5.0


class ExportWriting:
    """An export that is being written. `spool` is its file as it grows, and `rows` how many records are in it so far.

    In a request, no statement takes longer than the user waits, and the user has the file even if it can't be stored. In a
    job, a lost database or an unwanted file leaves the receipt as it is, because the job runs again, or says why not.
    """

    def __init__(self, export: Export, data: QueryDict, *, in_job: bool = False) -> None:
        self.pk, self.data, self.in_job = export.pk, data, in_job
        self.rows = 0
        self.failed = False
        self._driver: psycopg.Connection | None = None
        self._language, self._zone = translation.get_language(), timezone.get_current_timezone()
        # Named before anything is read: the erasure of a person finds each export that may have them by its file.
        self.file = f"{generate_name(FOLDER)}.{export.format}"
        _update_export(self.pk, file=self.file)
        self.place = create_temporary_path()
        self.spool = Spool(self.place, self._write)

    def stop(self) -> None:
        """The file isn't wanted any more. Returns when the thread has ended; a file that is whole already is kept."""
        if self.spool.give_up() and self._driver:
            # The thread may have ended meanwhile.
            with suppress(psycopg.Error):
                self._driver.cancel_safe(timeout=5)
        self.spool.join()

    def _write(self, file: GrowingFile) -> None:
        with translation.override(self._language), timezone.override(self._zone):
            self._write_and_keep(file)

    def _write_and_keep(self, file: GrowingFile) -> None:
        try:
            export = Export.objects.select_related("user", "decided_by").get(pk=self.pk)
            work = partial(self._write_file, export, file)
            values, source = get_read_ways().read_export(
                self.pk, work, go_on=file.raise_if_unwanted, in_job=self.in_job
            )
            file.mark_whole()
            values |= self._store_file(values["note"]) | {"source": source}
            _update_export(self.pk, state=Export.State.FINISHED, finished_at=timezone.now(), **values)
            if not Export.objects.using("progress").filter(pk=self.pk, file=self.file).exists():
                # Meanwhile, a person was erased who may be in it (privacy/holders/server_files.py).
                remove_unnamed_file(self.file)
        except BaseException as error:
            if not (file.unwanted or self._goes_on_as_job(error)):
                self._fail(error)
            raise
        finally:
            self.place.unlink(missing_ok=True)

    def _write_file(self, export: Export, file: GrowingFile) -> dict:
        """From the beginning, also after an attempt that failed."""
        file.begin_again()
        measured, self.rows, self._driver = MeasuredFile(file), 0, connection.connection
        values = write_export(export, self.data, measured, self._open_snapshot, self._count_rows)
        return values | {"size": measured.size, "sha256": measured.hash.hexdigest()}

    def _goes_on_as_job(self, error: BaseException) -> bool:
        return is_connection_lost(error) if self.in_job else get_sqlstate(error) == QUERY_CANCELED

    def _fail(self, error: BaseException) -> None:
        self.failed = True
        if not isinstance(error, MoreThanApproved):
            log.error("Export %s", self.pk, exc_info=error)
        note = _("Something went wrong on our side, and no file was created. Export the records again.")
        if is_disk_full(error) or (isinstance(error, NotKept) and error.code == "disk"):
            note = get_rejection_sentence("disk")
        elif isinstance(error, MoreThanApproved):
            note = _("The export has more records now than were approved. Export the records again.")
        elif isinstance(error, NotKept):
            note = _("The file store can’t be reached, so no file was created. Try again later.")
        _update_export(self.pk, state=Export.State.FAILED, finished_at=timezone.now(), file="", note=note)
        remove_unnamed_file(self.file)

    def _store_file(self, note: str) -> dict:
        """From its place on this server, the file goes to the store. In a request, the user has it already."""
        try:
            put_file(self.place, self.file)
        except NotKept:
            if self.in_job:
                raise
            words = _("The file couldn’t be kept in the file store, so it can’t be downloaded again.")
            return {"file": "", "note": f"{note} {words}".strip()}
        return {"note": note}

    def _count_rows(self, rows: Iterator[list]) -> Iterator[list]:
        for row in rows:
            self.rows += 1
            yield row

    @contextmanager
    def _open_snapshot(self) -> Iterator[None]:
        """Count and rows come from the same moment, however long writing takes."""
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            set_transaction_limits(lock=0, statement=0 if self.in_job else int(PATIENCE * 1000))
            yield


def start_export_writing(export: Export, data: QueryDict) -> ExportWriting:
    """Start writing for a request; the spool yields the bytes. The receipt must be committed."""
    return ExportWriting(export, data)


def _update_export(pk: int, **values) -> None:
    Export.objects.using("progress").filter(pk=pk).update(**values)


class MeasuredFile:
    """A file whose size and hash are computed as it is written."""

    def __init__(self, file: OutputFile) -> None:
        self.file, self.size, self.hash = file, 0, hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.hash.update(data)
        self.file.write(data)
        return len(data)

    def flush(self) -> None:
        self.file.flush()
