"""The Django fields behind custom fields: how a form asks for a value of each type."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.fields.amount_input import AmountInput
from crm.fields.custom.values.custom_types import MOST_RATING, render_stars
from crm.fields.models.custom_field import CustomField
from crm.fields.types.texts import one_line
from crm.platform.excel.parsing.date_parsing import FIRST_YEAR, LAST_YEAR, convert_to_moment


def get_choice_labels(definition: CustomField) -> list[tuple[str, Any]]:
    """The choices by key, retired ones too: records may still have them."""
    return [(choice["key"], choice["name"]) for choice in definition.choices]


class Line(models.CharField):
    """A text without line breaks, also where a form isn't an input on one line."""

    def formfield(self, **keywords) -> Any:
        return super().formfield(**{"validators": [one_line], **keywords})


class Day(models.DateField):
    def formfield(self, **keywords) -> Any:
        return super().formfield(**{"validators": [validate_year], **keywords})


class Moment(models.DateTimeField):
    def formfield(self, **keywords) -> Any:
        return super().formfield(**{"form_class": MomentInput, **keywords})


class MomentInput(forms.DateTimeField):
    """A point in time, as UTC in whole seconds. A time that clocks show twice or skip is read as imports read it: as the
    first of the two, or an hour later. `held` is the value of the record, which stays if it is the second of the two."""

    held: datetime | None = None

    def to_python(self, value: Any) -> Any:
        try:
            found = super().to_python(value)
        except ValidationError as error:
            if error.code != "ambiguous_timezone":
                raise
            typed = (error.params or {})["datetime"]
            if self.held and timezone.localtime(self.held).replace(tzinfo=None) == typed:
                return self.held
            found = convert_to_moment(typed)
        if found is None:
            return None
        validate_year(found)
        return found.astimezone(UTC).replace(microsecond=0)


def validate_year(value: Any) -> None:
    """Raises ValidationError for a year that no time zone could be applied to, or that imports don't take either."""
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        words = _("Enter a year from %(first)s to %(last)s.")
        raise ValidationError(words % {"first": FIRST_YEAR, "last": LAST_YEAR})


class Amount(models.DecimalField):
    """A number in a form, as people type it."""

    def formfield(self, **keywords) -> Any:
        return super().formfield(**{"form_class": AmountInput, **keywords})


class Address(models.URLField):
    """A web address; without a scheme, it is meant to be https."""

    def formfield(self, **keywords) -> Any:
        return super().formfield(**{"assume_scheme": "https", **keywords})


class SeveralChoices(models.JSONField):
    """The keys of several choices."""

    def __init__(self, definition: CustomField, **keywords) -> None:
        self.definition_choices = get_choice_labels(definition)
        super().__init__(**keywords)

    def formfield(self, **keywords) -> Any:
        return forms.MultipleChoiceField(
            label=self.verbose_name,
            help_text=self.help_text,
            required=False,
            choices=self.definition_choices,
            widget=forms.CheckboxSelectMultiple,
        )

    def to_python(self, value: Any) -> Any:
        return value or None


class Stars(models.PositiveSmallIntegerField):
    """A rating, chosen by its stars."""

    def formfield(self, **keywords) -> Any:
        stars = ((number, render_stars(number)) for number in range(1, MOST_RATING + 1))
        return forms.TypedChoiceField(
            label=self.verbose_name,
            help_text=self.help_text,
            required=False,
            choices=[("", gettext_lazy("None")), *stars],
            coerce=int,
            empty_value=None,
        )


class OneUser(models.BigIntegerField):
    """The ID of a user. The form of a record fills in the choices (crm/fields/custom/values/record_form_fields.py)."""

    def formfield(self, **keywords) -> Any:
        return forms.TypedChoiceField(
            label=self.verbose_name, help_text=self.help_text, required=False, coerce=int, empty_value=None
        )
