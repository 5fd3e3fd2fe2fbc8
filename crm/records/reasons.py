"""Why a record was refused or kept: the sentence behind each reason code, the same on every way in."""

from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Every app adds its own.
REASONS: dict[str, str | Promise] = {
    "status_retired": _("The status is retired."),
    "tag_retired": _("The tag is retired."),
    "not_changeable": _("You may see it, but not change it."),
    "binned": _("It’s in Trash."),
    "not_binned": _("It isn’t in Trash."),
    "gone": _("It no longer exists."),
    "hidden": _("You no longer see it."),
    "changed_since": _("Somebody has changed it since."),
    "changed_since_plan": _("Somebody has changed it since the plan was made."),
    "row_error": _("The row of the file has errors."),
    "row_left_out": _("The row of the file was left out."),
    "worked_on_since": _("Somebody has worked on it since."),
    "name_taken": _("Its former name belongs to another one by now."),
}


def sentence(code: str, kind: Any = None) -> str:
    """The reason as a whole sentence in the reader's language; `kind` is that of the records, whose fields it names."""
    name, _colon, detail = code.partition(":")
    if name == "needs":
        label = kind.label(detail) if kind else detail
        return gettext("%(field)s must be filled first.") % {"field": capfirst(label)}
    return str(REASONS.get(name, name))
