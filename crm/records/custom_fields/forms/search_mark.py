"""The mark "found by search" in the form of a custom field."""

from typing import Any

from django.utils.translation import gettext as _

from crm.fields.custom.search.search_triggers import SEARCHABLE


def check_searched(form: Any, data: dict[str, Any], type_name: str) -> None:
    """Search serves the type, and everyone sees the field. Limiting a field to roles takes it out of search."""
    if not data.get("searched"):
        return
    if type_name not in SEARCHABLE:
        form.add_error("searched", _("Values of this type can’t be found by search."))
    elif data.get("roles") and form.initial.get("searched"):
        data["searched"] = False
        form.remark = _("Search no longer finds its values, because only some roles see them.")
    elif data.get("roles"):
        form.add_error("searched", _("Only fields that everyone can see can be found by search."))
