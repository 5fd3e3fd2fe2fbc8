"""The audit log as an Excel file: written as a stream into a private file, which is deleted when it has been sent."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.models import AuditEntry
from crm.platform.excel.writing.cell_values import CellKind, Column
from crm.platform.excel.writing.spool import Spool
from crm.platform.excel.writing.workbook_writer import Output, Workbook
from crm.platform.files.temporary_files import new_place
from crm.platform.web.transactions import limit
from crm.records.history.audit_log.entry_lines import get_detail_texts, get_event_words, get_record_label

ROWS_AT_ONCE = 2_000


def written(rows: Any, creator: str) -> Iterator[bytes]:
    """The bytes of a workbook with these entries, as they arrive."""
    language, zone = translation.get_language(), timezone.get_current_timezone()

    def write(file: Output) -> None:
        with translation.override(language), timezone.override(zone), _one_snapshot():
            title = _("Audit log")
            with Workbook(file, title=title, creator=creator, created=timezone.now()) as workbook:
                workbook.table(title, columns(), map(cells, rows.iterator(chunk_size=ROWS_AT_ONCE)))

    path = new_place()
    spool = Spool(path, write)
    try:
        yield from spool
    finally:
        spool.join()
        path.unlink(missing_ok=True)


@contextmanager
def _one_snapshot() -> Iterator[None]:
    """As long as it takes, and only reading."""
    with transaction.atomic():
        limit(lock=0, statement=0, read_only=True)
        yield


def columns() -> list[Column]:
    return [
        Column(_("Date"), CellKind.MOMENT, 20),
        Column(_("User"), width=24),
        Column(_("Event"), width=34),
        Column(_("Record"), width=18),
        Column(_("Details"), width=60),
        Column(_("Via"), width=12),
        Column(_("IP address"), width=18),
        Column(_("Request"), width=20),
    ]


def cells(entry: AuditEntry) -> list[Any]:
    details = "; ".join(f"{label}: {value}" for label, value in get_detail_texts(entry))
    return [
        timezone.localtime(entry.at),
        entry.user_name,
        get_event_words(entry),
        get_record_label(entry),
        details,
        str(AuditEntry.Via(entry.via).label),
        entry.address or "",
        entry.request,
    ]
