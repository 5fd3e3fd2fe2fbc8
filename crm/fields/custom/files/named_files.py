"""Which stored files custom values name: written along with the values."""

from collections.abc import Iterable, Mapping
from typing import Any

from crm.fields.models.value_file import ValueFile


def write_names_of_files(rows: Iterable[Mapping[str, Any]]) -> None:
    """Remember the files among these stored values, which are about to be written. Only the value of a file is an object."""
    files = {value["file"] for row in rows for value in row.values() if isinstance(value, dict)}
    if files:
        ValueFile.objects.bulk_create(map(ValueFile, sorted(files)), ignore_conflicts=True)
