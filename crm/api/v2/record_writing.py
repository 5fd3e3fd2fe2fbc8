"""Writing single records: through the form of the kind, which has its rules, and through the verbs."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from django import forms
from django.forms.models import model_to_dict

from crm.api.existing_records import OWN, ExistingRecord, find_record_to_update
from crm.api.problems import ApiProblem, build_invalid_form_problem, build_invalid_problem
from crm.api.v2.custom_fields import (
    CUSTOM_FIELDS_KEY,
    FIELD_CLOSED_MESSAGE,
    parse_custom_fields,
    translate_custom_field_errors,
)
from crm.api.v2.form_values import flatten_sent_values, refuse_wrong_types
from crm.api.v2.record_parts import get_record_parts, split_fields_and_parts, write_record_parts
from crm.api.v2.v2_view import refuse_unknown_parameters
from crm.fields.types.field_type import EMPTY_VALUES
from crm.models import Operation, Token
from crm.platform.web.id_parsing import get_id_or_value
from crm.platform.web.rendering.form_rendering import BlankField
from crm.records.history import verbs
from crm.records.history.jobs import build_query_dict
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import Kind
from crm.records.kinds.reasons import get_reason_sentence

API = Operation.Channel.API
READ_ONLY = "This field is read-only."


def add_record(kind: Kind, sent: dict[str, Any], token: Token) -> Any:
    """Add a record. Fields that aren't sent get the defaults of the form, except for the owner: users who may assign
    records add unassigned ones. Raises Problem 422."""
    user = token.user
    sent, parts = split_fields_and_parts(kind, sent, user)
    sent = parse_writable_fields(kind, sent, user)
    first = get_first_values(kind, token)
    form = kind.form(initial=first, user=user, sent=sent)
    with translate_custom_field_errors(kind, user):
        refuse_wrong_types(form, sent)
        values = get_proposed_values(form)
        form = kind.form(
            build_query_dict(values | flatten_sent_values(sent)), initial=first, user=user, sent=sent
        )
        refuse_errors(form, sent)
    way = "" if "owner" in sent else "api"
    (record,) = verbs.add_records(kind.add(kind.model, [form.get_values()], way=way), by=user, channel=API)
    write_record_parts(kind, record, parts, user)
    return record


def get_first_values(kind: Kind, token: Token) -> dict[str, Any]:
    """The defaults of a record that this token adds."""
    first = kind.first_values(token.user)
    if token.department_id:
        first["department"] = token.department
    if token.user.has_perm(kind.get_right("assign")):
        first["owner"] = None
    return first


def get_proposed_values(form: Any) -> dict[str, Any]:
    """What the form of a new record proposes, as a browser sends it."""
    proposed = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return flatten_sent_values({name: value for name, value in proposed.items() if value is not None})


def find_known_record(
    kind: Kind, sent: dict[str, Any], token: Token, allows: Callable[[str], bool]
) -> ExistingRecord | None:
    """The record to update instead of adding one. Raises Problem 409 for a duplicate that is rejected."""
    return find_record_to_update(OWN, kind, {"department": token.department_id, **sent}, token.user, allows)


def change_record(
    kind: Kind, record: Any, sent: dict[str, Any], user: Any, known: ExistingRecord | None = None
) -> None:
    """Change only the fields and parts that are sent; of a record that is `known`, what its rules allow. Raises Problem 422."""
    sent, parts = split_fields_and_parts(kind, sent, user)
    changes = parse_writable_fields(kind, sent, user)
    change_fields(kind, record, known.get_changes(changes, record) if known else changes, user)
    write_record_parts(kind, record, parts, user)


def change_fields(kind: Kind, record: Any, sent: dict[str, Any], user: Any) -> None:
    with translate_custom_field_errors(kind, user):
        form = build_change_form(kind, record, sent, user)
        refuse_wrong_types(form, sent)
        refuse_errors(form, sent)
    changes = form.get_changes()
    if not changes:
        return
    rows = kind.model.objects.present().changeable_by(user).filter(pk=record.pk)
    outcome = carry_out(kind.edit(changes), rows, by=user, channel=API)
    if outcome.refused:
        raise build_refusal_problem(kind, outcome.refused)


def build_unchangeable_problem(kind: Kind) -> ApiProblem:
    return ApiProblem(403, "forbidden", f"You can see this {kind.words.one}, but you can't change it.")


def build_refusal_problem(kind: Kind, codes: Iterable[str]) -> ApiProblem:
    """The problem of a record that a verb has refused, for these reasons."""
    return build_invalid_problem(
        **{code.partition(":")[2] or "__all__": get_reason_sentence(code, kind) for code in codes}
    )


def delete_record(kind: Kind, record: Any, user: Any) -> None:
    rows = kind.model.objects.present().changeable_by(user).filter(pk=record.pk)
    if not carry_out(verbs.Delete(), rows, by=user, channel=API).changed:
        raise ApiProblem(404, "not_found")


class UnsentField(forms.Field):
    """A field that isn't sent: it keeps the value of the record, which isn't validated again."""

    def __init__(self, value: Any) -> None:
        super().__init__(required=False, disabled=True)
        self.value = value

    def clean(self, value: Any) -> Any:
        return self.value


def build_change_form(kind: Kind, record: Any, sent: dict[str, Any], user: Any) -> Any:
    """The form of the screen, where fields that aren't sent keep their values."""
    before = flatten_sent_values(model_to_dict(record, fields=kind.fields.FORM_FIELDS))
    form = get_form_of_fields(kind.form, frozenset(sent))(
        build_query_dict(before | flatten_sent_values(sent)), instance=record, user=user, sent=sent
    )
    locked = [name for name in sent if form.fields[name].disabled]
    if locked:
        raise build_invalid_problem(**dict.fromkeys(locked, FIELD_CLOSED_MESSAGE))
    judged = form._get_validation_exclusions
    form._get_validation_exclusions = lambda: judged() | ({*form.fields} - {*sent})
    for name in form.fields:
        if name not in sent:
            form.fields[name] = UnsentField(getattr(record, name))
    return form


@lru_cache(maxsize=200)
def get_form_of_fields(form: Any, names: frozenset[str]) -> Any:
    """The form with a blank in place of each field that isn't sent: to copy all of them takes longer than to judge a few."""
    found: Any = type(form.__name__, (form,), {})
    found.base_fields = {
        name: field if name in names else BlankField() for name, field in form.base_fields.items()
    }
    return found


def parse_writable_fields(kind: Kind, sent: dict[str, Any], user: Any) -> dict[str, Any]:
    """What a program sends, with custom fields by key. Raises Problem 422 for a field that it can't write."""
    refuse_unwritable_fields(kind, [name for name in sent if name != CUSTOM_FIELDS_KEY])
    return parse_custom_fields(kind, sent, user)


def refuse_unwritable_fields(kind: Kind, sent: list[str]) -> None:
    """Raises Problem 422 for a field that a program can't write."""
    read = {*kind.fields.OWN_API, *get_record_parts(kind)}
    read_only = [name for name in sent if name in read and name not in kind.fields.FORM_FIELDS]
    if read_only:
        raise build_invalid_problem(**dict.fromkeys(read_only, READ_ONLY))
    refuse_unknown_parameters(dict.fromkeys(sent), [*kind.fields.FORM_FIELDS, CUSTOM_FIELDS_KEY])


def refuse_errors(form: Any, sent: dict[str, Any]) -> None:
    """Raises Problem 422 for errors of the form, and for values that the form would drop in favor of another value."""
    if not form.is_valid():
        raise build_invalid_form_problem(form.errors)
    if dropped := get_dropped_value_errors(form, sent):
        raise build_invalid_problem(**dropped)


def get_dropped_value_errors(form: Any, sent: dict[str, Any]) -> dict[str, str]:
    """A sentence for each value that a form without errors would drop in favor of another value."""
    dropped = [name for name, value in sent.items() if _is_value_dropped(form, name, value)]
    return dict.fromkeys(dropped, "This value doesn't fit the other values of the record.")


def _is_value_dropped(form: Any, name: str, value: Any) -> bool:
    """A department that the owner isn't in, or a lost reason of a lead that isn't lost."""
    taken = form.cleaned_data[name]
    if isinstance(form.fields[name], forms.ModelChoiceField):
        # A linked record is sent as "#12" (crm/api/v2/custom_fields.py).
        return str(value or "").removeprefix("#") != str(get_id_or_value(taken) or "")
    return taken in EMPTY_VALUES and bool(str(value or "").strip()) and value != []
