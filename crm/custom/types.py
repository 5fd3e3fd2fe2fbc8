"""The types of custom fields: the field types of the product, with values that come from JSON instead of a column.

A custom field is a Django model field that belongs to no model: forms, files and filters use it like any other. Its name
and column are its key, such as "c12"; a list computes both from the values of the record (crm/custom/values.py).
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import Field, Func, Q, TextField, Value
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Coalesce, Left
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.excel import lookups, people, widgets
from crm.excel.widgets import text_of
from crm.fields import choices, dates, numbers, operators, texts
from crm.fields.columns import KEY_LENGTH
from crm.fields.filters import NONE, AnyOf, of_people, people_of
from crm.fields.type import FieldType
from crm.models.custom_field import CustomField
from crm.records.folding import plain
from crm.records.names import labels_of
from crm.records.segments import Parts
from crm.templatetags.look import money
from crm.web.markup import html

VALUES = "custom_values__values"
MOST_RATING = 5


def _text_of(field: Field) -> Any:
    return KeyTextTransform(field.name, VALUES)


def _cast(field: Field) -> dict[str, Any]:
    return {field.name: Cast(_text_of(field), _plain(field))}


def _plain(field: Field) -> Field:
    """A field of the same column type, without what belongs to a form."""
    if isinstance(field, models.DecimalField):
        return models.DecimalField(max_digits=field.max_digits, decimal_places=field.decimal_places)
    return type(field)()


def among_filled(field: Field, condition: Q) -> Q:
    """The condition, false for an empty value: so the filter for all other values finds empty ones too."""
    return condition & Q(**{f"{field.name}__isnull": False})


class Custom:
    """What a type adds for a value from JSON. None of them has an index of its own, so a sort collects."""

    def expressions(self, field: Field) -> dict[str, Any]:
        """What a query computes, by name: the value as the type of a column, and what it sorts by."""
        return _cast(field)

    def same(self, field: Field, value: Any) -> Q:
        """The records with this value."""
        return Q(**{field.name: value})

    def key(self, field: Field) -> Any:
        return None

    def index(self, field: Field, name: str) -> Any:
        return None

    def needed(self, field: Field) -> list[str]:
        return []

    def annotated(self, field: Field) -> dict[str, Any]:
        return {}

    def joined(self, field: Field) -> list[str]:
        return []

    def sort(self, field: Field) -> Any:
        found = super().sort(field)  # type: ignore[misc]
        return found and replace(found, prefixes=())


class OfText(Custom):
    """A text is never NULL, like the texts of a model."""

    def expressions(self, field):
        raw = Coalesce(_text_of(field), Value(""), output_field=TextField())
        folded = Func(raw, function="leadwell_fold", output_field=TextField())
        return {field.name: raw, f"{field.name}{texts.KEY}": Left(folded, KEY_LENGTH)}


class Text(OfText, texts.Text):
    def filter(self, field):
        return None


class LongText(OfText, texts.Prose):
    def cell(self, field, record):
        return (getattr(record, field.name) or "")[: texts.BEGINNING]

    def filter(self, field):
        return None


class Email(OfText, texts.Email):
    def filter(self, field):
        return None


class Phone(OfText, texts.Phone):
    """As typed; it is found by its digits."""

    sorted_by = texts.KEY

    def column(self, field):
        return f"{field.column}{texts.KEY}"

    def filter(self, field):
        return None

    def operators(self, field):
        return operators.TEXT


class Url(OfText, texts.Website):
    sorted_by = texts.KEY
    end = False

    def fact(self, field, record):
        address = getattr(record, field.name)
        return html('<a class="link" href="{}" rel="noopener noreferrer">{}</a>', address, address)

    def filter(self, field):
        return None


class Number(Custom, numbers.Number):
    def text(self, field, value, reader=None):
        if value in (None, ""):
            return ""
        return f"{super().text(field, Decimal(value))}{_unit(field.definition)}"


def _unit(definition: CustomField) -> str:
    if not definition.unit:
        return ""
    return definition.unit if definition.unit == "%" else f" {definition.unit}"


class Money(Custom, numbers.Number):
    first_down = True

    def text(self, field, value, reader=None):
        return "" if value in (None, "") else money(Decimal(value), field.definition.unit)


class Day(Custom, dates.Day):
    def filter(self, field):
        return None


class Moment(Custom, dates.Moment):
    def filter(self, field):
        return None


class YesNo(Custom, FieldType):
    """Yes, no, or not known."""

    width = 9
    few = True

    def text(self, field, value, reader=None):
        return "" if value in (None, "") else _("yes") if value else _("no")

    def cell(self, field, record):
        return self.text(field, getattr(record, field.name))

    def sort(self, field):
        yes, no = Q(**{field.name: True}), Q(**{field.name: False})
        return Parts((("yes", yes), ("no", no), ("none", Q(**{field.name: None}))), prefixes=())

    def filter(self, field):
        def condition(values, user):
            chosen = [value == "yes" for value in values if value != NONE]
            found = among_filled(field, Q(**{f"{field.name}__in": chosen}))
            return found | Q(**{field.name: None}) if NONE in values else found

        offered = [
            ("yes", gettext_lazy("yes")),
            ("no", gettext_lazy("no")),
            (NONE, pgettext_lazy("no value", "none")),
        ]
        return AnyOf(label=field.verbose_name, choices=lambda user: offered, condition=condition)

    def widget(self, field):
        return YesNoCell()


class YesNoCell(widgets.YesNoCell):
    """An empty cell means that it isn't known."""

    def word(self, value):
        return "" if value is None else super().word(value)

    def clean(self, value, row=None, **keywords):
        return super().clean(value) if text_of(value) else None


class Choice(OfText, choices.Choice):
    def cell(self, field, record):
        text = self.text(field, getattr(record, field.name))
        return html('<span class="chip">{}</span>', text) if text else ""


class Choices(Custom, FieldType):
    """Several choices: their keys, in the order of the definition."""

    width = 24
    few = False

    def expressions(self, field):
        return {field.name: KeyTransform(field.name, VALUES)}

    def same(self, field, value):
        return super().same(field, value) if value else self.empty(field)

    def empty(self, field):
        return Q(**{f"{field.name}__isnull": True})

    def value_of(self, field, recorded):
        return recorded

    def text(self, field, value, reader=None):
        labels = dict(field.definition_choices)
        return ", ".join(str(labels.get(key, key)) for key in value or [])

    def cell(self, field, record):
        labels = dict(field.definition_choices)
        return choices.chips([labels.get(key, key) for key in getattr(record, field.name) or []])

    def fact(self, field, record):
        return self.cell(field, record)

    def sort(self, field):
        return Parts((("filled", ~self.empty(field)), ("empty", self.empty(field))), prefixes=())

    def filter(self, field):
        def condition(values, user):
            chosen = [value for value in values if value != NONE]
            found = among_filled(field, Q(**{f"{field.name}__has_any_keys": chosen}))
            return found | self.empty(field) if NONE in values else found

        return AnyOf(
            label=field.verbose_name,
            choices=lambda user: [*field.definition_choices, (NONE, pgettext_lazy("no value", "none"))],
            condition=condition,
        )

    def widget(self, field):
        return ChoicesCell(field)


class ChoicesCell(lookups.ChoiceCell):
    """Labels separated by commas."""

    field: Any

    def prepare(self, user, *, day_first=True, decimal="."):
        super().prepare(user)
        for key, label in self.field.definition_choices:
            self.know(key, label, [key], offered=False)

    def label(self, keys):
        return ", ".join(lookups.quoted(self.labels.get(key, str(key))) for key in keys or [])

    def clean(self, value, row=None, **keywords):
        names = lookups.TagsCell.names(text_of(value))
        unknown = [name for name in names if plain(name) not in self.ids]
        if unknown:
            raise ValueError(self.unknown_words() % {"name": unknown[0]})
        found = {self.look_up(name) for name in names}
        return [key for key, _label in self.field.definition_choices if key in found] or None


class Rating(Custom, numbers.Number):
    """One to five stars."""

    few = True

    def cell(self, field, record):
        stars = getattr(record, field.name)
        if not stars:
            return ""
        words = _("%(stars)s of %(most)s") % {"stars": stars, "most": MOST_RATING}
        return html(
            '<span role="img" aria-label="{}">{}</span>', words, "★" * stars + "☆" * (MOST_RATING - stars)
        )


class User(Custom, FieldType):
    """A user, by ID."""

    width = 34
    few = True

    def value_of(self, field, recorded):
        return recorded

    def text(self, field, value, reader=None):
        if value in (None, ""):
            return ""
        return labels_of(get_user_model(), reader).get(int(value), _("another user"))

    def cell(self, field, record):
        return self.text(field, getattr(record, field.name))

    def sort(self, field):
        return None

    def filter(self, field):
        def condition(values, user):
            found = among_filled(
                field, of_people(field.name)([value for value in values if value != NONE], user)
            )
            return found | Q(**{field.name: None}) if NONE in values else found

        return AnyOf(label=field.verbose_name, choices=people_of, condition=condition)

    def widget(self, field):
        return people.PersonCell()


TYPES: dict[str, Any] = {
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
}
