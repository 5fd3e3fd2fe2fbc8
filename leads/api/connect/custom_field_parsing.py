"""The custom fields that CRM Connect programs write: custom_fields[leads][12] in a form, or nested objects in JSON."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from accounts.models import User
from crm.api.problems import Problem
from crm.api.v2.form_values import as_sent
from crm.fields.custom.definitions.field_visibility import applies, id_of
from crm.fields.custom.unique.taken_values import taken_in_words
from crm.fields.custom.values.field_registry import fields_of, is_edited_by, is_used_in, offered, written_of
from crm.fields.custom.values.record_form_fields import first_value, form_field, people
from crm.fields.custom.values.stored_values import attach_stored
from crm.fields.models.custom_field import CustomField
from crm.fields.types.field_type import EMPTY
from crm.fields.widgets.lookup_widgets import TagsCell
from crm.platform.text.text_folding import plain
from leads.api.connect.field_parsing import NO, YES, read_moment
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


def name_of(number: int | str) -> str:
    return f"{CUSTOM}[leads][{number}]"


def is_custom(name: str) -> bool:
    return name == CUSTOM or name.startswith(f"{CUSTOM}[")


def values_of(
    data: Mapping[str, Any], user: User, others: dict[str, Any], lead: Lead | None = None
) -> dict[str, Any]:
    """The values that are sent for fields that the user may see, by key; `others` are those of the lead's own fields.
    Raises Problem 422 for wrong values, for fields that the user may not change or the department doesn't use, and for
    required ones that a new lead lacks."""
    sent, _others = sent_in(data)
    fields = {field.definition.pk: field for field in written_of(Lead.table, user)}
    if lead is not None and sent.keys() & fields.keys():
        attach_stored(lead)
    values, errors = {}, {}
    department = id_of(others.get("department") or getattr(lead, "department_id", None))
    for number, field in fields.items():
        held = getattr(lead, field.attname, None)
        try:
            if number in sent:
                if not is_edited_by(field, user):
                    raise ValidationError(CLOSED)
                values[field.name] = value = cleaned(field, sent[number], user, held, is_new=lead is None)
                if value not in EMPTY and value != held and not is_used_in(field, department):
                    raise ValidationError(NOT_USED)
        except ValidationError as error:
            errors[name_of(number)] = error.messages[:1]
    numbers = {field.name: number for number, field in fields.items()}
    taken = taken_in_words(Lead, values, user, lead.pk if lead else None)
    errors |= {name_of(numbers[name]): [sentence] for name, sentence in taken.items()}
    if lead is None:
        errors |= {
            name_of(field.definition.pk): [REQUIRED.format(field.verbose_name)]
            for field in missing(fields.values(), others | values, user)
        }
    if errors:
        raise Problem(422, "invalid", "The given data was invalid.", errors)
    return values


def missing(fields: Iterable[Any], values: dict[str, Any], user: User) -> list[Any]:
    """The required fields that a new lead with these values has, but for which nothing is sent and no default exists."""
    return [
        field
        for field in fields
        if field.definition.required
        and field.name not in values
        and first_value(field) is None
        and is_edited_by(field, user)
        and applies(field, values)
    ]


def ignored(names: list[str], data: Mapping[str, Any], user: User) -> list[str]:
    """The ignored fields of a body, with each custom field that had no effect by its own name."""
    if not fields_of(Lead.table, user):
        return names
    numbers = {field.definition.pk for field in written_of(Lead.table, user)}
    sent, others = sent_in(data)
    unknown = [name_of(number) for number in sent if number not in numbers]
    return [*(name for name in names if not is_custom(name)), *unknown, *others]


def sent_in(data: Mapping[str, Any]) -> tuple[dict[int, Any], list[str]]:
    """The values by the number of their field, and the names of what isn't the value of a field."""
    found: dict[int, Any] = {}
    others = []
    for name in filter(is_custom, data):
        match = IN_FORM.fullmatch(name)
        if name == CUSTOM and isinstance(data[name], dict):
            others += _nested(data[name], found)
        elif match is None:
            others.append(name)
        elif match[2]:
            several = data.getlist(name) if hasattr(data, "getlist") else [data[name]]
            before = found.get(int(match[1]))
            found[int(match[1])] = [*(before if isinstance(before, list) else []), *several]
        else:
            found[int(match[1])] = data[name]
    return found, others


def _nested(values: dict[str, Any], found: dict[int, Any]) -> list[str]:
    others = [f"{CUSTOM}[{name}]" for name in values if name != "leads"]
    leads = values.get("leads", {})
    if not isinstance(leads, dict):
        return [*others, f"{CUSTOM}[leads]"]
    for number, value in leads.items():
        if NUMBER.fullmatch(number):
            found[int(number)] = value
        else:
            others.append(name_of(number))
    return others


# Reading one value


def cleaned(field: Any, value: Any, user: User, held: Any, *, is_new: bool) -> Any:
    """The value as a verb takes it. Raises ValidationError, or Problem for a text that can't be stored."""
    asked = form_field(field, user, held)
    if _is_empty(value):
        if field.definition.required and (is_new or held not in EMPTY):
            raise ValidationError(REQUIRED.format(field.verbose_name))
        return asked.clean([] if field.definition.type == Type.CHOICES else "")
    return asked.clean(_as_form_takes_it(field, value, user, held))


def _is_empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _as_form_takes_it(field: Any, value: Any, user: User, held: Any) -> Any:
    kind = field.definition.type
    if hasattr(value, "read") or (isinstance(value, bool) and kind != Type.YES_NO):
        raise ValidationError("Send a text or a number.")
    if isinstance(value, list) and kind != Type.CHOICES:
        raise ValidationError("Send a single value.")
    read = as_sent({name_of(field.definition.pk): value})[name_of(field.definition.pk)]
    if kind == Type.CHOICES:
        return _keys(read, offered(field, held))
    text = read.strip()
    match kind:
        case Type.CHOICE:
            return _named(text, offered(field, held))
        case Type.USER:
            return _user(text, user, held)
        case Type.YES_NO:
            return _yes_or_no(text.lower())
        case Type.DATE | Type.MOMENT:
            return _moment(text, kind)
    return text


def _named(text: str, choices: list[tuple[str, str]]) -> str:
    """The key of the choice with this label or key."""
    by_label = {plain(label): key for key, label in choices}
    found = by_label.get(plain(text)) or (text if text in dict(choices) else "")
    if not found:
        labels = ", ".join(label for _key, label in choices[:MOST_NAMED])
        more = ", …" if len(choices) > MOST_NAMED else ""
        raise ValidationError(f"Send one of these: {labels}{more}.")
    return found


def _keys(sent: str | list[str], choices: list[tuple[str, str]]) -> list[str]:
    """The keys of several choices: sent as a list, or as one text with commas."""
    known = {plain(label) for _key, label in choices}
    if isinstance(sent, str):
        sent = [sent] if plain(sent) in known else TagsCell.names(sent)
    found = {_named(text.strip(), choices) for text in sent if text.strip()}
    return [key for key, _label in choices if key in found]


def _user(text: str, user: User, held: Any) -> str:
    """The ID of the user with this ID, name or email."""
    choices = people(user, held)
    if text in dict(choices):
        return text
    found = [pk for pk, name in choices if plain(name) == plain(text)]
    if "@" in text:
        found = [str(row.pk) for row in User.objects.active().visible_to(user).with_email(text)]
    if len(found) != 1:
        raise ValidationError("Send the id, the name or the email address of a user.")
    return found[0]


def _yes_or_no(text: str) -> str:
    if text not in YES | NO:
        raise ValidationError("Send 1 or 0.")
    return str(text in YES)


def _moment(text: str, kind: str) -> str:
    """A day or a time as in other fields of the dialect: without a time zone, it is server time, as in a form."""
    if text.startswith("0000-00-00"):
        return ""
    found = read_moment(text)
    if found is None:
        raise ValidationError("Send a date such as 2026-05-31.")
    if kind == Type.DATE:
        return found.date().isoformat()
    return found.isoformat()
