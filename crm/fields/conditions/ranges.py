"""Two values as one in a URL: 10..20, 10.. or ..20; for numbers and for days."""

from typing import Any

from django import forms
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
