"""The filters of fields, based on django-filter: several values and "not", relative periods, and their text."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Func, Q, TextField, Value
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.records.names import labels_of

Choices = Iterable[tuple[str, Any]]
PAST = ["today", "yesterday", "last7", "last30", "last90", "this_month", "last_month", "this_year"]
NOT = "_not"
FROM, TO = "_from", "_to"
# Filter values that aren't ids: records without one, and the reader's own.
NONE, ME = "none", "me"


def ids(column: str) -> Callable[[list[str], Any], Q]:
    """The condition of an AnyOf whose values are ids."""
    return lambda values, user: Q(**{f"{column}__in": [int(value) for value in values]})


def people_of(user) -> Choices:
    """The user, "unassigned", and the colleagues that the user can see."""
    yield ME, gettext_lazy("me")
    yield NONE, gettext_lazy("Unassigned")
    for pk, name in labels_of(get_user_model(), user).items():
        yield str(pk), name


def of_people(column: str) -> Callable[[list[str], Any], Q]:
    def condition(values: list[str], user) -> Q:
        chosen = [user.pk if value == ME else int(value) for value in values if value != NONE]
        condition = Q(**{f"{column}__in": chosen})
        return condition | Q(**{column: None}) if NONE in values else condition

    return condition


def parameters_of(name: str) -> list[str]:
    """The URL parameters of a filter."""
    return [name, f"{name}{NOT}", f"{name}{FROM}", f"{name}{TO}"]


class AnyOf(django_filters.MultipleChoiceFilter):
    """Rows whose field has one of the chosen values; with `<name>_not=on`, all others.

    `condition` turns the cleaned values into a Q. The values come from `choices`, a function of the request's user,
    so that only values they may see can be used. `known` are the values if they are the same for everyone.
    """

    def __init__(
        self,
        *,
        label,
        choices: Callable[[Any], Choices],
        condition: Callable[[list[str], Any], Q],
        known: Iterable[str] = (),
    ) -> None:
        self.choices_for, self.condition, self.known = choices, condition, list(known)
        super().__init__(label=label, choices=[], distinct=False, required=False)

    @property
    def field(self):
        if not hasattr(self, "_field"):
            self.extra["choices"] = list(self.choices_for(self.parent.user))
        return super().field

    def filter(self, qs, value):
        if not value:
            return qs
        condition = self.condition(list(value), self.parent.user)
        return qs.filter(~condition if self.negated else condition)

    @property
    def negated(self) -> bool:
        return self.parent.data.get(f"{self.name}{NOT}") == "on"

    def words(self, value: list[str]) -> str:
        labels = dict(self.form_field.choices)
        names = [str(labels.get(item, item)) for item in value]
        text = _(" or ").join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
        return _("not %(names)s") % {"names": text} if self.negated else text

    @property
    def form_field(self):
        return self.parent.form.fields[self.name]

    @property
    def name(self) -> str:
        return next(name for name, other in self.parent.filters.items() if other is self)

    @property
    def parameters(self) -> list[str]:
        return [self.name, f"{self.name}{NOT}"]


class YesNoFilter(django_filters.ChoiceFilter):
    """Yes, no or any."""

    def __init__(self, *, label, condition: Callable[[], Q]) -> None:
        self.condition = condition
        super().__init__(
            label=label,
            choices=[("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
            empty_label=gettext_lazy("any"),
        )

    def filter(self, qs, value):
        if not value:
            return qs
        return qs.filter(self.condition() if value == "yes" else ~self.condition())

    def words(self, value: str) -> str:
        return _("yes") if value == "yes" else _("no")

    @property
    def parameters(self) -> list[str]:
        return [next(name for name, other in self.parent.filters.items() if other is self)]


def folded(text: Any) -> Func:
    """A text or column without capitals and marks, in a query."""
    return Func(text, function="leadwell_fold", output_field=TextField())


class Contains(django_filters.CharFilter):
    """Part of a text; `folded` columns are keys that ignore capitals and marks."""

    def __init__(self, *, label, column: str, folded: bool = False) -> None:
        self.column, self.folded = column, folded
        super().__init__(label=label, max_length=200, required=False)

    def filter(self, qs, value):
        if not value:
            return qs
        if self.folded:
            return qs.filter(**{f"{self.column}__contains": folded(Value(value))})
        return qs.filter(**{f"{self.column}__icontains": value})

    def words(self, value: str) -> str:
        return _("contains “%(text)s”") % {"text": value}

    @property
    def parameters(self) -> list[str]:
        return [next(name for name, other in self.parent.filters.items() if other is self)]


class Flag(django_filters.BooleanFilter):
    """A checkbox: on or not set."""

    def __init__(self, *, label, condition: Callable[[], Q]) -> None:
        self.condition = condition
        super().__init__(label=label, widget=forms.CheckboxInput)

    def filter(self, qs, value):
        return qs.filter(self.condition()) if value else qs

    def words(self, value: bool) -> str:
        return ""

    @property
    def parameters(self) -> list[str]:
        return [next(name for name, other in self.parent.filters.items() if other is self)]


def days(name: str) -> tuple[date | None, date | None]:
    """A relative period as its first and last day, in the reader's time zone."""
    today = timezone.localdate()
    first = today.replace(day=1)
    periods: dict[str, tuple[date | None, date | None]] = {
        "today": (today, today),
        "yesterday": (today - timedelta(1), today - timedelta(1)),
        "last7": (today - timedelta(6), today),
        "last30": (today - timedelta(29), today),
        "last90": (today - timedelta(89), today),
        "this_month": (first, today),
        "last_month": ((first - timedelta(1)).replace(day=1), first - timedelta(1)),
        "this_year": (today.replace(month=1, day=1), today),
        "overdue": (None, today - timedelta(1)),
        "next7": (today, today + timedelta(6)),
        "later": (today + timedelta(7), None),
    }
    return periods[name]


PERIODS = {
    "today": gettext_lazy("today"),
    "yesterday": gettext_lazy("yesterday"),
    "last7": gettext_lazy("last 7 days"),
    "last30": gettext_lazy("last 30 days"),
    "last90": gettext_lazy("last 90 days"),
    "this_month": gettext_lazy("this month"),
    "last_month": gettext_lazy("last month"),
    "this_year": gettext_lazy("this year"),
    "overdue": gettext_lazy("overdue"),
    "next7": gettext_lazy("next 7 days"),
    "later": gettext_lazy("later"),
    "none": gettext_lazy("none"),
}


class Period(django_filters.ChoiceFilter):
    """A relative period, or `between` with `<name>_from` and `<name>_to`, both included."""

    def __init__(self, *, label, column: str, periods: list[str], dates: bool = False) -> None:
        self.column, self.dates = column, dates
        choices = [(name, PERIODS[name]) for name in periods] + [("between", gettext_lazy("between"))]
        super().__init__(label=label, choices=choices, empty_label=gettext_lazy("any"))

    @property
    def name(self) -> str:
        return next(name for name, other in self.parent.filters.items() if other is self)

    @property
    def parameters(self) -> list[str]:
        return [self.name, f"{self.name}{FROM}", f"{self.name}{TO}"]

    def ends(self, value: str) -> tuple[date | None, date | None]:
        if value != "between":
            return days(value)
        read = forms.DateField(required=False)
        first, last = (read.clean(self.parent.data.get(f"{self.name}{end}", "")) for end in (FROM, TO))
        return first, last

    def filter(self, qs, value):
        try:
            return qs.filter(self.condition(value))
        except forms.ValidationError as error:
            self.parent.problems += error.messages
            return qs

    def condition(self, value: str) -> Q:
        """The condition for a period; an empty period matches everything. An unreadable date is a ValidationError."""
        if not value:
            return Q()
        if value == "none":
            return Q(**{f"{self.column}__isnull": True})
        return within(self.column, *self.ends(value), dates=self.dates)

    def words(self, value: str) -> str:
        if value != "between":
            return str(PERIODS[value])
        try:
            first, last = self.ends(value)
        except forms.ValidationError:
            return ""
        return in_words_of_period(first, last)


def in_words_of_period(first: date | None, last: date | None) -> str:
    if first and last:
        return _("%(first)s to %(last)s") % {"first": _day(first), "last": _day(last)}
    if first:
        return _("from %(first)s") % {"first": _day(first)}
    return _("until %(last)s") % {"last": _day(last)} if last else ""


def within(column: str, first: date | None, last: date | None, *, dates: bool) -> Q:
    """The days from first to last, both included, in the reader's time zone; None leaves an end open. `dates` says that
    the column has days, not points in time."""
    condition = Q()
    if first:
        condition &= Q(**{f"{column}__gte": first if dates else _midnight(first)})
    if last and dates:
        condition &= Q(**{f"{column}__lte": last})
    elif last and last < date.max:
        condition &= Q(**{f"{column}__lt": _midnight(last + timedelta(1))})
    return condition


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _day(day: date) -> str:
    return formats.date_format(day, "j F Y")
