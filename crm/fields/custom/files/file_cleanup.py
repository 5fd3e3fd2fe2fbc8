"""How long the files of custom values stay: an hourly look for those that no value names any more, and that no undo can bring back.

A value goes and comes back by ways that know nothing of files: undo, merging, deleting permanently. So a file stays until no value
has named it for as long as a change can be undone.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from crm.fields.custom.files.file_values import is_file
from crm.fields.custom.values.field_registry import get_all_custom_fields, get_fields_of_every_type
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
    # The rows first: one that is written meanwhile comes with its value.
    known = dict(ValueFile.objects.values_list("file", "unnamed_since"))
    named = find_named_files() if known else set()
    back = [file for file, since in known.items() if since and file in named]
    ValueFile.objects.filter(file__in=back).update(unnamed_since=None)
    unnamed = ValueFile.objects.filter(file__in=[file for file in known if file not in named])
    unnamed.filter(looked_at__lt=now - LOOKED_AGAIN).update(unnamed_since=None)
    unnamed.update(unnamed_since=Coalesce(F("unnamed_since"), Value(now)), looked_at=now)
    since = now - timedelta(days=settings.UNDO_DAYS) - LOOKED_AGAIN
    return unnamed.filter(unnamed_since__lt=since).delete()[0]


def get_file_keys(table: str) -> list[str]:
    """The custom fields of a record type that have files, retired and deleted ones too."""
    return [field.name for field in get_all_custom_fields(table) if is_file(field)]


def find_named_files(but: Mapping[str, Sequence[int]] | None = None) -> set[str]:
    """The files that present custom values name, those of records in Trash too; without the records in `but`, which has their
    IDs by type."""
    found: set[str] = set()
    for table in get_fields_of_every_type():
        if keys := get_file_keys(table):
            ids = (but or {}).get(table, ())
            found |= find_files_of_type(table, keys, "v.record_id <> ALL(%s::bigint[])", ids)
    return found


def find_files_of_type(table: str, keys: Sequence[str], which_sql: str, ids: Sequence[int]) -> set[str]:
    """The files in these fields of the records of a type that a condition about IDs describes."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT v.values -> key ->> 'file' FROM {get_values_table(RECORD_TYPES[table].model)} v
                CROSS JOIN unnest(%s::text[]) key
                WHERE {which_sql} AND v.values ?| %s::text[] AND v.values ? key""",
            [list(keys), list(ids), list(keys)],
        )
        return {file for (file,) in cursor.fetchall()}
