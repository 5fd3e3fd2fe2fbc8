"""Staging: copies the rows of the file into the database unchanged, with a first guess of the columns."""

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.utils.translation import gettext as _

from crm.fields.custom.values.field_registry import use_definitions_as_found
from crm.models import Import, ImportRow
from crm.platform.configuration.company import get_company_language
from crm.platform.excel.reading import limits
from crm.platform.excel.reading.cell_links import get_targets
from crm.platform.excel.reading.error_messages import get_rejection_sentence
from crm.platform.excel.reading.reader import Row, SourceFile, UnreadableFile, open_file_rows
from crm.platform.files import store
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.cell_evidence import HEAD_ROWS, find_header_position
from crm.transfer.imports.columns.field_suggestion import suggest_fields
from crm.transfer.imports.columns.file_columns import (
    ASK,
    ColumnContent,
    get_column_targets,
    guess_reading_formats,
)
from crm.transfer.imports.columns.import_options import (
    ImportOptions,
    get_default_options,
    keep_valid_options,
)
from crm.transfer.imports.columns.missing_fields import offer_fields
from crm.transfer.imports.columns.program_exports import get_program_words, map_program_ids
from crm.transfer.imports.columns.saved_mappings import find_mapping_by_headings, find_name_order
from crm.transfer.imports.links.program_ids import map_program_id_columns
from crm.transfer.imports.read.copy_rows import encode_copy_value
from crm.transfer.imports.read.rows_without_records import may_have_only_totals, repeats_header
from crm.transfer.imports.sheet_contents import find_work_import

log = logging.getLogger(__name__)

IMPORT_FOLDER = "imports"
EASTERN = ("ro",)
COPY = 'COPY crm_importrow (of_id, "row", kinds, cells, targets, fixes, choice, takes) FROM STDIN'


def store_upload(upload: UploadedFile) -> tuple[str, int, str]:
    """Store an upload under a random name. Returns its name in the store, size, and hash.

    Raises Unreadable if it is too large or empty: before it is read, and while it is written.
    """
    try:
        return store.store_file(upload.chunks(), IMPORT_FOLDER, most=limits.FILE_BYTES)
    except store.NotKept as error:
        raise UnreadableFile(
            get_rejection_sentence(error.code, str(limits.FILE_BYTES // 1_000_000))
        ) from error


@contextmanager
def open_import_file(imported: Import) -> Iterator[Path]:
    """Its file on this server. Raises Unreadable if it is missing, and StoreAway."""
    with ExitStack() as stack:
        try:
            path = stack.enter_context(store.open_local_copy(imported.file))
        except FileNotFoundError:
            raise UnreadableFile(get_rejection_sentence("missing")) from None
        yield path


def stage_rows(imported: Import, progress: Callable[[int, int], None] | None = None) -> None:
    """Read the file into rows and guess its columns. Call inside a transaction. Raises Unreadable."""
    ImportRow.objects.filter(of=imported).delete()
    eastern = (imported.user.language or get_company_language()) in EASTERN
    asked = {"sheet": imported.sheet, "encoding": imported.encoding}
    with (
        open_import_file(imported) as path,
        open_file_rows(path, imported.name, **asked, eastern=eastern) as source,
    ):
        head, columns, rows = split_header_and_rows(source, imported.header_row)
        count = 0
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            lines = _build_copy_lines(imported.pk, rows, columns, linked=source.linked)
            while portion := list(islice(lines, 1_000)):
                copy.write("".join(portion))
                count += len(portion)
                if progress:
                    progress(count, max(count, source.about))
    if not count:
        raise UnreadableFile(_("There are no rows below the header in row %(row)s.") % {"row": head})
    imported.sheets, imported.sheet, imported.encoding = source.sheets, source.sheet, source.encoding
    imported.header_row, imported.rows = head, count
    imported.state = Import.State.COLUMNS
    _propose_mapping(imported, columns)
    # An unclosed quote is shown where it opens, at the column that therefore contains the rest of the file.
    imported.columns = [
        column.as_json() | ({"unclosed": source.unclosed} if "q" in column.kinds else {})
        for column in columns
    ]
    imported.save()


def split_header_and_rows(
    source: SourceFile, header_row: int | None
) -> tuple[int, list[ColumnContent], Iterator[Row]]:
    """The header row, the columns, and the rows below. Wider rows below get columns without a header.

    0, as argument and result, means that the file has no header: all of its rows are data.
    """
    rows = iter(source.rows)
    first = list(islice(rows, HEAD_ROWS))
    if header_row:
        while first[-1][0] < header_row and (more := next(rows, None)):
            first.append(more)
        place: int | None = next((place for place, row in enumerate(first) if row[0] >= header_row), 0)
    else:
        place = find_header_position(first) if header_row is None else None
    if place is None:
        return 0, [], _chain_rows(first, rows)
    number, _kinds, cells = first[place]
    columns = [ColumnContent(" ".join(text.split())[:100]) for text in cells]
    return number, columns, _chain_rows(first[place + 1 :], rows)


def _chain_rows(first: list[Row], rest: Iterator[Row]) -> Iterator[Row]:
    yield from first
    yield from rest


def _build_copy_lines(
    pk: int, rows: Iterable[Row], columns: list[ColumnContent], *, linked: bool
) -> Iterator[str]:
    """One for each row; each is built when the next one is known, because only the last one may have totals."""
    before: Row | None = None
    for row in rows:
        if before:
            yield _build_copy_line(pk, before, columns, linked=linked)
        before = row
    if before:
        yield _build_copy_line(pk, before, columns, linked=linked, last=True)


def _build_copy_line(
    pk: int, row: Row, columns: list[ColumnContent], *, linked: bool = False, last: bool = False
) -> str:
    number, kinds, cells = row
    while len(columns) < len(cells):
        columns.append(ColumnContent(""))
    # A header that the file repeats says nothing about the values below it, nor do the totals of those above.
    silent = repeats_header([column.heading for column in columns], cells) or (
        last and may_have_only_totals(kinds, cells)
    )
    told = () if silent else cells
    for place, text in enumerate(told):
        if text:
            columns[place].add_cell(kinds[place] if kinds else "s", text)
    packed = json.dumps(cells, ensure_ascii=False, separators=(",", ":"))
    targets = encode_copy_value(get_targets(cells)) if linked else "{}"
    return f"{pk}\t{number}\t{kinds}\t{encode_copy_value(packed)}\t{targets}\t{{}}\t\t[]\n"


@use_definitions_as_found()
def _propose_mapping(imported: Import, columns: list[ColumnContent]) -> None:
    """A mapping: the one the user chose for the same headers before, else a guess."""
    kind = KINDS[imported.table]
    rules = get_rules_class(kind)(kind, imported.user)
    imported.counts, imported.decisions, imported.unknown = {}, {}, {}
    imported.new_fields, imported.blanks = {}, {}
    heads = [column.heading for column in columns]
    work = find_work_import(kind, imported.user, heads)
    imported.activities = work is not None
    if work:
        imported.mapping = work.map_columns(columns)
        imported.options = work.get_first_options(columns, imported.mapping)
        return
    known = find_mapping_by_headings(kind, imported.user, heads)
    meant = get_program_words(kind, heads)
    for column, suggested in zip(columns, suggest_fields(kind, columns, imported.user, meant), strict=True):
        column.guess = suggested
    offered = dict(get_column_targets(kind, imported.user))
    told = _apply_saved_mapping(known.mapping, columns) if known else [column.guess for column in columns]
    # A custom field may have been deleted, or hidden from the user, since then.
    imported.mapping = [name if name in offered else "" for name in told]
    for column, name in zip(columns, told, strict=True):
        column.told = name if name not in offered else ""
    if known is None:
        map_program_ids(imported, columns)
        map_program_id_columns(imported, columns)
        offer_fields(imported, columns, meant)
    english = (imported.user.language or get_company_language()) == "en"
    options = {
        **get_default_options(rules, imported.mapping),
        **(keep_valid_options(known.options, rules) if known else {}),
        **guess_reading_formats(kind, columns, imported.mapping, english=english),
    }
    last_first = [column.last_first for column in columns]
    options["last_name_first"] = find_name_order(imported.mapping, last_first, known.options if known else {})
    imported.options = vars(ImportOptions(**options)).copy()


def _apply_saved_mapping(mapping: list[str], columns: list[ColumnContent]) -> list[str]:
    """The fields of a remembered mapping. Columns that were only guessed are guessed again, unless another column has that field."""
    found = []
    for column, name in zip(columns, mapping, strict=True):
        column.sure = name != ASK
        free = column.guess if column.guess not in mapping else ""
        found.append(free if name == ASK else name)
    return found
