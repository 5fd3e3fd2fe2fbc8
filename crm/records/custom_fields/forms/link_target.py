"""What the form of a custom field asks of a link: the record type it leads to, and the label on the other side."""

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from crm.fields.models.custom_field import CustomField
from crm.platform.record_types import RECORD_TYPES

Type = CustomField.Type


def add_link_fields(form: Any) -> None:
    """The record type is chosen once: the values are numbers of its records."""
    types = [(name, capfirst(str(found.words.many))) for name, found in RECORD_TYPES.items()]
    form.fields["links_to"] = forms.ChoiceField(
        label=_("linked record type"), choices=[("", _now("Choose…")), *types], required=False
    )
    form.fields["links_to"].widget.attrs["class"] = "input"
    form.fields["links_to"].disabled = not form.is_new


def check_link(form: Any, data: dict[str, Any], type_name: str) -> None:
    """A link names a record type and has a label on the other side; it is always quick, because the page of a record lists
    what links to it."""
    if type_name != Type.LINK:
        data |= {"links_to": "", "other_side": "", "other_side_ro": ""}
        return
    data |= {"quick": True, "first_value": ""}
    if not data.get("links_to") and "links_to" not in form.errors:
        form.add_error("links_to", _now("Choose the type of the records that this field links to."))
    if not data.get("other_side") and "other_side" not in form.errors:
        form.add_error("other_side", _now("Enter the heading that linked records show."))
