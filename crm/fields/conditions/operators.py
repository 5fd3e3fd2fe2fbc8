"""The operators of a condition on one field, such as `company.contains=steel` in a URL.

Each field type lists its own (FieldType.operators). The grammar is described in docs/filters.md.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import F, Field, Q, Value
from django.db.models.lookups import Contains, Exact, StartsWith
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.fields.conditions.condition_operator import Operator
from crm.fields.conditions.field_filters import build_folded_expression
from crm.fields.conditions.periods import PERIODS, build_period_condition, describe_period, get_period_days
from crm.fields.conditions.ranges import DateRange, NumberRange
from crm.fields.types.field_type import get_field_type
from crm.templatetags.look import number

# Separates the field from the operator in a URL.
OPERATOR_SEPARATOR = "."
LONGEST = 200


def _text() -> forms.Field:
    return forms.CharField(max_length=LONGEST, required=False)


def _yes() -> forms.Field:
    return forms.ChoiceField(choices=[("yes", gettext_lazy("yes"))], required=False)


def _contains(text: str) -> str:
    return _("contains “%(text)s”") % {"text": text}


def _build_folded_lookup(lookup: type) -> Callable[[Field, str], Q]:
    return lambda field, text: Q(
        lookup(build_folded_expression(F(field.name)), build_folded_expression(Value(text)))
    )


def _same(field: Field, text: str) -> Q:
    """Equal without capitals and marks. The key of a field, if it has one, is in an index, and so is a code itself."""
    key = get_field_type(field).key(field)
    if get_field_type(field).code:
        return Q(**{f"{field.name}__in": [text, text.upper(), text.lower()]})
    return _build_folded_lookup(Exact)(field, text) if key is None else Q(**{key.name: key.of_text(text)})


def _build_starts_condition(field: Field, text: str) -> Q:
    key = get_field_type(field).key(field)
    if key is None or len(text) > key.max_length // 2:
        return _build_folded_lookup(StartsWith)(field, text)
    return Q(**{f"{key.name}__startswith": key.of_text(text)})


def _emptiness(*, filled: bool) -> Operator:
    def condition(field: Field, _value: str) -> Q:
        empty = get_field_type(field).empty(field)
        return ~empty if filled else empty

    name, label = ("filled", gettext_lazy("isn’t empty")) if filled else ("empty", gettext_lazy("is empty"))
    return Operator(name, label, _yes, condition, lambda value: str(label), asks="nothing")


EMPTINESS = (_emptiness(filled=False), _emptiness(filled=True))


def unless_always_filled(field: Field, operators: tuple[Operator, ...]) -> tuple[Operator, ...]:
    """Without those that ask whether a field is empty, if it can't be."""
    return operators if field.null else tuple(operator for operator in operators if operator not in EMPTINESS)


TEXT = (
    Operator(
        "contains",
        gettext_lazy("contains"),
        _text,
        _build_folded_lookup(Contains),
        _contains,
        searched=True,
    ),
    Operator(
        "is",
        pgettext_lazy("operator", "is"),
        _text,
        _same,
        lambda text: _("is “%(text)s”") % {"text": text},
        searched=True,
    ),
    Operator(
        "is_not",
        gettext_lazy("is not"),
        _text,
        lambda field, text: ~_same(field, text),
        lambda text: _("is not “%(text)s”") % {"text": text},
    ),
    Operator(
        "starts",
        gettext_lazy("starts with"),
        _text,
        _build_starts_condition,
        lambda text: _("starts with “%(text)s”") % {"text": text},
        searched=True,
    ),
    *EMPTINESS,
)


def _build_digits_condition(lookup: str) -> Callable[[Field, str], Q]:
    """Compares the digits of a phone number, however it is written; without digits, nothing matches."""

    def condition(field: Field, text: str) -> Q:
        digits = "".join(filter(str.isdecimal, text)).lstrip("0")
        return Q(**{f"{get_field_type(field).column(field)}__{lookup}": digits}) if digits else Q(pk__in=[])

    return condition


PHONE = (
    Operator(
        "contains",
        gettext_lazy("contains"),
        _text,
        _build_digits_condition("contains"),
        _contains,
    ),
    Operator(
        "ends",
        gettext_lazy("ends with"),
        _text,
        _build_digits_condition("endswith"),
        lambda text: _("ends with “%(text)s”") % {"text": text},
    ),
    *EMPTINESS,
)


def _amount() -> forms.Field:
    return forms.DecimalField(required=False, max_digits=24, decimal_places=6)


def _number(name: str, label: Any, lookup: str, words: Callable[[Any], str]) -> Operator:
    def condition(field: Field, value: Decimal) -> Q:
        return Q(**{f"{get_field_type(field).column(field)}__{lookup}": value})

    return Operator(name, label, _amount, condition, words, asks="number")


def _between_numbers(field: Field, ends: tuple[Decimal | None, Decimal | None]) -> Q:
    column, (first, last) = get_field_type(field).column(field), ends
    least = Q() if first is None else Q(**{f"{column}__gte": first})
    return least if last is None else least & Q(**{f"{column}__lte": last})


NUMBER = (
    Operator(
        "between",
        gettext_lazy("is between"),
        NumberRange,
        _between_numbers,
        lambda ends: _range_in_words(*(None if end is None else number(end) for end in ends)),
        asks="numbers",
    ),
    _number(
        "is",
        pgettext_lazy("operator", "is"),
        "exact",
        lambda value: _("is %(value)s") % {"value": number(value)},
    ),
    _number(
        "above",
        gettext_lazy("is above"),
        "gt",
        lambda value: _("is above %(value)s") % {"value": number(value)},
    ),
    _number(
        "below",
        gettext_lazy("is below"),
        "lt",
        lambda value: _("is below %(value)s") % {"value": number(value)},
    ),
    *EMPTINESS,
)


def _range_in_words(first: str | None, last: str | None) -> str:
    if first and last:
        return _("is between %(first)s and %(last)s") % {"first": first, "last": last}
    if first:
        return _("is at least %(first)s") % {"first": first}
    return _("is at most %(last)s") % {"last": last}


def _build_days_condition(field: Field, first: date | None, last: date | None) -> Q:
    return build_period_condition(field.name, first, last, dates=field.get_internal_type() == "DateField")


def _day() -> forms.Field:
    return forms.DateField(required=False, input_formats=["%Y-%m-%d"])


def _one_day(
    name: str, label: Any, including: Callable[[Field, date], Q], words: Callable[[str], str]
) -> Operator:
    """The days on one side of a day, without it."""

    def condition(field: Field, day: date) -> Q:
        return including(field, day) & ~_build_days_condition(field, day, day)

    return Operator(
        name, label, _day, condition, lambda day: words(formats.date_format(day, "j F Y")), asks="day"
    )


def build_date_operators(periods: tuple[str, ...]) -> tuple[Operator, ...]:
    """The operators of days and points in time; days are those of the reader's time zone."""
    choices = [(name, PERIODS[name]) for name in periods if name != "none"]
    return (
        Operator(
            "in",
            pgettext_lazy("operator", "is in the period"),
            lambda: forms.ChoiceField(choices=choices, required=False),
            lambda field, period: _build_days_condition(field, *get_period_days(period)),
            lambda period: str(PERIODS[period]),
            asks="period",
        ),
        Operator(
            "between",
            gettext_lazy("is between"),
            DateRange,
            lambda field, ends: _build_days_condition(field, *ends),
            lambda ends: describe_period(*ends),
            asks="days",
        ),
        _one_day(
            "before",
            gettext_lazy("is before"),
            lambda field, day: _build_days_condition(field, None, day),
            lambda day: _("before %(day)s") % {"day": day},
        ),
        _one_day(
            "after",
            gettext_lazy("is after"),
            lambda field, day: _build_days_condition(field, day, None),
            lambda day: _("after %(day)s") % {"day": day},
        ),
        Operator(
            "since",
            gettext_lazy("is on or after"),
            _day,
            lambda field, day: _build_days_condition(field, day, None),
            lambda day: _("since %(day)s") % {"day": formats.date_format(day, "j F Y")},
            asks="day",
        ),
        *EMPTINESS,
    )
