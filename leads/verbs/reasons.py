"""Why a lead was refused or kept: the sentence behind each reason code, the same on every way in."""

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from leads import names


def sentence(code: str) -> str:
    """The reason as a whole sentence in the reader's language."""
    name, _colon, detail = code.partition(":")
    if name == "needs":
        return _("%(field)s must be filled first.") % {"field": capfirst(names.field_label(detail))}
    return {
        "needs_reason": _("A reason must be given."),
        "status_retired": _("The status is retired."),
        "other_pipeline": _("The lead is in another pipeline."),
        "no_mapping": _("Its status has no counterpart in the other pipeline."),
        "owner_inactive": _("The new owner is not active."),
        "owner_without_department": _("The new owner belongs to no department."),
        "department_retired": _("The department is retired."),
        "source_retired": _("The source is retired."),
        "tag_retired": _("The tag is retired."),
        "not_changeable": _("You may see it, but not change it."),
        "binned": _("It is in the bin."),
        "not_binned": _("It is not in the bin."),
        "gone": _("It no longer exists."),
        "taken": _("Somebody owns it already."),
        "hidden": _("You no longer see it."),
        "changed_since": _("Somebody has changed it since."),
        "changed_since_plan": _("Somebody has changed it since the plan was made."),
        "known_since_plan": _("A lead with this e-mail or phone was added since the plan was made."),
        "row_error": _("The row of the file has errors."),
        "row_left_out": _("The row of the file was left out."),
        "worked_on_since": _("Somebody has worked on it since."),
        "owner_left": _("Its former owner is no longer active."),
        "is_default": _("New leads start here: it has to stay open and in use."),
        "default_changed": _("New leads start somewhere else by now."),
        "given_by_api": _("Programs give this reason when they say none: it has to stay in use."),
        "last_pipeline": _("It is the only pipeline in use."),
        "name_taken": _("Its former name belongs to another one by now."),
    }.get(name, name)
