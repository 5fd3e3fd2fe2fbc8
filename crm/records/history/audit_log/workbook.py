"""The audit log as an Excel file: written as a stream into a private file, which is deleted when it has been sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.models import AuditEntry
from crm.platform.excel.writing.cell_values import CellKind, SheetColumn
from crm.platform.excel.writing.spool import Spool
from crm.platform.excel.writing.workbook_writer import OutputFile, Workbook
from crm.platform.files.temporary_files import create_temporary_path
from crm.platform.web.transactions import set_transaction_limits
from crm.records.history.audit_log.entry_lines import get_detail_texts, get_event_label, get_record_label

ROWS_AT_ONCE = 2_000


def stream_workbook(rows: Any, creator: str) -> Iterator[bytes]:
    """The bytes of a workbook with these entries, as they arrive."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def write(file: OutputFile) -> None:
        with translation.override(language), timezone.override(zone), _open_snapshot():
            title = _("Audit log")
            with Workbook(file, title=title, creator=creator, created=timezone.now()) as workbook:
                workbook.write_table(
                    title, build_columns(), map(build_cells, rows.iterator(chunk_size=ROWS_AT_ONCE))
                )

    path = create_temporary_path()
    spool = Spool(path, write)
    try:
        yield from spool
    finally:
        spool.join()
        path.unlink(missing_ok=True)


@contextmanager
def _open_snapshot() -> Iterator[None]:
    """As long as it takes, and only reading."""
    with transaction.atomic():
        set_transaction_limits(lock=0, statement=0, read_only=True)
        yield


def build_columns() -> list[SheetColumn]:
    return [
        SheetColumn(_("Date"), CellKind.MOMENT, 20),
        SheetColumn(_("User"), width=24),
        SheetColumn(_("Event"), width=34),
        SheetColumn(_("Record"), width=18),
        SheetColumn(_("Details"), width=60),
        SheetColumn(_("Via"), width=12),
        SheetColumn(_("IP address"), width=18),
        SheetColumn(_("Request"), width=20),
    ]


def build_cells(entry: AuditEntry) -> list[Any]:
    details = "; ".join(f"{label}: {value}" for label, value in get_detail_texts(entry))
    return [
        timezone.localtime(entry.at),
        entry.user_name,
        get_event_label(entry),
        get_record_label(entry),
        details,
        str(AuditEntry.Via(entry.via).label),
        entry.address or "",
        entry.request,
    ]
