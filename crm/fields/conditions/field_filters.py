"""The filters of fields, based on django-filter: several values and "not", yes or no, and their text."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Func, Q, TextField, Value
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm.platform.sql.reference_tables import get_labels_by_id
from crm.platform.web.request_cache import read_cached

Choices = Iterable[tuple[str, Any]]
NEGATION_SUFFIX = "_not"
FROM, TO = "_from", "_to"
# Filter values that aren't ids: records without one, the reader's own, and those of the reader's departments.
NONE, ME, TEAM = "none", "me", "team"


def get_empty_choice(field: Any) -> list[tuple[str, Any]]:
    """The choice of records without a value, if there can be any."""
    return [(NONE, pgettext_lazy("no value", "none"))] if field.blank else []


def build_ids_condition(column: str) -> Callable[[list[str], Any], Q]:
    """The condition of an AnyOf whose values are ids."""
    return lambda values, user: Q(**{f"{column}__in": [int(value) for value in values]})


def get_people_choices(user) -> Choices:
    """The user, "unassigned", the members of the user's departments, and the colleagues that the user can see."""
    yield ME, gettext_lazy("me")
    yield NONE, gettext_lazy("Unassigned")
    yield TEAM, gettext_lazy("my department")
    for pk, name in get_labels_by_id(get_user_model(), user).items():
        yield str(pk), name


def build_people_condition(column: str) -> Callable[[list[str], Any], Q]:
    def condition(values: list[str], user) -> Q:
        chosen = [user.pk if value == ME else int(value) for value in values if value not in (NONE, TEAM)]
        condition = Q(**{f"{column}__in": [*chosen, *(_get_team_ids(user) if TEAM in values else ())]})
        return condition | Q(**{column: None}) if NONE in values else condition

    return condition


def _get_team_ids(user) -> list[int]:
    """The members of the user's departments. As ids, because a walk along an index can't use a subquery, and in order, because the
    kept numbers of a report are found by its statement."""
    people: Any = get_user_model()._default_manager
    members = people.in_departments(user.department_ids)
    return read_cached(
        f"team of {user.pk}", lambda: list(members.order_by("pk").values_list("pk", flat=True))
    )


def get_filter_parameters(name: str) -> list[str]:
    """The URL parameters of a filter."""
    return [name, f"{name}{NEGATION_SUFFIX}", f"{name}{FROM}", f"{name}{TO}"]


class CombinableFilter(django_filters.Filter):
    """What all our filters can do: say in `matching` which rows a value means, so that filters can be alternatives."""

    # Set by links, such as that of a number, and by no form: it means what the reader of the link sees there, so no rule has it.
    only_in_links = False

    def build_condition(self, value: Any) -> Q:
        raise NotImplementedError

    def build_comparison_condition(self, value: Any) -> Q:
        """The same for a few records that are known already: compared with each, without looking anything up."""
        return self.build_condition(value)

    @property
    def finds_few_records(self) -> bool:
        """Whether it finds at most a few records, by an index."""
        return False

    def is_offered_to(self, user, model: Any) -> bool:
        """Whether forms offer this user to filter such records by it."""
        return not self.only_in_links

    def filter(self, qs, value):
        return qs.filter(self.build_condition(value)) if value else qs

    @property
    def name(self) -> str:
        return next(name for name, other in self.parent.filters.items() if other is self)

    @property
    def parameters(self) -> list[str]:
        """The URL parameters that it reads."""
        return [self.name]


class AnyOf(CombinableFilter, django_filters.MultipleChoiceFilter):
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
        super().__init__(label=label, choices=[])

    @property
    def field(self):
        if not hasattr(self, "_field"):
            self.extra["choices"] = list(self._iterate_choices())
        return super().field

    def _iterate_choices(self) -> Iterator[tuple[str, Any]]:
        """All of them for a form. A list only has to know those in its URL, so "me" doesn't read the names of colleagues."""
        missing = set(self.parent.data.getlist(self.name)) if self.parent.asked is None else None
        for value, label in self.choices_for(self.parent.user):
            yield value, label
            if missing is not None:
                missing.discard(value)
                if not missing:
                    return

    def build_condition(self, value):
        condition = self.condition(list(value), self.parent.user)
        return ~condition if self.negated else condition

    @property
    def negated(self) -> bool:
        return self.parent.data.get(f"{self.name}{NEGATION_SUFFIX}") == "on"

    def describe_value(self, value: list[str]) -> str:
        labels = dict(self.form_field.choices)
        names = [str(labels.get(item, item)) for item in value]
        text = _(" or ").join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
        return _("not %(names)s") % {"names": text} if self.negated else text

    @property
    def form_field(self):
        return self.parent.form.fields[self.name]

    @property
    def parameters(self):
        return [self.name, f"{self.name}{NEGATION_SUFFIX}"]


class YesNoFilter(CombinableFilter, django_filters.ChoiceFilter):
    """Yes, no or any."""

    def __init__(self, *, label, condition: Callable[[], Q]) -> None:
        self.condition = condition
        super().__init__(
            label=label,
            choices=[("yes", gettext_lazy("yes")), ("no", gettext_lazy("no"))],
            empty_label=gettext_lazy("any"),
        )

    def build_condition(self, value):
        return self.condition() if value == "yes" else ~self.condition()

    def describe_value(self, value: str) -> str:
        return _("yes") if value == "yes" else _("no")


def build_folded_expression(text: Any) -> Func:
    """A text or column without capitals and marks, in a query."""
    return Func(text, function="leadwell_fold", output_field=TextField())


class Contains(CombinableFilter, django_filters.CharFilter):
    """Part of a text; `folded` columns are keys that ignore capitals and marks."""

    def __init__(self, *, label, column: str, folded: bool = False) -> None:
        self.column, self.folded = column, folded
        super().__init__(label=label, max_length=200)

    def build_condition(self, value):
        if self.folded:
            return Q(**{f"{self.column}__contains": build_folded_expression(Value(value))})
        return Q(**{f"{self.column}__icontains": value})

    def describe_value(self, value: str) -> str:
        return _("contains “%(text)s”") % {"text": value}


class Flag(CombinableFilter, django_filters.BooleanFilter):
    """A checkbox: on or not set."""

    def __init__(self, *, label, condition: Callable[[], Q]) -> None:
        self.condition = condition
        super().__init__(label=label, widget=forms.CheckboxInput)

    def build_condition(self, value):
        return self.condition()

    def describe_value(self, value: bool) -> str:
        return ""
