"""Why a record was refused or kept: the sentence for each reason code, the same everywhere."""

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.fields.custom.values.field_registry import is_for_some

# Each app adds its own.
REASONS: dict[str, str | Promise] = {
    "status_retired": _("This status is retired."),
    "tag_retired": _("This tag is retired."),
    "not_changeable": _("You can view this record, but you can’t change it."),
    "binned": _("This record is in Trash."),
    "not_binned": _("This record isn’t in Trash."),
    "erased": _("This person was erased, so the record can’t be changed."),
    "gone": _("This record no longer exists."),
    "merged": _("It was merged into another record. Undo the merge instead."),
    "hidden": _("You no longer have access to this record."),
    "changed_since": _("This record has changed since then."),
    "type_changed": _("The type of a custom field has changed since then."),
    "changed_since_plan": _("This record has changed since the preview was created."),
    "row_error": _("The row in the file has errors."),
    "row_left_out": _("The row in the file was skipped."),
    "worked_on_since": _("This record has been edited since then."),
    "value_taken": _("Another record already has this value."),
    "value_once": _("This field is unique, so only one record can have this value."),
    "values_repeat": _("Some values occur more than once by now."),
    "other_department": _("The record’s department doesn’t use this field."),
    "not_editable": _("Only other roles can edit a field that changed. Its value stays as it is."),
    "enough_quick": _("Too many other fields are quick to filter and sort."),
    "user_inactive": _("This user is no longer active."),
    "user_sees_not": _("This user doesn’t have access to the record."),
    "decider_not_in_use": _(
        "Fields can only be shown for values of fields in use. Change when they’re shown first."
    ),
    "link_gone": _("The linked record was deleted permanently."),
    "linked_row_not_imported": _("This row links to another row of the file, which isn’t imported."),
    "several_linked_rows": _("Several rows of the file have this name, so it’s unclear which one is meant."),
    "links_make_a_cycle": _("With the other links of this file, this record would link to itself."),
    "name_taken": _("Another item now uses the previous name."),
}

# Reasons that end in a number, as "added_since_merge:3": what makes a sentence of it. Each app adds its own.
COUNTED_REASONS: dict[str, Callable[[int], str]] = {}

# The reasons that are about one field of a form; each app adds its own.
OF_A_FIELD = ["value_taken", "value_once", "link_gone"]


def get_reason_sentence(code: str, kind: Any = None) -> str:
    """The reason as a full sentence in the reader's language; `kind` is that of the records, whose fields it names."""
    name, _colon, detail = code.partition(":")
    if name == "needs":
        if is_for_some(detail):
            return gettext("A required field that only some roles can see is empty.")
        label = kind.get_label(detail) if kind else detail
        return gettext("%(field)s is required.") % {"field": capfirst(label)}
    if name in COUNTED_REASONS:
        return COUNTED_REASONS[name](int(detail))
    return str(REASONS.get(name, name))


def add_refusals_to_form(form: Any, codes: Iterable[str], kind: Any) -> None:
    """Add the reasons to a form: those about a value that another record has at its field."""
    for code in codes:
        name, _colon, field = code.partition(":")
        form.add_error(
            field if name in OF_A_FIELD and field in form.fields else None, get_reason_sentence(code, kind)
        )
