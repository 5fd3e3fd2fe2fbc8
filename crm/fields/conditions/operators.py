"""The operators of a condition on one field, such as `company.contains=steel` in a URL.

Each field type lists its own (FieldType.get_operators). The grammar is described in docs/filters.md.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import F, Field, Q, Value
from django.db.models.lookups import Contains, Exact, StartsWith
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.fields.conditions.condition_operator import Operator
from crm.fields.conditions.field_filters import build_folded_expression
from crm.fields.conditions.periods import (
    PERIODS,
    build_period_condition,
    describe_period,
    format_day_or_moment,
    get_period_days,
)
from crm.fields.conditions.ranges import DateRange, DayOrMoment, MomentRange, NumberRange
from crm.fields.types.field_type import get_field_type
from crm.templatetags.look import number

# Separates the field from the operator in a URL.
OPERATOR_SEPARATOR = "."
MAX_OPERAND_LENGTH = 200


def _build_text_field() -> forms.Field:
    return forms.CharField(max_length=MAX_OPERAND_LENGTH, required=False)


def _build_yes_field() -> forms.Field:
    return forms.ChoiceField(choices=[("yes", gettext_lazy("yes"))], required=False)


def _describe_contains(text: str) -> str:
    return _("contains “%(text)s”") % {"text": text}


def _build_folded_lookup(lookup: type) -> Callable[[Field, str], Q]:
    return lambda field, text: Q(
        lookup(build_folded_expression(F(field.name)), build_folded_expression(Value(text)))
    )


def _build_equality_condition(field: Field, text: str) -> Q:
    """Equal without capitals and marks. The key of a field, if it has one, is in an index, and so is a code itself."""
    key = get_field_type(field).get_key_column(field)
    if get_field_type(field).code:
        return Q(**{f"{field.name}__in": [text, text.upper(), text.lower()]})
    return (
        _build_folded_lookup(Exact)(field, text)
        if key is None
        else Q(**{key.name: key.build_key_expression(text)})
    )


def _build_starts_condition(field: Field, text: str) -> Q:
    key = get_field_type(field).get_key_column(field)
    if key is None or len(text) > key.max_length // 2:
        return _build_folded_lookup(StartsWith)(field, text)
    return Q(**{f"{key.name}__startswith": key.build_key_expression(text)})


def _build_emptiness_operator(*, filled: bool) -> Operator:
    def condition(field: Field, _value: str) -> Q:
        empty = get_field_type(field).build_empty_condition(field)
        return ~empty if filled else empty

    name, label = ("filled", gettext_lazy("isn’t empty")) if filled else ("empty", gettext_lazy("is empty"))
    return Operator(name, label, _build_yes_field, condition, lambda value: str(label), asks="nothing")


EMPTINESS_OPERATORS = (_build_emptiness_operator(filled=False), _build_emptiness_operator(filled=True))


def drop_needless_emptiness(field: Field, operators: tuple[Operator, ...]) -> tuple[Operator, ...]:
    """Without those that ask whether a field is empty, if it can't be."""
    return (
        operators
        if field.null
        else tuple(operator for operator in operators if operator not in EMPTINESS_OPERATORS)
    )


TEXT_OPERATORS = (
    Operator(
        "contains",
        gettext_lazy("contains"),
        _build_text_field,
        _build_folded_lookup(Contains),
        _describe_contains,
        searched=True,
    ),
    Operator(
        "is",
        pgettext_lazy("operator", "is"),
        _build_text_field,
        _build_equality_condition,
        lambda text: _("is “%(text)s”") % {"text": text},
        searched=True,
    ),
    Operator(
        "is_not",
        gettext_lazy("is not"),
        _build_text_field,
        lambda field, text: ~_build_equality_condition(field, text),
        lambda text: _("is not “%(text)s”") % {"text": text},
    ),
    Operator(
        "starts",
        gettext_lazy("starts with"),
        _build_text_field,
        _build_starts_condition,
        lambda text: _("starts with “%(text)s”") % {"text": text},
        searched=True,
    ),
    *EMPTINESS_OPERATORS,
)


def _build_digits_condition(lookup: str) -> Callable[[Field, str], Q]:
    """Compares the digits of a phone number, however it is written; without digits, nothing matches."""

    def condition(field: Field, text: str) -> Q:
        digits = "".join(filter(str.isdecimal, text)).lstrip("0")
        return (
            Q(**{f"{get_field_type(field).get_sort_column(field)}__{lookup}": digits})
            if digits
            else Q(pk__in=[])
        )

    return condition


PHONE = (
    Operator(
        "contains",
        gettext_lazy("contains"),
        _build_text_field,
        _build_digits_condition("contains"),
        _describe_contains,
    ),
    Operator(
        "ends",
        gettext_lazy("ends with"),
        _build_text_field,
        _build_digits_condition("endswith"),
        lambda text: _("ends with “%(text)s”") % {"text": text},
    ),
    *EMPTINESS_OPERATORS,
)


def _build_amount_field() -> forms.Field:
    return forms.DecimalField(required=False, max_digits=24, decimal_places=6)


def _build_number_operator(name: str, label: Any, lookup: str, words: Callable[[Any], str]) -> Operator:
    def condition(field: Field, value: Decimal) -> Q:
        return Q(**{f"{get_field_type(field).get_sort_column(field)}__{lookup}": value})

    return Operator(name, label, _build_amount_field, condition, words, asks="number")


def _build_range_condition(field: Field, ends: tuple[Decimal | None, Decimal | None]) -> Q:
    column, (first, last) = get_field_type(field).get_sort_column(field), ends
    least = Q() if first is None else Q(**{f"{column}__gte": first})
    return least if last is None else least & Q(**{f"{column}__lte": last})


NUMBER_OPERATORS = (
    Operator(
        "between",
        gettext_lazy("is between"),
        NumberRange,
        _build_range_condition,
        lambda ends: _describe_range(*(None if end is None else number(end) for end in ends)),
        asks="numbers",
    ),
    _build_number_operator(
        "is",
        pgettext_lazy("operator", "is"),
        "exact",
        lambda value: _("is %(value)s") % {"value": number(value)},
    ),
    _build_number_operator(
        "above",
        gettext_lazy("is above"),
        "gt",
        lambda value: _("is above %(value)s") % {"value": number(value)},
    ),
    _build_number_operator(
        "below",
        gettext_lazy("is below"),
        "lt",
        lambda value: _("is below %(value)s") % {"value": number(value)},
    ),
    *EMPTINESS_OPERATORS,
)


def _describe_range(first: str | None, last: str | None) -> str:
    if first and last:
        return _("is between %(first)s and %(last)s") % {"first": first, "last": last}
    if first:
        return _("is at least %(first)s") % {"first": first}
    return _("is at most %(last)s") % {"last": last}


def _build_days_condition(field: Field, first: date | None, last: date | None) -> Q:
    return build_period_condition(field.name, first, last, dates=field.get_internal_type() == "DateField")


def _build_day_field() -> forms.Field:
    return forms.DateField(required=False, input_formats=["%Y-%m-%d"])


def _build_one_day_operator(
    name: str,
    label: Any,
    including: Callable[[Field, date], Q],
    words: Callable[[str], str],
    lookup: str,
    value: Callable[[], forms.Field],
) -> Operator:
    """The days on one side of a day, without it. `lookup` compares with a point in time instead of a day."""

    def condition(field: Field, day: date) -> Q:
        if isinstance(day, datetime):
            return Q(**{f"{field.name}__{lookup}": day})
        return including(field, day) & ~_build_days_condition(field, day, day)

    return Operator(name, label, value, condition, lambda day: words(format_day_or_moment(day)), asks="day")


def _build_since_condition(field: Field, day: date) -> Q:
    if isinstance(day, datetime):
        return Q(**{f"{field.name}__gte": day})
    return _build_days_condition(field, day, None)


def _build_between_condition(field: Field, ends: tuple[date | None, date | None]) -> Q:
    """From a day or a point in time to another one, both included."""
    first, last = ends
    since = _build_since_condition(field, first) if first else Q()
    if isinstance(last, datetime):
        return since & Q(**{f"{field.name}__lte": last})
    return since & _build_days_condition(field, None, last)


def build_date_operators(periods: tuple[str, ...], *, moments: bool = False) -> tuple[Operator, ...]:
    """The operators of days, or of points in time (`moments`), which are also compared with a time. Days are those of the reader's time
    zone."""
    value = DayOrMoment if moments else _build_day_field
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
            MomentRange if moments else DateRange,
            _build_between_condition,
            lambda ends: describe_period(*ends),
            asks="days",
        ),
        _build_one_day_operator(
            "before",
            gettext_lazy("is before"),
            lambda field, day: _build_days_condition(field, None, day),
            lambda day: _("before %(day)s") % {"day": day},
            "lt",
            value,
        ),
        _build_one_day_operator(
            "after",
            gettext_lazy("is after"),
            lambda field, day: _build_days_condition(field, day, None),
            lambda day: _("after %(day)s") % {"day": day},
            "gt",
            value,
        ),
        Operator(
            "since",
            gettext_lazy("is on or after"),
            value,
            _build_since_condition,
            lambda day: _("since %(day)s") % {"day": format_day_or_moment(day)},
            asks="day",
        ),
        *EMPTINESS_OPERATORS,
    )
