"""Editing one value in place: the small form that opens in a cell or instead of a fact, its initial values, and its verb.

Most fields are edited by their part of the form of a record, so that rules, rights, conflicts and undo are those of that form.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.fields.custom.definitions.field_visibility import get_row_id, is_shown
from crm.fields.custom.values.field_registry import (
    get_custom_field,
    get_writable_custom_fields,
    is_edited_by,
    is_used_in,
    is_written_as_text,
)
from crm.fields.custom.values.stored_values import annotate_all_values, attach_custom_values
from crm.fields.types.field_type import EMPTY_VALUES
from crm.records.editing.bulk_actions import BulkAction
from crm.records.history.verb_execution import Verb

# What people enter as one thing, beside the parts that a kind names (fields.PARTS).
TOGETHER = (("phone", "mobile"), ("address", "zip", "city", "state", "country"))
# Who a record is assigned to follows from both.
OF_ASSIGNMENT = ("owner", "department")


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
    # The names of the fields that it asks for, of a form that has more; () for all of it.
    asked: Sequence[str] = ()
    # Whether a record has it: only a lost one has a reason.
    applies: Callable[[Any], bool] = lambda record: True

    def build_form(self, data: Any, record: Any, user: Any, *, then: Any, chosen: dict[str, Any]) -> Any:
        """The form, filled in by `data` if anything was sent. `then` is the record as it was when the form was opened."""
        return self.form(data, initial=self.initial(record) | chosen, user=user)  # type: ignore[misc]

    def get_unused_sentence(self, record: Any) -> str:
        """Why the record doesn't have the field; '' if it has it."""
        return "" if self.applies(record) else _("The record’s status doesn’t use this field.")

    def get_sent_values(self, form: Any) -> dict[str, Any]:
        """The model fields that a valid form writes, with their values."""
        return self.sent(form.cleaned_data)

    def build_verb(self, form: Any, user: Any) -> Verb | None:
        """What a valid form does; None if it changes nothing."""
        return self.verb(form.cleaned_data, user)  # type: ignore[misc]


@dataclass(frozen=True)
class FieldsEdit(InlineEdit):
    """Some fields of the form of a record, with the rules and the verb of that form."""

    kind: Any = None

    def build_form(self, data, record, user, *, then, chosen):
        form = self.kind.form(data, instance=then, user=user)
        form.restrict_to_fields(self.asked)
        sentence = self.get_unused_sentence(then) if form.is_bound else ""
        if sentence and form.is_valid():
            form.add_error(self.asked[0], sentence)
        return form

    def get_unused_sentence(self, record):
        for field in filter(None, (get_custom_field(self.kind.name, name) for name in self.asked)):
            if not _is_held_or_shown(field, record):
                if is_used_in(field, get_row_id(record.department_id)):
                    return _("The record’s other values hide this field.")
                return _("The record’s department doesn’t use this field.")
        return super().get_unused_sentence(record)

    def get_sent_values(self, form):
        return form.get_changes()

    def build_verb(self, form, user):
        changes = form.get_changes()
        return self.kind.edit(changes) if changes else None


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


def build_inline_of_fields(*names: str, applies: Callable[[Any], bool]) -> InlineEdit:
    """With these fields of the form of a record, in records that have them."""
    return FieldsEdit("change", asked=names, applies=applies)


def get_inline_edit(kind: Any, name: str, user: Any) -> "InlineEdit | None":
    """How a field of the kind is edited in place: one of kind.inline, or by its part of the form. None for a field that
    the user doesn't know, and for one that nobody edits in place."""
    along = (edit for edit in kind.inline.values() if name in edit.asked)
    if found := kind.inline.get(name) or next(along, None):
        return replace(found, kind=kind) if isinstance(found, FieldsEdit) else found
    names = get_fields_edited_together(kind, name, user)
    return FieldsEdit("change", asked=names, kind=kind) if names else None


def get_fields_edited_together(kind: Any, name: str, user: Any) -> tuple[str, ...]:
    """The fields of the form that a field or a column is edited with, in their order, such as an amount and its currency;
    () if it isn't in the form, or is only entered along with another field."""
    if field := get_custom_field(kind.name, name):
        edited = is_written_as_text(field) and is_edited_by(field, user)
        return (name,) if edited and not field.definition.retired else ()
    parts = kind.fields.PARTS.get(name, [name])
    groups = (*kind.fields.PARTS.values(), *TOGETHER)
    wanted = {*parts, *(other for group in groups if set(parts) & set(group) for other in group)}
    never = {*kind.fields.SOMETIMES, *getattr(kind.fields, "ONLY_WHILE_ADDING", ())}
    found = tuple(one for one in kind.fields.FORM_FIELDS if one in wanted and one not in never)
    return found if set(parts) & set(found) else ()


def get_columns_edited_in_cells(kind: Any, columns: Collection[str], user: Any) -> list[str]:
    """The columns of a list whose cells turn into fields, as far as permissions for the kind go. Those with a small form
    of their own (kind.inline) are links to it."""
    if not user.has_perm(kind.get_right("change")):
        return []
    never = {*kind.inline, *(() if user.has_perm(kind.get_right("assign")) else OF_ASSIGNMENT)}
    return [name for name in columns if name not in never and get_fields_edited_together(kind, name, user)]


def get_columns_that_records_lack(
    kind: Any, records: Collection[Any], columns: Collection[str]
) -> dict[int, list[str]]:
    """By the id of each record, the columns of custom fields that it doesn't have, whose cells aren't edited. One query, if any
    of the columns is of a field that not all records have."""
    custom = [field for name in columns if (field := get_custom_field(kind.name, name))]
    limited = [field for field in custom if field.definition.departments or field.definition.shown_if]
    if not limited or not records:
        return {}
    rows = list(annotate_all_values(kind.model.objects.filter(pk__any=[record.pk for record in records])))
    attach_custom_values(rows, [field.name for field in get_writable_custom_fields(kind.name)])
    lacks = {row.pk: [one.name for one in limited if not _is_held_or_shown(one, row)] for row in rows}
    return {pk: names for pk, names in lacks.items() if names}


def is_edited_in_place(kind: Any, name: str, record: Any, user: Any, rights: Collection[str]) -> bool:
    """Whether the page of a record that the user may change offers to edit this field. `rights` are the permissions
    that the user has for such records."""
    edit = get_inline_edit(kind, name, user)
    if edit is None or edit.right not in rights or (name in OF_ASSIGNMENT and "assign" not in rights):
        return False
    return not edit.get_unused_sentence(record)


def _is_held_or_shown(field: Any, record: Any) -> bool:
    """A value that the record has from another department can be removed."""
    if not is_used_in(field, get_row_id(record.department_id)):
        return getattr(record, field.attname) not in EMPTY_VALUES
    return is_shown(field, lambda name: getattr(record, f"{name}_id", getattr(record, name, None)))
