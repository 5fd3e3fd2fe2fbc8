"""The types of custom fields: the field types of the product, with values that come from JSON instead of a column.

A custom field is a Django model field that belongs to no model: forms, files and filters use it like any other. Its name
and column are its key, such as "c12"; a list computes both from the values of the record (crm/fields/custom/values/stored_values.py).
"""

from decimal import Decimal
from typing import Any

from django.db.models import DateField, DateTimeField, Func
from django.utils.translation import gettext as _

from crm.fields.conditions import operators
from crm.fields.custom.files.file_values import File
from crm.fields.custom.links.linked_records import Link
from crm.fields.custom.unique.unique_lookup import compare_as_unique
from crm.fields.custom.values.choice_types import Choice, Choices, User, YesNo
from crm.fields.custom.values.json_types import CustomTypeMixin, OfText, build_value_text
from crm.fields.models.custom_field import CustomField
from crm.fields.types import dates, numbers, texts
from crm.platform.web.rendering.html_building import html
from crm.templatetags.look import money

MOST_RATING = 5


class Text(OfText, texts.Text):
    pass


class LongText(OfText, texts.Prose):
    can_be_quick = False

    def render_cell(self, field, record):
        return (getattr(record, field.name) or "")[: texts.BEGINNING]


class Email(OfText, texts.Email):
    pass


class Phone(OfText, texts.Phone):
    """As typed; it is found by its digits."""

    sorted_by = texts.KEY

    def get_operators(self, field):
        return compare_as_unique(field, operators.TEXT_OPERATORS)


class Url(OfText, texts.Website):
    sorted_by = texts.KEY


class Number(CustomTypeMixin, numbers.Number):
    def format_value(self, field, value, reader=None):
        if value in (None, ""):
            return ""
        return f"{super().format_value(field, Decimal(value))}{_get_unit(field.definition)}"


def _get_unit(definition: CustomField) -> str:
    if not definition.unit:
        return ""
    return definition.unit if definition.unit == "%" else f" {definition.unit}"


class Money(CustomTypeMixin, numbers.Number):
    first_down = True

    def format_value(self, field, value, reader=None):
        return "" if value in (None, "") else money(Decimal(value), field.unit).strip()


class Day(CustomTypeMixin, dates.Day):
    def build_filter(self, field):
        return None

    def build_filled_expressions(self, field, values):
        day = Func(build_value_text(field, values), function="leadwell_day", output_field=DateField())
        return {field.name: day}


class Moment(CustomTypeMixin, dates.Moment):
    def build_filter(self, field):
        return None

    def build_filled_expressions(self, field, values):
        moment = Func(
            build_value_text(field, values), function="leadwell_moment", output_field=DateTimeField()
        )
        return {field.name: moment}


def render_stars(number: int) -> str:
    return "★" * number + "☆" * (MOST_RATING - number)


class Rating(CustomTypeMixin, numbers.Number):
    """One to five stars."""

    has_few_values = True

    def render_cell(self, field, record):
        stars = getattr(record, field.name)
        if not stars:
            return ""
        words = _("%(stars)s of %(most)s") % {"stars": stars, "most": MOST_RATING}
        return html('<span role="img" aria-label="{}">{}</span>', words, render_stars(stars))


CUSTOM_FIELD_TYPES: dict[str, Any] = {
    CustomField.Type.TEXT: Text(),
    CustomField.Type.LONG_TEXT: LongText(),
    CustomField.Type.NUMBER: Number(),
    CustomField.Type.MONEY: Money(),
    CustomField.Type.DATE: Day(),
    CustomField.Type.MOMENT: Moment(),
    CustomField.Type.YES_NO: YesNo(),
    CustomField.Type.CHOICE: Choice(),
    CustomField.Type.CHOICES: Choices(),
    CustomField.Type.RATING: Rating(),
    CustomField.Type.EMAIL: Email(),
    CustomField.Type.PHONE: Phone(),
    CustomField.Type.URL: Url(),
    CustomField.Type.USER: User(),
    CustomField.Type.LINK: Link(),
    CustomField.Type.FILE: File(),
}
