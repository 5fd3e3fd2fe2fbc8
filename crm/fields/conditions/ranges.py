"""What a condition in a URL compares with: two values as one, 10..20, 10.. or ..20, for numbers and for days; a day or a point in time."""

from datetime import date
from typing import Any

from django import forms
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _

RANGE_SEPARATOR = ".."


class Range(forms.CharField):
    """Cleans to a pair, of which one may be None; to None if both are empty."""

    end: forms.Field

    def __init__(self, **keywords) -> None:
        super().__init__(required=False, max_length=80, **keywords)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        first, dots, last = text.partition(RANGE_SEPARATOR)
        if not dots:
            raise forms.ValidationError(_("Enter the first and the last value, with two dots between them."))
        ends = tuple(self.end.clean(part.strip()) for part in (first, last))
        if ends == (None, None):
            return None
        if None not in ends and ends[0] > ends[1]:
            raise forms.ValidationError(_("The first value is larger than the last one."))
        return ends


class NumberRange(Range):
    end = forms.DecimalField(required=False, max_digits=24, decimal_places=6)


class DateRange(Range):
    end = forms.DateField(required=False, input_formats=["%Y-%m-%d"])


class DayOrMoment(forms.DateField):
    """Cleans to a day, or to a point in time with its time zone, such as 2026-05-31T08:38:04Z."""

    def __init__(self) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"])

    def to_python(self, value: Any) -> date | None:
        text = str(value or "").strip()
        if "T" not in text:
            return super().to_python(text)
        try:
            # A plus sign that wasn't encoded arrives as a space.
            found = parse_datetime(text.replace(" ", "+"))
        except ValueError:
            found = None
        if found is None or not is_aware(found):
            raise forms.ValidationError(_("Enter a time with its time zone, such as 2026-05-31T08:38:04Z."))
        return found
