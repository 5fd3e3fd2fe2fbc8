"""What a file says about itself: the sheet "About", and the note of its receipt."""

from collections.abc import Mapping
from types import MappingProxyType

from django.conf import settings
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.fields.schemas import ID_AND_VERSION
from crm.models import Export
from crm.records.kinds.kind_registry import KINDS
from crm.templatetags.look import number
from crm.transfer.exports.selection import Selection


def get_file_note(matched: int, wrote: int, *, sheets: int = 1, cut: int = 0) -> str:
    """Anything unexpected about the file, in sentences; '' if there is nothing."""
    notes = []
    if matched != wrote:
        gone = _("Selected records that no longer exist or that you no longer have access to: %(number)s.")
        notes.append(gone % {"number": number(matched - wrote)})
    if sheets > 1:
        notes.append(
            _("A sheet can have up to 1,048,576 rows, so the file has %(number)s sheets.")
            % {"number": sheets}
        )
    if cut:
        notes.append(
            _("Texts that were too long for a cell and were cut off: %(number)s.") % {"number": number(cut)}
        )
    return " ".join(notes)


def build_about_sheet(
    export: Export,
    selection: Selection,
    matched: int,
    wrote: int,
    note: str,
    said: int | None = None,
    also: Mapping[str, int] = MappingProxyType({}),
) -> list[tuple[str, str]]:
    """The sheet that describes the file; `said` is how many activities are on a sheet of their own, `also` how many records
    of other kinds."""
    lines = [
        (_("Records"), export.words),
        (_("Matched"), number(matched)),
        (_("Exported"), number(wrote)),
        *((str(capfirst(str(KINDS[table].words.many))), number(count)) for table, count in also.items()),
        *([(_("Activities"), number(said))] if said is not None else []),
        (
            _("Columns"),
            ", ".join(
                selection.kind.get_file_heading(name) for name in export.columns if name not in ID_AND_VERSION
            ),
        ),
        (_("Exported by"), f"{export.user.name} <{export.user.email}>"),
        *([(_("Approved by"), export.decided_by.name)] if export.decided_by else []),
        (
            _("Date"),
            f"{timezone.localtime(export.at):%Y-%m-%d %H:%M} ({timezone.get_current_timezone_name()})",
        ),
        (_("From"), settings.SITE_URL),
        (_("How to edit"), get_editing_instructions(with_activities=said is not None, several=bool(also))),
    ]
    return [*lines, (_("Note"), note)] if note else lines


def get_editing_instructions(*, with_activities: bool, several: bool = False) -> str:
    words = _(
        "Edit cells on the first sheet, add rows, save the file and import it. You’ll "
        "preview every change before it’s saved. The hidden ID and version columns "
        "identify the record in each row, so don’t change them."
    )
    if several:
        more = _("You can do the same on the other sheets with records. The import asks which sheets to use.")
        words = f"{words} {more}"
    if not with_activities:
        return words
    more = _(
        "On the sheet with activities, you can edit yours, or add notes, calls and meetings in new rows with the ID of "
        "their record."
    )
    return f"{words} {more}"
