"""Uploaded files of imports: which of them say something about a person, on any sheet and in any row, read or not."""

from crm.excel.read import Unreadable, opened
from crm.files.store import StoreAway, forget, local
from crm.models import Import
from privacy.spellings import in_python


def mentions(imported: Import, pattern: str) -> bool:
    """Whether a sheet of its file has what the pattern finds. A file that can't be read counts as one that has it."""
    found = in_python(pattern)
    sheets, seen = [imported.sheet], set()
    try:
        with local(imported.file) as path:
            while sheets:
                sheet = sheets.pop()
                with opened(path, imported.name, sheet=sheet, encoding=imported.encoding) as source:
                    if any(found.search("\n".join(cells)) for _number, _kinds, cells in source.rows):
                        return True
                    seen |= {sheet, source.sheet}
                    sheets = [name for name in source.sheets if name not in seen]
    except (Unreadable, OSError, StoreAway):
        return True
    return False


def clear(pattern: str) -> int:
    """Called when the erasure is committed: removes the files that mention the person. Their rows were cleared before, so only
    sheets that weren't imported are left to be found. Returns how many files."""
    if not pattern:
        return 0
    rows = {row.file: row for row in Import.objects.exclude(file="").order_by("pk")}
    gone = [row for row in rows.values() if mentions(row, pattern)]
    Import.objects.filter(file__in=[row.file for row in gone]).update(file="")
    for row in gone:
        forget(row.file)
    return len(gone)
