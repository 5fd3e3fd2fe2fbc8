"""Lengths of time in minutes: how people write and read them."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.fields.types.field_type import FieldType
from crm.templatetags.look import in_hours

WRITTEN = re.compile(
    r"(?:(?P<hours>[0-9]{1,6}(?:[.,][0-9]{1,2})?) ?h(?:ours?)?)? ?(?:(?P<minutes>[0-9]{1,7}) ?min(?:utes?)?)?"
)


def parse_minutes(text: str) -> int | None:
    """The minutes of "4 h", "30 min", "1.5 h" or "1 h 30 min"; None if it is no length of time."""
    found = WRITTEN.fullmatch(" ".join(text.lower().split()))
    if found is None or not (found["hours"] or found["minutes"]):
        return None
    hours = float((found["hours"] or "0").replace(",", "."))
    return round(hours * 60) + int(found["minutes"] or 0)


class MinutesInput(forms.IntegerField):
    """A text such as "4 h"; its value are minutes."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> int | None:
        if value in self.empty_values or isinstance(value, int):
            return value if isinstance(value, int) else None
        minutes = parse_minutes(str(value))
        if minutes is None:
            raise ValidationError(_("Enter a time like 30 min, 4 h or 1 h 30 min."))
        return minutes

    def prepare_value(self, value: Any) -> Any:
        return in_hours(value) if isinstance(value, int) else value


class Minutes(FieldType):
    """Written as people say it."""

    def format_value(self, field, value, reader=None):
        return "" if value is None else in_hours(int(value))
