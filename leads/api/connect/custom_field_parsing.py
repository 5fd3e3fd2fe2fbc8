"""The custom fields that CRM Connect programs write: custom_fields[leads][12] in a form, or nested objects in JSON."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from crm.api.problems import ApiProblem
from crm.api.v2.form_values import flatten_sent_values
from crm.fields.custom.definitions.field_visibility import get_row_id, has_field
from crm.fields.custom.unique.taken_values import get_taken_sentences
from crm.fields.custom.values.field_registry import (
    get_custom_fields,
    get_offered_choices,
    get_writable_custom_fields,
    is_edited_by,
    is_used_in,
)
from crm.fields.custom.values.record_form_fields import (
    build_form_field,
    get_default_value,
    get_people_choices,
)
from crm.fields.custom.values.stored_values import attach_stored_values
from crm.fields.models.custom_field import CustomField
from crm.fields.types.field_type import EMPTY_VALUES
from crm.fields.widgets.lookup_widgets import TagsCell
from crm.platform.text.text_folding import fold_text
from leads.api.connect.field_parsing import NO, YES, parse_moment
from leads.api.lead_writing import REQUIRED
from leads.models import Lead

Type = CustomField.Type
CUSTOM = "custom_fields"
# The name in a form; [] at its end makes a list of all its values.
IN_FORM = re.compile(r"custom_fields\[leads\]\[([0-9]{1,18})\](\[[0-9]*\])?")
NUMBER = re.compile(r"[0-9]{1,18}")
MOST_NAMED = 20
CLOSED = "You may not change this field."
NOT_USED = "The lead's department doesn't use this field."


def get_parameter_name(number: int | str) -> str:
    return f"{CUSTOM}[leads][{number}]"


def is_custom(name: str) -> bool:
    return name == CUSTOM or name.startswith(f"{CUSTOM}[")


def parse_custom_values(
    data: Mapping[str, Any], user: User, others: dict[str, Any], lead: Lead | None = None
) -> dict[str, Any]:
    """The values that are sent for fields that the user may see, by key; `others` are those of the lead's own fields.
    Raises Problem 422 for wrong values, for fields that the user may not change or the department doesn't use, and for
    required ones that a new lead lacks."""
    sent, _others = parse_sent_values(data)
    fields = {field.definition.pk: field for field in get_writable_custom_fields(Lead.table, user)}
    if lead is not None and sent.keys() & fields.keys():
        attach_stored_values(lead)
    values, errors = {}, {}
    department = get_row_id(others.get("department") or getattr(lead, "department_id", None))
    for number, field in fields.items():
        held = getattr(lead, field.attname, None)
        try:
            if number in sent:
                if not is_edited_by(field, user):
                    raise ValidationError(CLOSED)
                values[field.name] = value = clean_custom_value(
                    field, sent[number], user, held, is_new=lead is None
                )
                if value not in EMPTY_VALUES and value != held and not is_used_in(field, department):
                    raise ValidationError(NOT_USED)
        except ValidationError as error:
            errors[get_parameter_name(number)] = error.messages[:1]
    numbers = {field.name: number for number, field in fields.items()}
    taken = get_taken_sentences(Lead, values, user, lead.pk if lead else None)
    errors |= {get_parameter_name(numbers[name]): [sentence] for name, sentence in taken.items()}
    if lead is None:
        errors |= {
            get_parameter_name(field.definition.pk): [REQUIRED.format(field.verbose_name)]
            for field in get_missing_required_fields(fields.values(), others | values, user)
        }
    if errors:
        raise ApiProblem(422, "invalid", "The given data was invalid.", errors)
    return values


def get_missing_required_fields(fields: Iterable[Any], values: dict[str, Any], user: User) -> list[Any]:
    """The required fields that a new lead with these values has, but for which nothing is sent and no default exists."""
    return [
        field
        for field in fields
        if field.definition.required
        and field.name not in values
        and get_default_value(field) is None
        and is_edited_by(field, user)
        and has_field(field, values)
    ]


def get_ignored_names(names: list[str], data: Mapping[str, Any], user: User) -> list[str]:
    """The ignored fields of a body, with each custom field that had no effect by its own name."""
    if not get_custom_fields(Lead.table, user):
        return names
    numbers = {field.definition.pk for field in get_writable_custom_fields(Lead.table, user)}
    sent, others = parse_sent_values(data)
    unknown = [get_parameter_name(number) for number in sent if number not in numbers]
    return [*(name for name in names if not is_custom(name)), *unknown, *others]


def parse_sent_values(data: Mapping[str, Any]) -> tuple[dict[int, Any], list[str]]:
    """The values by the number of their field, and the names of what isn't the value of a field."""
    found: dict[int, Any] = {}
    others = []
    for name in filter(is_custom, data):
        match = IN_FORM.fullmatch(name)
        if name == CUSTOM and isinstance(data[name], dict):
            others += _collect_nested_values(data[name], found)
        elif match is None:
            others.append(name)
        elif match[2]:
            several = data.getlist(name) if hasattr(data, "getlist") else [data[name]]
            before = found.get(int(match[1]))
            found[int(match[1])] = [*(before if isinstance(before, list) else []), *several]
        else:
            found[int(match[1])] = data[name]
    return found, others


def _collect_nested_values(values: dict[str, Any], found: dict[int, Any]) -> list[str]:
    others = [f"{CUSTOM}[{name}]" for name in values if name != "leads"]
    leads = values.get("leads", {})
    if not isinstance(leads, dict):
        return [*others, f"{CUSTOM}[leads]"]
    for number, value in leads.items():
        if NUMBER.fullmatch(number):
            found[int(number)] = value
        else:
            others.append(get_parameter_name(number))
    return others


# Reading one value


def clean_custom_value(field: Any, value: Any, user: User, held: Any, *, is_new: bool) -> Any:
    """The value as a verb takes it. Raises ValidationError, or Problem for a text that can't be stored."""
    asked = build_form_field(field, user, held)
    if _is_empty(value):
        if field.definition.required and (is_new or held not in EMPTY_VALUES):
            raise ValidationError(REQUIRED.format(field.verbose_name))
        return asked.clean([] if field.definition.type == Type.CHOICES else "")
    return asked.clean(_convert_to_form_value(field, value, user, held))


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _convert_to_form_value(field: Any, value: Any, user: User, held: Any) -> Any:
    kind = field.definition.type
    if hasattr(value, "read") or (isinstance(value, bool) and kind != Type.YES_NO):
        raise ValidationError("Send a text or a number.")
    if isinstance(value, list) and kind != Type.CHOICES:
        raise ValidationError("Send a single value.")
    read = flatten_sent_values({get_parameter_name(field.definition.pk): value})[
        get_parameter_name(field.definition.pk)
    ]
    if kind == Type.CHOICES:
        return _parse_keys(read, get_offered_choices(field, held))
    text = read.strip()
    match kind:
        case Type.CHOICE:
            return _find_choice_key(text, get_offered_choices(field, held))
        case Type.USER:
            return _parse_user(text, user, held)
        case Type.YES_NO:
            return _convert_yes_or_no_to_text(text.lower())
        case Type.DATE | Type.MOMENT:
            return _parse_moment(text, kind)
    return text


def _find_choice_key(text: str, choices: list[tuple[str, str]]) -> str:
    """The key of the choice with this label or key."""
    by_label = {fold_text(label): key for key, label in choices}
    found = by_label.get(fold_text(text)) or (text if text in dict(choices) else "")
    if not found:
        labels = ", ".join(label for _key, label in choices[:MOST_NAMED])
        more = ", …" if len(choices) > MOST_NAMED else ""
        raise ValidationError(f"Send one of these: {labels}{more}.")
    return found


def _parse_keys(sent: str | list[str], choices: list[tuple[str, str]]) -> list[str]:
    """The keys of several choices: sent as a list, or as one text with commas."""
    known = {fold_text(label) for _key, label in choices}
    if isinstance(sent, str):
        sent = [sent] if fold_text(sent) in known else TagsCell.parse_names(sent)
    found = {_find_choice_key(text.strip(), choices) for text in sent if text.strip()}
    return [key for key, _label in choices if key in found]


def _parse_user(text: str, user: User, held: Any) -> str:
    """The ID of the user with this ID, name or email."""
    choices = get_people_choices(user, held)
    if text in dict(choices):
        return text
    found = [pk for pk, name in choices if fold_text(name) == fold_text(text)]
    if "@" in text:
        found = [str(row.pk) for row in User.objects.active().visible_to(user).with_email(text)]
    if len(found) != 1:
        raise ValidationError("Send the id, the name or the email address of a user.")
    return found[0]


def _convert_yes_or_no_to_text(text: str) -> str:
    if text not in YES | NO:
        raise ValidationError("Send 1 or 0.")
    return str(text in YES)


def _parse_moment(text: str, kind: str) -> str:
    """A day or a time as in other fields of the dialect: without a time zone, it is server time, as in a form."""
    if text.startswith("0000-00-00"):
        return ""
    found = parse_moment(text)
    if found is None:
        raise ValidationError("Send a date such as 2026-05-31.")
    if kind == Type.DATE:
        return found.date().isoformat()
    return found.isoformat()
