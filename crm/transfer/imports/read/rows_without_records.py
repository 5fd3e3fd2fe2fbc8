"""Rows of a file that have no record: its header again, and the totals at its end."""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.models import Import, PlannedRow
from crm.platform.excel.parsing.number_parsing import parse_amount
from crm.platform.text.text_folding import normalize_heading
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.columns.file_columns import NEW_FIELD, TO_DESCRIPTION, get_number_columns
from crm.transfer.models.import_row import HEADER, TOTALS

WORDS = (
    "total, totals, total general, total generale, totaluri, grand total, grand totals, sum, sub total, subtotal, summe, summen, gesamt, "
    "gesamtsumme, gesamtbetrag, summe gesamt, totale, totale generale, somme, suma, suma total, suma totala, osszesen, mindosszesen, "
    "vegosszeg, razem, celkem, ukupno"
)
LABELS = frozenset(WORDS.split(", "))
# How many row numbers the preview names.
NAMED = 10


def repeats_header(headings: Sequence[str], cells: Sequence[str]) -> bool:
    """Whether the cells of a row are the headers of the file."""
    wide = max(len(headings), len(cells))
    return any(headings) and all(
        _clean(headings[place : place + 1]) == _clean(cells[place : place + 1]) for place in range(wide)
    )


def _clean(cell: Sequence[str]) -> str:
    """Headers are kept in this form, without their case."""
    return " ".join(cell[0].split())[:100].casefold() if cell else ""


def has_only_totals(
    kinds: str, cells: Sequence[str], mapping: Sequence[str], numbers: Collection[str]
) -> bool:
    """Whether a row has a word such as "Total", and behind it nothing but numbers in columns of numbers or without a field. So a company
    of that name with a phone is none. `numbers` are the fields with numbers."""
    filled = [place for place, text in enumerate(cells) if text.strip()]
    if len(filled) < 2 or normalize_heading(cells[filled[0]]) not in LABELS:
        return False
    return all(
        _is_number(kinds[place : place + 1] or "s", cells[place])
        and (mapping[place] in ("", TO_DESCRIPTION, *numbers) or mapping[place].startswith(NEW_FIELD))
        for place in filled[1:]
    )


def _is_number(kind: str, text: str) -> bool:
    """Also a formula that no program has calculated."""
    if kind != "s":
        return kind in ("n", "f")
    try:
        parse_amount(text)
    except ValueError:
        return False
    return True


def may_have_only_totals(kinds: str, cells: Sequence[str]) -> bool:
    """The same for a row of a file whose columns have no fields yet."""
    return has_only_totals(kinds, cells, [""] * len(cells), ())


class RowsWithoutRecords:
    """Which rows of an import have no record, activity or task. `numbers` are the columns with numbers, if its rows aren't records."""

    def __init__(self, imported: Import, numbers: Collection[str] | None = None) -> None:
        self.headings = [column["heading"] for column in imported.columns] if imported.header_row != 0 else []
        self.mapping = imported.mapping
        self.numbers = get_number_columns(KINDS[imported.table]) if numbers is None else numbers
        self.imported = imported

    @cached_property
    def last(self) -> int | None:
        """The last row: looked up only once there is one that may have totals."""
        found: int | None = self.imported.file_rows.aggregate(last=Max("row"))["last"]
        return found

    def judge(self, row: Any) -> str:
        """HEADER, TOTALS, or ''."""
        cells, kinds = row.cells, row.kinds
        if row.fixes:
            cells = [row.fixes.get(str(place), text) for place, text in enumerate(cells)]
            kinds = "".join("s" if str(place) in row.fixes else kind for place, kind in enumerate(kinds))
        if repeats_header(self.headings, cells):
            return HEADER
        totals = has_only_totals(kinds, cells, self.mapping, self.numbers)
        return TOTALS if totals and row.row == self.last else ""


def get_skipping_reason(found: str) -> str:
    return _("This row repeats the header.") if found == HEADER else _("This row only has totals.")


def describe_rows_without_records(imported: Import) -> list[str]:
    """The numbers of these rows, as sentences for the preview."""
    rows = PlannedRow.objects.filter(of=imported).without_records().in_order()
    pairs = list(rows.values_list("row", "match"))
    headers = [row for row, match in pairs if match == HEADER]
    found = []
    if headers:
        words = ngettext(
            "Row %(rows)s repeats the header, so it’s skipped.",
            "Rows %(rows)s repeat the header, so they’re skipped.",
            len(headers),
        )
        found.append(words % {"rows": _list_rows(headers)})
    if totals := [row for row, match in pairs if match == TOTALS]:
        found.append(_("Row %(row)s only has totals, so it’s skipped.") % {"row": _list_rows(totals)})
    return found


def _list_rows(rows: Iterable[int]) -> str:
    numbers = [str(row) for row in rows]
    return ", ".join([*numbers[:NAMED], *(["…"] if len(numbers) > NAMED else [])])
