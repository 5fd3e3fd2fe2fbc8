"""Conditions on the whole days since a point in time, such as the time in a status, as lists show it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import Field, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from crm.fields.conditions.condition_operator import Operator
from crm.fields.conditions.ranges import Range
from crm.fields.types.field_type import FieldType
from crm.templatetags.look import number

# A century: dates before it may be out of range.
MOST_DAYS = 36_525


def _build_days_field() -> forms.IntegerField:
    return forms.IntegerField(required=False, min_value=0, max_value=MOST_DAYS)


class DayCountRange(Range):
    end = _build_days_field()


def _build_age_condition(field: Any, least: int | None, most: int | None) -> Q:
    """From `least` to `most` whole days, both included; None is open."""
    # In whole minutes, so that the list isn't compiled for each request (crm/records/paging/compiled_statements.py).
    now, condition = timezone.now().replace(second=0, microsecond=0), Q()
    if least is not None:
        condition &= Q(**{f"{field.column}__lte": now - timedelta(days=least)})
    if most is not None:
        condition &= Q(**{f"{field.column}__gt": now - timedelta(days=most + 1)})
    return condition


def _describe_days(days: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": number(days)}


def _describe_age_range(ends: tuple[int | None, int | None]) -> str:
    first, last = ends
    if first is None:
        return _("is at most %(last)s") % {"last": _describe_days(last or 0)}
    if last is None:
        return _("is at least %(first)s") % {"first": _describe_days(first)}
    return _("is between %(first)s and %(last)s") % {"first": number(first), "last": _describe_days(last)}


def _build_operator(
    name: str, label: Any, condition: Callable[[Field, Any], Q], words: Callable[[str], str]
) -> Operator:
    return Operator(
        name, label, _build_days_field, condition, lambda days: words(_describe_days(days)), asks="number"
    )


OPERATORS = (
    _build_operator(
        "above",
        gettext_lazy("is more than"),
        lambda field, days: _build_age_condition(field, days + 1, None),
        lambda days: _("is more than %(days)s") % {"days": days},
    ),
    _build_operator(
        "below",
        gettext_lazy("is less than"),
        lambda field, days: _build_age_condition(field, None, days - 1),
        lambda days: _("is less than %(days)s") % {"days": days},
    ),
    Operator(
        "between",
        gettext_lazy("is between"),
        DayCountRange,
        lambda field, ends: _build_age_condition(field, *ends),
        _describe_age_range,
        asks="numbers",
    ),
    _build_operator(
        "is",
        pgettext_lazy("operator", "is"),
        lambda field, days: _build_age_condition(field, days, days),
        lambda days: _("is %(value)s") % {"value": days},
    ),
)


class DaysPassed(FieldType):
    def get_operators(self, field):
        return OPERATORS


DAYS_PASSED = DaysPassed()


@dataclass(frozen=True)
class Age:
    """The days since the time in `column`, which always has one; for conditions only."""

    name: str
    column: str
    verbose_name: Any
    null: bool = False
    type: FieldType = DAYS_PASSED
