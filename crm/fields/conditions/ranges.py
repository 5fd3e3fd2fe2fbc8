"""What a condition in a URL compares with: two values as one, 10..20, 10.. or ..20, for numbers and for days; a day or a point in time."""

import re
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.forms.utils import from_current_timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.fields.conditions.periods import PERIOD_REVERSED
from crm.platform.web.day_start import get_day_start
from crm.platform.web.rendering.day_input import DAY_ERROR, MOMENT_ERROR, DayOrMomentInput

RANGE_SEPARATOR = ".."
# What begins like a day with a time.
MOMENT = re.compile(r"[\d-]+T")


class Range(forms.CharField):
    """Cleans to a pair, of which one may be None; to None if both are empty."""

    end: forms.Field
    reversed_sentence: ClassVar[Any] = gettext_lazy("The first value is larger than the last one.")

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
        if None not in ends and self.get_beginning(ends[0]) > self.get_beginning(ends[1]):
            raise forms.ValidationError(self.reversed_sentence)
        return ends

    def get_beginning(self, value: Any) -> Any:
        """What is compared of the two values, which may be of different types."""
        return value


class NumberRange(Range):
    end = forms.DecimalField(required=False, max_digits=24, decimal_places=6)


class DateRange(Range):
    end = forms.DateField(required=False, input_formats=["%Y-%m-%d"])
    reversed_sentence = PERIOD_REVERSED


class DayOrMoment(forms.DateField):
    """Cleans to a day, or to a point in time with its time zone, such as 2026-05-31T08:38:04Z."""

    def __init__(self, **keywords) -> None:
        super().__init__(**{"required": False, "input_formats": ["%Y-%m-%d"], **keywords})

    def to_python(self, value: Any) -> date | None:
        text = str(value or "").strip()
        if not MOMENT.match(text):
            return super().to_python(text)
        try:
            # A plus sign that wasn't encoded arrives as a space.
            found = parse_datetime(text.replace(" ", "+"))
        except ValueError:
            found = None
        return self.complete_moment(found)

    def complete_moment(self, found: datetime | None) -> datetime:
        """The point in time that was read, with its time zone."""
        if found is None or not is_aware(found):
            raise forms.ValidationError(_("Enter a time with its time zone, such as 2026-05-31T08:38:04Z."))
        return found


class TypedDayOrMoment(DayOrMoment):
    """The same as a person types it: on the reader's clock if no time zone is named."""

    widget = DayOrMomentInput
    default_error_messages: ClassVar = {"invalid": DAY_ERROR}

    def complete_moment(self, found: datetime | None) -> datetime:
        if found is None:
            raise forms.ValidationError(MOMENT_ERROR)
        return found if is_aware(found) else from_current_timezone(found)


class MomentRange(Range):
    """Each end is a day or a point in time."""

    end = DayOrMoment()
    reversed_sentence = PERIOD_REVERSED

    def get_beginning(self, value: date) -> datetime:
        return value if isinstance(value, datetime) else get_day_start(value)
