"""The field for a month in forms."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class MonthInput(forms.TextInput):
    """A month picker; browsers without one show a text field that accepts 2026-11."""

    input_type = "month"

    def format_value(self, value) -> str | None:
        return value.strftime("%Y-%m") if isinstance(value, date) else value


class MonthField(forms.DateField):
    """Its value is the first day of the month."""

    widget = MonthInput
    default_error_messages = {"invalid": _("Enter a month like 2026-11.")}

    def __init__(self, **keywords: Any) -> None:
        formats = ["%Y-%m", "%m/%Y", "%m.%Y", "%Y-%m-%d"]
        super().__init__(label=_("Month"), input_formats=formats, **keywords)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"placeholder": "2026-11"}

    def clean(self, value: Any) -> date | None:
        day = super().clean(value)
        return day and day.replace(day=1)
