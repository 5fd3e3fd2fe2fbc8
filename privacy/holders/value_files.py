"""The files that the records of a person have in custom fields: the bytes go with the person, those of earlier values too."""

from django.db import connection

from crm.fields.custom.files.file_cleanup import (
    find_files_of_type,
    find_named_files,
    get_file_keys,
)
from crm.models import ValueFile
from crm.platform.files.thumbnails import THUMBNAIL_ENDING
from privacy.holders.data_holder import DataHolder, build_no_sections
from privacy.person import Person

EARLIER = """
    SELECT DISTINCT said ->> 'file' FROM crm_change c, jsonb_each(c.fields), jsonb_array_elements(value) said
    WHERE c."table" = %s AND c."row" = ANY(%s) AND key = ANY(%s)
"""


def find_files(person: Person) -> set[str]:
    """The files that a value of the person's records names or named."""
    found: set[str] = set()
    for table, ids in person.records.items():
        keys = get_file_keys(table)
        if keys:
            found |= find_files_of_type(table, keys, "v.record_id = ANY(%s::bigint[])", ids)
            with connection.cursor() as cursor:
                cursor.execute(EARLIER, [table, ids, keys])
                found.update(file for (file,) in cursor.fetchall() if file)
    return found


def erase(person: Person) -> int:
    """Before the values and the history are emptied, and after what a conversion copied. A file that another record has stays."""
    files = find_files(person)
    gone = files - find_named_files(but=person.records) if files else set()
    person.files.update(gone, (file + THUMBNAIL_ENDING for file in gone))
    return ValueFile.objects.filter(file__in=gone).delete()[0]


HOLDERS = [DataHolder(("crm.ValueFile",), build_no_sections, erase, "files")]
