"""The sheets of a workbook: which records each one has, and in which order they are imported."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crm.fields.custom.values.field_registry import use_definitions_as_found
from crm.models import Import
from crm.platform.configuration.company import get_company_language
from crm.platform.excel.reading.reader import UnreadableFile, open_file_rows
from crm.platform.text.text_folding import normalize_heading
from crm.records.history.undo.undo_permission import get_tracked_models
from crm.records.kinds.kind_registry import KINDS, Kind
from crm.transfer.imports.activities.activity_import import ActivityImport
from crm.transfer.imports.columns.header_words import get_headers
from crm.transfer.imports.columns.translated_headers import get_translations
from crm.transfer.imports.read.staging import EASTERN, open_import_file, split_header_and_rows
from crm.transfer.imports.sheet_contents import find_work_import
from crm.transfer.imports.tasks.task_import import TaskImport

# More sheets than this aren't looked at.
MOST = 20
# The number of a sheet that continues another one, as in "Contacts 2".
CONTINUED = re.compile(r" \d+$")


@dataclass(frozen=True)
class Sheet:
    """A sheet with records. `table` is the kind that it seems to have, `chosen` the one that the user imports it as or '',
    `activities` says for which kinds it has activities instead of records, `tasks` whether it has tasks."""

    sheet: str
    rows: int
    columns: int
    known: int
    table: str
    activities: list[str]
    chosen: str
    tasks: bool = False


def get_sheets(imported: Import) -> list[Sheet]:
    return [Sheet(**part) for part in imported.parts]


@use_definitions_as_found()
def recognize_sheets(imported: Import, progress: Callable[[int, int], None]) -> None:
    """Look at the other sheets of the workbook. A choice is offered if more than one has records."""
    found: list[Sheet] = []
    with open_import_file(imported) as path:
        for name in imported.sheets[:MOST]:
            if sheet := _recognize_sheet(imported, name, path):
                found.append(sheet)
                rows = sum(one.rows for one in found)
                progress(rows, rows)
    imported.parts = [vars(sheet) for sheet in found] if len(found) > 1 else []
    imported.save(update_fields=["parts"])


def _recognize_sheet(imported: Import, name: str, path: Path) -> Sheet | None:
    user = imported.user
    if name == imported.sheet:
        heads, rows = [column["heading"] for column in imported.columns], imported.rows
    else:
        try:
            heads, rows = _read_headers(imported, name, path)
        except UnreadableFile:
            return None
    kind = find_kind_of_sheet(imported, name, heads)
    if kind is None:
        return None
    allowed = [other for other in KINDS.values() if may_import(user, other)]
    known = get_headers(kind, user)
    return Sheet(
        sheet=name,
        rows=rows,
        columns=len(heads),
        known=sum(bool(known.find_field(heading)) for heading in heads),
        table=kind.name,
        activities=[other.name for other in KINDS.values() if ActivityImport(other, user).recognizes(heads)],
        tasks=TaskImport(kind, user).recognizes(heads),
        chosen=kind.name if kind in allowed else "",
    )


def _read_headers(imported: Import, name: str, path: Path) -> tuple[list[str], int]:
    """The headers of a sheet, and about how many rows are below them. Raises Unreadable."""
    eastern = (imported.user.language or get_company_language()) in EASTERN
    with open_file_rows(path, imported.name, sheet=name, eastern=eastern) as source:
        head, columns, _rows = split_header_and_rows(source, None)
        # A workbook counts its rows from 0.
        return [column.heading for column in columns], source.about + 1 - head


def find_kind_of_sheet(imported: Import, name: str, heads: Sequence[str]) -> Kind | None:
    """The kind whose columns these are: the one with its ID column, or its name as the sheet's, or the most known headers."""
    scores = [(_score_kind(imported, kind, name, heads), kind) for kind in KINDS.values()]
    best, kind = max(scores, key=lambda pair: pair[0])
    _with_id, named, known, _same = best
    return kind if known >= (1 if named else 2) else None


def _score_kind(
    imported: Import, kind: Kind, name: str, heads: Sequence[str]
) -> tuple[bool, bool, int, bool]:
    headers = get_headers(kind, imported.user)
    known = {field for field in map(headers.find_field, heads) if field}
    work = find_work_import(kind, imported.user, heads)
    with_id = not get_translations(lambda: kind.get_file_heading("id")).isdisjoint(
        map(normalize_heading, heads)
    )
    names = get_translations(lambda: work.get_title() if work else str(kind.words.many))
    named = normalize_heading(CONTINUED.sub("", name)) in names
    return with_id, named, len(known) + 2 * bool(work), kind.name == imported.table


def may_import(user: Any, kind: Kind) -> bool:
    return kind.may_import(user)


def sort_sheets(sheets: Sequence[Sheet]) -> list[Sheet]:
    """The chosen sheets in the order in which they are imported: records that others link to first, activities last."""
    tables = list(get_tracked_models())

    def get_place(sheet: Sheet) -> tuple[bool, int]:
        return sheet.tasks or sheet.chosen in sheet.activities, tables.index(sheet.chosen)

    return sorted((sheet for sheet in sheets if sheet.chosen), key=get_place)


@dataclass(frozen=True)
class SheetPart:
    """A sheet of the workbook with its import, if it has begun; `is_next` is the first one that hasn't."""

    number: int
    sheet: Sheet
    kind: Kind
    imported: Import | None
    is_next: bool

    @property
    def has_activities(self) -> bool:
        return self.sheet.tasks or self.sheet.chosen in self.sheet.activities


def get_chosen_sheets(imported: Import) -> list[SheetPart]:
    """The chosen sheets of the workbook, in order; empty if there is only one."""
    queue = sort_sheets(get_sheets(imported))
    if len(queue) < 2 or imported.part is None:
        return []
    begun = {
        other.part: other
        for other in get_imports_of_upload(imported)
        if other.state != Import.State.CANCELLED
    }
    waiting = next((number for number in range(len(queue)) if number not in begun), None)
    return [
        SheetPart(number, sheet, KINDS[sheet.chosen], begun.get(number), number == waiting)
        for number, sheet in enumerate(queue)
    ]


def get_imports_of_upload(imported: Import) -> Iterator[Import]:
    """The imports of the sheets of the same upload."""
    rows = Import.objects.of_upload(imported.first_id or imported.pk).select_related("operation", "job")
    return iter(rows.order_by("pk"))


def get_part_to_show(imported: Import) -> dict[str, Any]:
    """For the pages of a sheet. Others can be chosen until the second one has begun."""
    parts = get_chosen_sheets(imported)
    begun = any(part.imported for part in parts[1:])
    return {"parts": parts, "may_choose_sheets": imported.first_id is None and not begun}
