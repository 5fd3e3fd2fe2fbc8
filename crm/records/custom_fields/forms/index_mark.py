"""The mark "quick to filter and sort" in the form of a custom field."""

from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.values.custom_types import CUSTOM_FIELD_TYPES
from crm.fields.models.custom_field import MOST_QUICK, CustomField


def check_quick(form: Any, data: dict[str, Any], type_name: str) -> None:
    """An index serves the type, and there aren't too many."""
    if not data.get("quick") or data.get("retired"):
        return
    others = form.same_names_queryset().quick().exclude(pk=form.instance.pk)
    if type_name == CustomField.Type.FORMULA:
        form.add_error("quick", _("Formulas can’t be quick to filter and sort."))
    elif type_name == CustomField.Type.FILE:
        form.add_error("quick", _("Files can’t be quick to filter and sort."))
    elif not CUSTOM_FIELD_TYPES[type_name].can_be_quick:
        form.add_error("quick", _("Long texts can’t be quick to filter and sort."))
    elif others.count() >= MOST_QUICK:
        words = _(
            "Up to %(most)s fields can be quick to filter and sort. Clear the mark of another field first."
        )
        # The form of a link has no such mark, because a link is always quick.
        marked = "type" if type_name == CustomField.Type.LINK else "quick"
        form.add_error(marked, words % {"most": MOST_QUICK})
