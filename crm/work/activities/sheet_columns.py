"""The columns of the sheet with activities in a workbook, which an export writes and an import reads."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from crm.records.kinds.kind_registry import Kind
from crm.work.models.activity import Activity

Type = Activity.Type
# An import adds these. Emails and files stay as they are.
IMPORTED_TYPES = (Type.NOTE, Type.CALL, Type.MEETING)
# What an import can change of an activity.
EDITABLE_FIELDS = ("text", "outcome", "at", "minutes")


def get_sheet_title() -> str:
    """The name of the sheet."""
    return _("Activities")


def get_sheet_headings(kind: Kind) -> dict[str, str]:
    """The headers in the reader's language, in the order of the sheet. "activity" and "version" identify the activity, "id"
    its record."""
    return {
        "activity": _("Activity ID"),
        "version": _("Version"),
        "id": kind.get_file_heading("id"),
        "type": get_column_label("type"),
        "outcome": get_column_label("outcome"),
        "at": get_column_label("at"),
        "minutes": get_column_label("minutes"),
        "author": _("Author"),
        "text": get_column_label("text"),
    }


def get_column_label(name: str) -> str:
    field: Any = Activity._meta.get_field(name)
    return str(capfirst(field.verbose_name))
