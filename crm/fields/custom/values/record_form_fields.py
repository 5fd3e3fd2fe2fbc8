"""Custom fields in the form of a record."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.fields.custom.definitions.built_in_fields import get_changed_fields
from crm.fields.custom.definitions.field_visibility import (
    get_deciding_values,
    get_row_id,
    has_field,
    is_shown,
)
from crm.fields.custom.files.file_values import get_file_url, is_file
from crm.fields.custom.links.linked_records import get_attached_record, is_link
from crm.fields.custom.values.field_registry import (
    get_custom_fields,
    get_offered_choices,
    get_writable_custom_fields,
    is_computed,
    is_edited_by,
    is_used_in,
)
from crm.fields.custom.values.preserved_values import LeftoverField, ReadOnly
from crm.fields.models.custom_field import CustomField
from crm.fields.types.field_type import EMPTY_VALUES, get_field_type
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.platform.web.rendering.day_input import DayTimeInput
from crm.platform.web.rendering.form_rendering import prepare_widgets
from crm.platform.web.rendering.html_building import html
from crm.platform.web.rendering.large_select import LongSelect, LongSelectMultiple
from crm.platform.web.request_cache import read_cached_in_block

Type = CustomField.Type
# With more choices than this, a form has a list, which finds a choice by its first letters.
MOST_CHECKBOXES = 50


def apply_built_in_changes(form: Any) -> None:
    """Give the built-in fields of a form the labels and help texts of their administrator. A required one must have a value
    in new records, and keeps having one in records that have it."""
    for name, row in get_changed_fields(form._meta.model.table).items():
        if field := form.fields.get(name):
            field.label = row.label_in_active_language or field.label
            field.help_text = row.help_in_active_language or field.help_text
            field.required = field.required or (
                row.required and (form.is_new or form.initial.get(name) not in EMPTY_VALUES)
            )


def add_custom_fields(form: Any) -> list[str]:
    """Add the custom fields that the form's user may see; returns their names. Their values are attributes of the
    instance (crm/fields/custom/values/stored_values.py)."""
    added = {}
    for field in get_custom_fields(form._meta.model.table, form.user):
        held = getattr(form.instance, field.attname, None)
        if is_computed(field):
            _add_formula_field(form, field, held)
            continue
        value = get_default_value(field) if form.is_new else held
        if not is_edited_by(field, form.user):
            if form.is_new and value is None:
                # Nothing to read, and nothing to fill in.
                continue
            form.fields[field.name] = ReadOnly(field, value, form.user)
        else:
            form.fields[field.name] = _build_form_field(form, field, held)
            # A record that lacks the value already stays as it is.
            form.fields[field.name].required = field.definition.required and (
                form.is_new or held not in EMPTY_VALUES
            )
            if is_file(field) and form.sent is not None:
                # A program can't send a file.
                form.fields[field.name].required = False
        if form.is_new:
            form.initial.setdefault(field.name, value)
        else:
            form.initial[field.name] = held
        added[field.name] = field
    for name, field in added.items():
        form.fields[name].when = _build_condition_attributes(form, field)
    prepare_widgets(form)
    return list(added)


def _add_formula_field(form: Any, field: Any, held: Any) -> None:
    """A formula can be read in the form of a record, and has no value before there is a record."""
    if form.is_new:
        return
    form.fields[field.name] = forms.CharField(
        label=field.verbose_name,
        help_text=field.help_text or _("Computed from other fields when you save."),
        required=False,
        disabled=True,
        initial=field.type.format_value(field, held, form.user),
    )


def _build_form_field(form: Any, field: Any, held: Any) -> Any:
    """The form field. Of a value that the record has from another department, the page only asks whether to remove it;
    a program that sends another value learns why it isn't taken."""
    in_place = (
        form.is_new or held in EMPTY_VALUES or is_used_in(field, get_row_id(form.instance.department_id))
    )
    if in_place or form.sent is not None:
        found = build_form_field(field, form.user, held)
        if is_link(field):
            found.known = get_attached_record(field, form.instance)
        if is_file(field) and held:
            found.widget.address = get_file_url(field, form.instance)
        return found
    return LeftoverField(field, held, form.user)


def _build_condition_attributes(form: Any, field: Any) -> str:
    """The attributes of the field in the page: the values of other fields for which it shows, and whether it is hidden
    now. A value from another department shows."""
    definition, found = field.definition, {}
    department, name = definition.departments, definition.shown_if.get("field", "")
    left_over = isinstance(form.fields[field.name], LeftoverField)
    if department and not left_over:
        found["department"] = [str(pk) for pk in department]
    if name:
        found[name] = get_deciding_values(definition)
    if not found:
        return ""
    shown = is_shown(field, lambda other: get_current_value(form, other))
    fixed = bool(name) and not _can_change(form, name)
    if fixed:
        del found[name]
    used = left_over or is_used_in(field, get_row_id(get_current_value(form, "department")))
    changes = found and (shown or not fixed)
    data = html(' data-shown-if="{}"', json.dumps(found)) if changes else ""
    return data if shown and used else html("{} hidden", data)


def _can_change(form: Any, name: str) -> bool:
    """Whether the page has an input for the field."""
    return name in form.fields and not isinstance(form.fields[name], ReadOnly | LeftoverField)


def get_current_value(form: Any, name: str) -> Any:
    """The value of a field in the form as it is on the page; of one that isn't there, the record's."""
    asked = form.fields.get(name)
    if asked is None:
        return getattr(form.instance, f"{name}_id", getattr(form.instance, name, None))
    if form.is_bound and not asked.disabled and not isinstance(asked, LeftoverField):
        return asked.widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
    return form.get_initial_for_field(asked, name)


def clean_custom_values(form: Any, data: dict[str, Any]) -> None:
    """After all other rules of the form: a field that the record doesn't have keeps its value, and isn't required; one
    that has just appeared is required if its definition says so. What a program sends is only bound to departments."""
    values = {name: get_current_value(form, name) for name in form.fields} | data
    for field in get_custom_fields(form._meta.model.table, form.user):
        name = field.name
        if is_computed(field) or name not in form.fields:
            continue
        asked, held = form.fields[name], form.initial.get(name)
        if isinstance(asked, ReadOnly):
            _refuse_read_only(form, name)
            if form.is_new and not has_field(field, values):
                data[name] = None
        elif form.sent is not None and name in form.sent:
            if data.get(name) not in EMPTY_VALUES and not is_used_in(
                field, get_row_id(values.get("department"))
            ):
                form.add_error(name, _("The record’s department doesn’t use this field."))
        elif isinstance(asked, LeftoverField):
            continue
        elif not has_field(field, values):
            form._errors.pop(name, None)
            data[name] = (None if field.null else "") if form.is_new else held
        elif form.sent is None and field.definition.required and name not in form._errors:
            appeared = not form.is_new and not has_field(field, {**values, **form.initial})
            if appeared and data.get(name) in EMPTY_VALUES:
                form.add_error(name, asked.error_messages["required"])


def _refuse_read_only(form: Any, name: str) -> None:
    """The page has no input for it, so the right was taken away after the page was opened."""
    if form.is_bound and form.sent is None and name in form.data:
        form.add_error(name, _("You can no longer edit this field. Its value stays as it is."))


def get_default_values(table: str, user: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults of a new record with these values, by field name, as far as the user may see them."""
    return get_applicable_defaults(get_field_defaults(table, user), values)


def get_field_defaults(table: str, user: Any) -> list[tuple[Any, Any]]:
    """The fields that the user may see and that have a default, each with its default."""
    found = ((field, get_default_value(field)) for field in get_writable_custom_fields(table, user))
    return [(field, value) for field, value in found if value is not None]


def get_applicable_defaults(defaults: list[tuple[Any, Any]], values: Mapping[str, Any]) -> dict[str, Any]:
    """The defaults that a record with these values gets: of fields without a value that the record has."""
    whole = {**{field.name: value for field, value in defaults}, **values}
    return {
        field.name: value for field, value in defaults if field.name not in values and has_field(field, whole)
    }


def get_default_value(field: Any) -> Any:
    """The default of a new record; None if there is none, or if it no longer fits the type."""
    text = field.definition.first_value
    if not text:
        return None
    try:
        return text == "yes" if field.definition.type == Type.YES_NO else field.to_python(text)
    except ValidationError:
        return None


def build_form_field(field: Any, user: Any, held: Any = None) -> Any:
    """The form field of a custom field, with the choices in use and those that the record has."""
    definition = field.definition
    found = field.formfield()
    if definition.type == Type.CHOICE:
        found.choices = [("", _("None")), *get_offered_choices(field, held)]
    elif definition.type == Type.CHOICES:
        found.choices = get_offered_choices(field, held)
    if definition.has_choices and len(found.choices) > MOST_CHECKBOXES:
        several = definition.type == Type.CHOICES
        found.widget = LongSelectMultiple(attrs={"size": 10}) if several else LongSelect()
        found.widget.choices = found.choices
    elif definition.type == Type.YES_NO:
        found.widget.choices = [("unknown", _("None")), ("true", _("Yes")), ("false", _("No"))]
    elif definition.type == Type.USER:
        found.choices = [("", get_field_type(field).none), *get_people_choices(user, held)]
    elif definition.type == Type.LINK:
        found.offer_to(user, held)
    elif definition.type == Type.FILE:
        found.prepare_for(user, held)
    elif definition.type == Type.LONG_TEXT:
        found.widget.attrs["rows"] = 4
    elif definition.type == Type.MOMENT:
        found.held = held
        found.widget = DayTimeInput()
    return found


def get_people_choices(user: Any, held: Any = None) -> list[tuple[str, str]]:
    """The active users that this user can see, and the one whom the record names, by ID."""
    rows = get_user_model()._default_manager.active().visible_to(user).by_name()
    # A form may have many fields with users.
    seen = read_cached_in_block(
        f"users seen by {user.pk if user else 0}", lambda: list(rows.values_list("pk", "name"))
    )
    found = [(str(pk), name) for pk, name in seen]
    if held and str(held) not in dict(found):
        found.append((str(held), get_labels_by_id(get_user_model(), user).get(int(held), _("another user"))))
    return found
