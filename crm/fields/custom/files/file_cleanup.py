"""How long the files of custom values stay: an hourly look for those that no value names any more, and that no undo can bring back.

A value goes and comes back by ways that know nothing of files: undo, merging, deleting permanently. So a file stays until no value
has named it for as long as a change can be undone.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.fields.custom.files.file_values import is_file
from crm.fields.custom.values.field_registry import get_fields_of_every_type
from crm.fields.custom.values.stored_values import get_values_table
from crm.fields.models.value_file import ValueFile
from crm.platform.files.attachment_storage import ATTACHMENT_FOLDER
from crm.platform.files.orphaned_files import NamedFiles, find_files_named_in_rows
from crm.platform.jobs.housekeeping import every_hour
from crm.platform.record_types import RECORD_TYPES

FILES = NamedFiles(
    ATTACHMENT_FOLDER,
    named=partial(find_files_named_in_rows, ValueFile),
    expected=lambda: ValueFile.objects.values_list("file", flat=True),
)
# If nobody looked for so long, a value may have come back and gone again unnoticed, so the time begins again.
LOOKED_AGAIN = timedelta(days=1)


@every_hour
def forget_files_of_lost_values() -> int:
    """The sweep removes the bytes of what is forgotten here."""
    now = timezone.now()
    named = find_named_files()
    ValueFile.objects.filter(file__in=named, unnamed_since__isnull=False).update(unnamed_since=None)
    unnamed = ValueFile.objects.exclude(file__in=named)
    unnamed.filter(Q(looked_at__lt=now - LOOKED_AGAIN)).update(unnamed_since=None)
    unnamed.update(unnamed_since=Coalesce(F("unnamed_since"), Value(now)), looked_at=now)
    since = now - timedelta(days=settings.UNDO_DAYS) - LOOKED_AGAIN
    return unnamed.filter(unnamed_since__lt=since).delete()[0]


def find_named_files(but: Any = None) -> set[str]:
    """The files that present custom values name, in Trash and of retired fields too; without those of the records in `but`, as
    IDs by their record type."""
    found: set[str] = set()
    for table, fields in get_fields_of_every_type().items():
        if keys := [field.name for field in fields if is_file(field)]:
            found |= _find_files_of_type(table, keys, (but or {}).get(table, ()))
    return found


def _find_files_of_type(table: str, keys: list[str], but: Iterable[int]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT v.values -> key ->> 'file' FROM {get_values_table(RECORD_TYPES[table].model)} v
                CROSS JOIN unnest(%s::text[]) key
                WHERE v.values ?| %s AND v.values ? key AND v.record_id <> ALL(%s::bigint[])""",
            [keys, keys, list(but)],
        )
        return {file for (file,) in cursor.fetchall()}
