"""JSON values as a form takes them: texts and lists of texts, and nothing that a form would misread."""

from collections.abc import Mapping
from typing import Any

from django import forms

from crm.api.problems import build_invalid_problem
from crm.platform.web.id_parsing import get_id_or_value
from crm.platform.web.rendering.day_input import DayInput, DayTimeInput


def flatten_sent_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """As a browser sends them. Raises Problem 422 for anything nested deeper than a list."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        parts = value if isinstance(value, list | tuple) else [value]
        texts = [_convert_to_text(name, part) for part in parts]
        found[name] = texts if isinstance(value, list | tuple) else texts[0]
    return found


def _convert_to_text(name: str, value: Any) -> str:
    if isinstance(value, dict | list):
        raise build_invalid_problem(**{name: "Send a text, a number, true or false, or a list of them."})
    text = "" if value is None else str(get_id_or_value(value))
    if "\0" in text or _has_surrogates(text):
        raise build_invalid_problem(**{name: "This text has characters that can't be stored."})
    return text


def _has_surrogates(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


SEND_DAY = "Send a day such as 2026-11-25."


def refuse_wrong_types(form: Any, sent: Mapping[str, Any]) -> None:
    """Raises Problem 422 if a form would misread a value: any text as "yes", a list as its last item, "tomorrow" as the day after
    today. The types of custom fields are already checked (crm/api/v2/custom_fields.py)."""
    wrong = {}
    for name, value in sent.items():
        field = form.fields[name]
        if name in getattr(form, "custom", ()):
            continue
        if isinstance(field, forms.BooleanField):
            if not isinstance(value, bool):
                wrong[name] = "Send true or false."
        elif isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField):
            if not isinstance(value, list):
                wrong[name] = "Send a list of ids."
        elif isinstance(value, bool | list | dict):
            wrong[name] = "Send a single value."
        elif isinstance(field.widget, DayInput | DayTimeInput) and field.widget.is_in_words(str(value)):
            wrong[name] = SEND_DAY
    if wrong:
        raise build_invalid_problem(**wrong)
