"""Custom values that a form keeps: those that its user may only read, and those from another department."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from crm.platform.web.rendering.html_building import html

REMOVE = "remove"


def get_value_text(field: Any, value: Any, user: Any) -> str:
    return str(field.type.format_value(field, value, user))


class PreservedTextWidget(forms.Widget):
    """The value as text, in the place of an input. A page that was opened earlier may still send a value for it."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__()

    def render(self, name, value, attrs=None, renderer=None):
        return html('<output class="fact" id="{}">{}</output>', (attrs or {}).get("id", ""), self.text or "–")


class ReadOnly(forms.Field):
    """A field that the user sees and may not edit."""

    def __init__(self, field: Any, value: Any, user: Any) -> None:
        super().__init__(
            label=field.verbose_name,
            help_text=_("You can see this field, but your roles can’t edit it."),
            required=False,
            disabled=True,
            widget=PreservedTextWidget(get_value_text(field, value, user)),
        )


class RemovalCheckbox(forms.CheckboxInput):
    """Only its own value is a tick: a page that was opened earlier may send another one."""

    def value_from_datadict(self, data, files, name):
        return data.get(name)


class LeftoverField(forms.Field):
    """A value of a field that the record's department doesn't use: it can only be removed."""

    def __init__(self, field: Any, held: Any, user: Any) -> None:
        words = {"field": field.verbose_name, "value": get_value_text(field, held, user)}
        super().__init__(
            label=_("%(field)s: remove “%(value)s”") % words,
            help_text=_(
                "This value is from another department. The record’s department doesn’t use the field."
            ),
            required=False,
            widget=RemovalCheckbox(attrs={"value": REMOVE}, check_test=lambda value: value is True),
        )
        self.held, self.blank = held, None if field.null else ""

    def bound_data(self, data, initial):
        return data == REMOVE

    def prepare_value(self, value):
        # A value that is true isn't a tick.
        return value is True and value is not self.held

    def clean(self, value):
        return self.blank if value == REMOVE else self.held
