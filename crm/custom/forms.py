"""Custom fields in the form of a record."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.custom.fields import fields_of, is_computed, offered, written_of
from crm.models.custom_field import CustomField
from crm.records.names import labels_of
from crm.web.forms import dress

Type = CustomField.Type


def custom_fields(form: Any) -> list[str]:
    """Add the custom fields that the form's user may see; returns their names. Their values are attributes of the
    instance (crm/custom/values.py)."""
    names = []
    for field in fields_of(form._meta.model.table, form.user):
        held = getattr(form.instance, field.attname, None)
        if is_computed(field):
            _show_computed(form, field, held)
            continue
        form.fields[field.name] = form_field(field, form.user, held)
        if form.is_new:
            form.initial.setdefault(field.name, first_value(field))
        else:
            form.initial[field.name] = held
        # A record that lacks the value already stays as it is.
        form.fields[field.name].required = field.definition.required and (
            form.is_new or held not in (None, "")
        )
        names.append(field.name)
    dress(form)
    return names


def _show_computed(form: Any, field: Any, held: Any) -> None:
    """A formula can be read in the form of a record, and has no value before there is a record."""
    if form.is_new:
        return
    form.fields[field.name] = forms.CharField(
        label=field.verbose_name,
        help_text=field.help_text or _("Computed from other fields when you save."),
        required=False,
        disabled=True,
        initial=field.type.text(field, held, form.user),
    )


def first_values(table: str, user: Any) -> dict[str, Any]:
    """The defaults of all fields that the user may see and that have one."""
    found = {field.name: first_value(field) for field in written_of(table, user)}
    return {name: value for name, value in found.items() if value is not None}


def first_value(field: Any) -> Any:
    """The default of a new record; None if there is none, or if it no longer fits the type."""
    text = field.definition.first_value
    if not text:
        return None
    try:
        return text == "yes" if field.definition.type == Type.YES_NO else field.to_python(text)
    except ValidationError:
        return None


def form_field(field: Any, user: Any, held: Any = None) -> Any:
    """The form field of a custom field, with the choices in use and those that the record has."""
    definition = field.definition
    found = field.formfield()
    if definition.type == Type.CHOICE:
        found.choices = [("", _("None")), *offered(field, held)]
    elif definition.type == Type.CHOICES:
        found.choices = offered(field, held)
    elif definition.type == Type.YES_NO:
        found.widget.choices = [("unknown", _("None")), ("true", _("Yes")), ("false", _("No"))]
    elif definition.type == Type.USER:
        found.choices = [("", _("None")), *people(user, held)]
    elif definition.type == Type.LONG_TEXT:
        found.widget.attrs["rows"] = 4
    elif definition.type == Type.MOMENT:
        found.widget = forms.DateTimeInput(
            attrs={"type": "datetime-local", "step": 1}, format="%Y-%m-%dT%H:%M:%S"
        )
    return found


def people(user: Any, held: Any = None) -> list[tuple[str, str]]:
    """The active users that this user can see, and the one whom the record names, by ID."""
    seen = get_user_model()._default_manager.active().visible_to(user).by_name()
    found = [(str(row.pk), row.name) for row in seen]
    if held and str(held) not in dict(found):
        found.append((str(held), labels_of(get_user_model(), user).get(int(held), _("another user"))))
    return found


def in_section(form: Any, section: str) -> list[str]:
    """The names of the custom fields of a form that belong to a section."""
    return [
        field.name
        for field in fields_of(form._meta.model.table, form.user)
        if field.name in form.fields and field.definition.section == section
    ]
