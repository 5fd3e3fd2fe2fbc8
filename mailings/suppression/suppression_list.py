"""Adding addresses to the suppression list from a file, removing one, and writing the list to a file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.models import User
from crm.models import Operation
from crm.platform.excel.reading.reader import Row, UnreadableFile, open_file_rows
from crm.platform.excel.writing.cell_values import CellKind, SheetColumn
from crm.platform.excel.writing.csv_writer import unguard_formula_text, write_csv
from crm.platform.excel.writing.workbook_writer import OutputFile
from crm.platform.text.text_folding import fold_texts
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import record_settings_change
from crm.transfer.imports.columns.opt_out_columns import has_opted_out, is_opt_out
from mailings.models import Suppression

MOST_ROWS = 50_000
PORTION = 2_000
# Cells with invalid addresses that are named.
NAMED = 5
LONGEST_NOTE = 300


@dataclass
class SuppressionImport:
    """How many addresses a file had, how many are new on the list, and where the invalid ones are."""

    found: int = 0
    added: int = 0
    invalid: list[int] = field(default_factory=list)


def get_email_key(address: str) -> str:
    return fold_texts([address], function="leadwell_fold_email", length=254)[address]


def remove_suppression(row: Suppression, *, by: User, channel: str = Operation.Channel.WEB) -> Operation:
    """Let the address receive mailings again."""
    with record_settings_change("remove_suppression", by=by, channel=channel, rows=[row.pk]) as record:
        row.delete()
    write_security_line("suppression_removed", address=row.address)
    return record


def import_file(upload: UploadedFile, by: User) -> tuple[SuppressionImport, Operation]:
    """Add the addresses of the column whose heading has "mail" in it, or else of the first one; of a file of contacts, only
    those whose column of opt-outs says so. Raises Unreadable, and then adds nothing."""
    result = SuppressionImport()
    with NamedTemporaryFile(suffix=Path(upload.name or "").suffix) as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        rows = list(_read_addresses(Path(copy.name), upload.name or "", result))
    with record_settings_change("import_suppressions", by=by) as record:
        for start in range(0, len(rows), PORTION):
            result.added += _add_suppressions(rows[start : start + PORTION], by)
    return result, record


def _read_addresses(path: Path, name: str, result: SuppressionImport) -> Iterator[tuple[str, str]]:
    with open_file_rows(path, name) as source:
        column, note, opt_out, most = 0, -1, -1, MOST_ROWS
        for place, row in enumerate(source.rows):
            if place >= most:
                raise UnreadableFile(
                    _("The file has more than %(most)s rows. Split it.") % {"most": MOST_ROWS}
                )
            cells = [unguard_formula_text(cell.strip()) for cell in row[2]]
            if place == 0 and not any("@" in cell for cell in cells):
                column, note = _find_columns(cells)
                opt_out = next((at for at, heading in enumerate(cells) if is_opt_out(heading)), -1)
                most += 1
                continue
            if opt_out >= 0 and not (opt_out < len(cells) and has_opted_out(cells[opt_out])):
                continue
            found = _get_valid_address(cells, column, row, result)
            if found:
                yield found, (cells[note] if 0 <= note < len(cells) else "")[:LONGEST_NOTE]


def _find_columns(headings: list[str]) -> tuple[int, int]:
    """The column of the addresses, and that of the notes or -1."""
    lower = [heading.lower() for heading in headings]
    named = [place for place, heading in enumerate(lower) if "mail" in heading and not is_opt_out(heading)]
    # "Mailing City" is part of a postal address.
    column = next((place for place in named if "mailing" not in lower[place]), [*named, 0][0])
    notes = (str(_("note")).lower(), "note")
    return column, next((place for place, heading in enumerate(lower) if heading in notes), -1)


def _get_valid_address(cells: list[str], column: int, row: Row, result: SuppressionImport) -> str:
    address = cells[column] if column < len(cells) else ""
    if not address:
        return ""
    result.found += 1
    try:
        validate_email(address)
    except ValidationError:
        result.invalid.append(row[0])
        return ""
    return address


def _add_suppressions(rows: list[tuple[str, str]], by: User) -> int:
    """Returns how many weren't on the list."""
    keys = fold_texts([address for address, _note in rows], function="leadwell_fold_email", length=254)
    new = {keys[address]: (address, note) for address, note in reversed(rows)}
    known = set(Suppression.objects.filter(email_key__in=list(new)).values_list("email_key", flat=True))
    made = [
        Suppression(address=address, email_key=key, note=note, by=by)
        for key, (address, note) in new.items()
        if key not in known
    ]
    Suppression.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def write_file(file: OutputFile, rows: Iterable[Suppression]) -> int:
    """As CSV, in the form that can be imported again. Returns how many rows were written."""
    columns = [SheetColumn(str(heading), CellKind.TEXT) for heading in get_headings()]
    texts = (
        [row.address, str(row.get_reason_display()), row.at.date().isoformat(), row.note] for row in rows
    )
    return write_csv(file, columns, texts)


def get_headings() -> list[str]:
    return [_("Email address"), _("Reason"), _("Since"), _("Note")]
