"""The filters of the list, as django-filter has them; each turns chosen values into one condition on the lead."""

from collections.abc import Callable
from contextlib import suppress

from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from accounts.models import Department, User
from crm.filters import AnyOf, FilterSet, Flag, Period, YesNo
from leads import fields, names
from leads.models import Lead, Status
from leads.sorts import folded
from mailings.models import Newsletter

NOBODY, ME = "none", "me"
PAST = ["today", "yesterday", "last7", "last30", "last90", "this_month", "last_month", "this_year"]


def _statuses(user):
    several = names.several_pipelines()
    for status in names.statuses().values():
        yield str(status.pk), f"{status.pipeline}: {status.label}" if several else status.label


def _owners(user):
    yield ME, _("me")
    yield NOBODY, _("nobody")
    for owner in sorted(User.objects.visible_to(user), key=lambda owner: folded(owner.name)):
        yield str(owner.pk), owner.name


def _of_owners(values: list[str], user) -> Q:
    ids = [user.pk if value == ME else int(value) for value in values if value != NOBODY]
    condition = Q(owner__in=ids)
    return condition | Q(owner=None) if NOBODY in values else condition


def _departments(user):
    return [(str(row.pk), row.name) for row in Department.objects.visible_to(user).by_name()]


def _sources(user):
    sources = names.sources().values()
    return sorted(((str(row.pk), row.label) for row in sources), key=lambda pair: folded(pair[1]))


def _reasons(user):
    return [(str(row.pk), row.label) for row in names.reasons().values()]


def _tags(user):
    return [(str(pk), name) for pk, name in names.tags().items()]


def _pipelines(user):
    return [(str(row.pk), str(row)) for row in names.pipelines().values()]


def _countries(user):
    return [(NOBODY, _("none")), *((code, name) for code, name in countries)]


def _of_countries(values: list[str], user) -> Q:
    return Q(country__in=["" if value == NOBODY else value for value in values])


def _with_status(holds: Callable[[Status], bool]) -> Q:
    return Q(status__in=[pk for pk, status in names.statuses().items() if holds(status)])


def _with_newsletter(values: list[str], user) -> Q:
    state = Newsletter.objects.filter(lead=OuterRef("pk"))
    stored = [value for value in values if value != Newsletter.State.NONE]
    condition = Q(Exists(state.filter(state__in=stored)))
    return condition | ~Q(Exists(state)) if Newsletter.State.NONE in values else condition


def ids(column: str):
    return lambda values, user: Q(**{f"{column}__in": [int(value) for value in values]})


class LeadFilter(FilterSet):
    status = AnyOf(label=_("status"), choices=_statuses, condition=ids("status"))
    kind = AnyOf(
        label=_("kind of status"),
        choices=lambda user: Status.Kind.choices,
        condition=lambda values, user: _with_status(lambda status: status.kind in values),
    )
    disqualified = YesNo(
        label=_("disqualified"),
        condition=lambda: _with_status(lambda status: status.kind == Status.Kind.DISQUALIFIED),
    )
    owner = AnyOf(label=_("owner"), choices=_owners, condition=_of_owners)
    department = AnyOf(label=_("department"), choices=_departments, condition=ids("department"))
    source = AnyOf(label=_("source"), choices=_sources, condition=ids("source"))
    country = AnyOf(label=_("country"), choices=_countries, condition=_of_countries)
    newsletter = AnyOf(
        label=_("newsletter"), choices=lambda user: Newsletter.State.choices, condition=_with_newsletter
    )
    vip = YesNo(label=_("VIP"), condition=lambda: Q(vip=True))
    tags = AnyOf(
        label=_("tags"),
        choices=_tags,
        condition=lambda values, user: Q(tags__overlap=[int(value) for value in values]),
    )
    shared = YesNo(label=_("shared with everyone"), condition=lambda: Q(shared=True))
    created = Period(label=_("added"), column="created_at", periods=PAST)
    contacted = Period(label=_("last contacted"), column="last_contacted_at", periods=[*PAST, "none"])
    next_action = Period(
        label=_("next action"),
        column="next_action_on",
        periods=["overdue", "today", "next7", "later", "none"],
        dates=True,
    )
    no_email = Flag(label=_("without e-mail"), condition=lambda: Q(email="", second_email=""))
    no_phone = Flag(label=_("without phone"), condition=lambda: Q(phone="", mobile=""))
    lost_reason = AnyOf(label=_("lost reason"), choices=_reasons, condition=ids("lost_reason"))
    pipeline = AnyOf(
        label=_("pipeline"),
        choices=_pipelines,
        condition=lambda values, user: _with_status(lambda status: str(status.pipeline_id) in values),
    )

    class Meta:
        model = Lead
        fields: list[str] = []

    def one_value(self) -> tuple[str, object] | None:
        """The column and value of a filter that asks for one owner, status, source or country, if there is one."""
        for name in ("owner", "status", "source", "country"):
            chosen = self.chosen(name)
            if len(chosen) == 1 and chosen[0] != NOBODY:
                value = chosen[0]
                return name, self.user.pk if value == ME else value if name == "country" else int(value)
        return None

    def age(self) -> Q:
        """When the leads that it asks for were added."""
        for name, item, value in self.active:
            if name == "created":
                with suppress(forms.ValidationError):
                    return item.condition(value)
        return Q()

    def departments(self) -> list[int]:
        """The departments to which it narrows the set, if it does."""
        return [int(value) for value in self.chosen("department")]

    @classmethod
    def get_filters(cls):
        declared = super().get_filters()
        return {name: declared[name] for name in fields.FILTER}
