"""Editing one value in place: the small form that opens in a cell, its initial values, and its verb."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms.models import modelform_factory
from django.http import QueryDict

from crm.fields.custom.definitions.field_visibility import get_row_id
from crm.fields.custom.values.field_registry import get_custom_field, is_edited_by, is_used_in
from crm.fields.custom.values.preserved_values import LeftoverField
from crm.fields.custom.values.record_form_fields import build_form_field
from crm.fields.types.field_type import EMPTY_VALUES
from crm.platform.web.rendering.form_rendering import Form, ModelForm, prepare_widgets
from crm.records.editing.bulk_actions import BulkAction
from crm.records.history.verb_execution import Verb

# Among the initial values of a custom field: whether the record's department uses it.
USED = "used"


@dataclass(frozen=True)
class InlineEdit:
    """`right` is the permission it requires, `initial` the first values of its form, `sent` the model fields that its
    cleaned data writes, used to detect edit conflicts. A `toggle` has no form: the request says the new value.
    """

    right: str
    form: Callable[..., forms.BaseForm] | None = None
    verb: Callable[[dict[str, Any], Any], Verb] | None = None
    initial: Callable[[Any], dict[str, Any]] = lambda record: {}
    sent: Callable[[dict[str, Any]], dict[str, Any]] = lambda data: data
    toggle: Callable[[bool], Verb] | None = None
    context: Callable[[Any], dict[str, Any]] = lambda record: {}
    # What the URL may preselect, such as a status with required fields.
    chosen: Callable[[QueryDict], dict[str, Any]] = lambda data: {}
    # Whether call-backs are offered beside the form.
    call_backs: bool = False


def build_inline_of_action(
    action: BulkAction,
    initial: Callable[[Any], dict[str, Any]],
    *,
    sent: Callable[[dict[str, Any]], dict[str, Any]] = lambda data: data,
    context: Callable[[Any], dict[str, Any]] = lambda record: {},
    chosen: Callable[[QueryDict], dict[str, Any]] = lambda data: {},
    call_backs: bool = False,
) -> InlineEdit:
    """With the form and verb of a bulk action."""
    found = InlineEdit(action.right, action.form, action.verb, initial, sent, context=context, chosen=chosen)
    return replace(found, call_backs=call_backs)


def get_inline_edit(kind: Any, name: str, user: Any) -> "InlineEdit | None":
    """How a field of the kind is edited in place: one of kind.inline, or a custom field that the user may edit."""
    if found := kind.inline.get(name):
        return found
    field = get_custom_field(kind.name, name)
    editable = field is not None and not field.definition.retired and is_edited_by(field, user)
    return build_inline_of_custom_field(kind, field) if editable else None


def build_inline_of_custom_field(kind: Any, field: Any) -> InlineEdit:
    def form(data=None, *, initial, user):
        return CustomValueForm(data, field=field, initial=initial, user=user)

    return InlineEdit(
        "change",
        form,
        lambda data, user: kind.edit({field.name: data[field.name]}),
        lambda record: {field.name: getattr(record, field.attname), USED: _is_used_by_record(field, record)},
    )


def _is_used_by_record(field: Any, record: Any) -> bool:
    return is_used_in(field, get_row_id(getattr(record, "department_id", None)))


class CustomValueForm(Form):
    """One custom field. A value from another department can only be removed."""

    def __init__(self, *arguments, field: Any, user: Any, **keywords) -> None:
        super().__init__(*arguments, **keywords)
        held = self.initial.get(field.name)
        if held not in EMPTY_VALUES and not self.initial.get(USED, True):
            self.fields[field.name] = LeftoverField(field, held, user)
        else:
            self.fields[field.name] = build_form_field(field, user, held)
            self.fields[field.name].required = field.definition.required and held not in EMPTY_VALUES
        prepare_widgets(self)


def build_inline_of_field(model: type, name: str, edit: Callable[[dict[str, Any]], Verb]) -> InlineEdit:
    """One field of the model, with its form field."""
    whole = modelform_factory(model, form=ModelForm, fields=[name])

    def form(data=None, *, initial, user):
        return whole(data, initial=initial)

    return InlineEdit(
        "change",
        form,
        lambda data, user: edit({name: data[name]}),
        lambda record: {name: getattr(record, record._meta.get_field(name).attname)},
    )
