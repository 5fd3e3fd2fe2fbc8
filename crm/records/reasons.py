"""Why a record was refused or kept: the sentence for each reason code, the same everywhere."""

from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Each app adds its own.
REASONS: dict[str, str | Promise] = {
    "status_retired": _("This status is retired."),
    "tag_retired": _("This tag is retired."),
    "not_changeable": _("You can view this record, but you can’t change it."),
    "binned": _("This record is in Trash."),
    "not_binned": _("This record isn’t in Trash."),
    "gone": _("This record no longer exists."),
    "hidden": _("You no longer have access to this record."),
    "changed_since": _("This record has changed since then."),
    "changed_since_plan": _("This record has changed since the preview was created."),
    "row_error": _("The row in the file has errors."),
    "row_left_out": _("The row in the file was skipped."),
    "worked_on_since": _("This record has been edited since then."),
    "enough_quick": _("Too many other fields are quick to filter and sort."),
    "name_taken": _("Another item now uses the previous name."),
}


def sentence(code: str, kind: Any = None) -> str:
    """The reason as a full sentence in the reader's language; `kind` is that of the records, whose fields it names."""
    name, _colon, detail = code.partition(":")
    if name == "needs":
        label = kind.label(detail) if kind else detail
        return gettext("%(field)s is required.") % {"field": capfirst(label)}
    return str(REASONS.get(name, name))
