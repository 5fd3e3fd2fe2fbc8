"""The part of a definition's form that says who edits the field, which departments use it, and when it is shown."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from crm.fields.custom.definitions.field_visibility import (
    CATEGORY,
    DECIDING,
    NO,
    YES,
    get_dependent_fields,
    would_make_a_circle,
)
from crm.fields.custom.values.field_registry import get_custom_fields
from crm.fields.custom.values.form_fields import get_choice_labels
from crm.fields.models.custom_field import CustomField
from crm.fields.schemas import Schema
from crm.fields.types.choices import Related
from crm.fields.types.field_type import get_field_type
from crm.platform.sql.reference_tables import get_rows_for_field
from crm.platform.text.quotation import quote_text

# The roles that may see a field, as choices. The app that knows roles adds the function.
ROLES: list[Callable[[], list[tuple[int, Any]]]] = []
# Fields with more choices can't decide: the page would be too long.
MOST_VALUES = 300
# A record has these in any case, and they have their own settings.
NEVER_DECIDE = ("owner", "department")


def add_access_fields(form: Any) -> None:
    """Add the questions to the form of a definition."""
    roles = [choice for known in ROLES for choice in known()]
    form.fields["roles"].choices = form.fields["editors"].choices = roles
    form.fields["roles"].help_text = _("Without a selection, everyone sees it.")
    form.fields["editors"].help_text = _(
        "Without a selection, everyone who sees the field and may edit the record. Others can only read it."
    )
    form.fields["departments"].choices = get_department_choices(form.instance.departments)
    form.fields["departments"].help_text = _(
        "Without a selection, all. Records of other departments don’t show or require the field, and get no default. "
        "A record that moves keeps its value, which can then only be removed."
    )
    form.deciding = dict(get_deciding_choices(form.kind, form.instance))
    condition = form.instance.shown_if
    offered = [("", _("Always")), *((name, form.kind.get_heading(name)) for name in form.deciding)]
    form.fields["shown_field"] = forms.ChoiceField(
        label=_("Shown"), choices=offered, required=False, widget=forms.RadioSelect
    )
    form.initial["shown_field"] = condition.get("field", "")
    for name, choices in form.deciding.items():
        form.fields[f"shown_{name}"] = forms.MultipleChoiceField(
            label=form.kind.get_heading(name),
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple(attrs={"class": "tick"}),
            initial=condition.get("values", []) if condition.get("field") == name else [],
        )


def get_department_choices(held: list[int]) -> list[tuple[int, str]]:
    """Those in use, and those that are chosen."""
    rows = apps.get_model(settings.DEPARTMENT_MODEL)._default_manager.by_name()
    return [(row.pk, row.name) for row in rows if not row.retired or row.pk in held]


def get_deciding_choices(kind: Schema, definition: CustomField) -> list[tuple[str, list[tuple[str, Any]]]]:
    """The fields that can decide, by name, with their choices: those of the form, then custom ones."""
    held = definition.shown_if.get("values", [])
    found = [
        (name, _get_field_choices(kind, name, held))
        for name in kind.fields.FORM_FIELDS
        if name not in NEVER_DECIDE
    ]
    for field in get_custom_fields(kind.name):
        if field.definition.type in DECIDING and field.definition.pk != definition.pk:
            found.append((field.name, get_custom_choices(field)))
    return [(name, choices) for name, choices in found if 0 < len(choices) <= MOST_VALUES]


def get_custom_choices(field: Any) -> list[tuple[str, Any]]:
    if field.definition.type == CustomField.Type.YES_NO:
        return get_yes_no_choices()
    return get_choice_labels(field.definition)


def get_yes_no_choices() -> list[tuple[str, Any]]:
    return [(YES, _("Yes")), (NO, _("No"))]


def _get_field_choices(kind: Schema, name: str, held: list[str]) -> list[tuple[str, Any]]:
    """The choices of a field of the model; none if it has no fixed ones."""
    field = kind.get_field(name)
    if isinstance(field, models.BooleanField):
        return get_yes_no_choices()
    if isinstance(get_field_type(field), Related):
        known = sorted(get_rows_for_field(field), key=lambda row: row.pk)
        rows = [row for row in known if not row.retired or str(row.pk) in held]
        return [
            *_get_category_choices(field),
            *((str(row.pk), _format_row_with_pipeline(row, rows)) for row in rows),
        ]
    return [(str(value), label) for value, label in (getattr(field, "choices", None) or []) if value]


def _get_category_choices(field: Any) -> list[tuple[str, str]]:
    """The categories of the rows that a field names: a choice of one stands for all its rows, also for later ones."""
    own = next((found for found in field.related_model._meta.concrete_fields if found.name == "kind"), None)
    words = _("Category: %(category)s")
    return (
        [(f"{CATEGORY}{value}", words % {"category": label}) for value, label in own.choices] if own else []
    )


def _format_row_with_pipeline(row: Any, rows: list[Any]) -> str:
    several = len({getattr(other, "pipeline_id", None) for other in rows}) > 1
    return f"{row.pipeline}: {row.label}" if several else str(row.label)


def check_access(form: Any, data: dict[str, Any]) -> dict[str, Any]:
    """Refuse what can't work; returns the condition under which the field is shown."""
    roles, editors = set(data.get("roles", [])), set(data.get("editors", []))
    if roles and editors - roles:
        labels = dict(form.fields["roles"].choices)
        names = ", ".join(str(labels[pk]) for pk in sorted(editors - roles))
        form.add_error("editors", _("These roles can’t see the field: %(roles)s.") % {"roles": names})
    name = data.get("shown_field", "")
    if not name:
        return {}
    values = data.get(f"shown_{name}", [])
    if not values:
        form.add_error("shown_field", _("Select at least one value."))
    if not form.is_new and would_make_a_circle(form.instance, name):
        words = _("“%(field)s” is itself only shown for values of this field. Choose another field.")
        form.add_error("shown_field", words % {"field": form.kind.get_heading(name)})
    return {"field": name, "values": values}


def refuse_if_it_decides(definition: CustomField, choices: set[str] | None = None) -> None:
    """Raises ValidationError if other fields are shown by this one, or by these choices of it."""
    if names := ", ".join(quote_text(other.label) for other in get_dependent_fields(definition, choices)):
        words = _(
            "These fields are only shown for values of this field: %(fields)s. Change when they’re shown first."
        )
        raise ValidationError(words % {"fields": names})


def describe_limits(kind: Schema, definition: CustomField) -> list[str]:
    """What is limited, for the list of fields."""
    found = [
        _("some roles see it") if definition.roles else "",
        _("some roles edit it") if definition.editors else "",
        _("some departments") if definition.departments else "",
    ]
    if name := definition.shown_if.get("field", ""):
        found.append(_("depends on: %(field)s") % {"field": kind.get_heading(name)})
    return [words for words in found if words]
