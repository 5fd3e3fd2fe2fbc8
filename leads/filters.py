"""The filters of the lead list that don't follow from a field type."""

from collections.abc import Callable

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from crm.fields.conditions.age_conditions import Age
from crm.fields.conditions.field_filters import (
    NONE,
    AnyOf,
    Flag,
    YesNoFilter,
    build_ids_condition,
    build_people_condition,
    get_people_choices,
)
from crm.fields.conditions.periods import PAST_PERIODS, Period
from crm.fields.custom.definitions.built_in_fields import label
from crm.records.listing.filters import FilterSet
from crm.transfer.imports.import_filter import OfImport
from leads import fields
from leads.contact_due.deadlines import ContactState, build_states_condition
from leads.models import Lead, Newsletter, Status
from leads.statuses import reference_tables
from leads.stuck.stuck_leads import build_stuck_condition


def _get_status_choices(user):
    several = reference_tables.has_several_pipelines()
    for status in reference_tables.get_statuses().values():
        yield str(status.pk), f"{status.pipeline}: {status.label}" if several else status.label


def _get_pipeline_choices(user):
    return [(str(row.pk), str(row)) for row in reference_tables.get_pipelines().values()]


def _build_status_condition(holds: Callable[[Status], bool]) -> Q:
    return Q(status__in=[pk for pk, status in reference_tables.get_statuses().items() if holds(status)])


def _get_colleague_choices(user):
    return [choice for choice in get_people_choices(user) if choice[0] != NONE]


def _build_newsletter_condition(values: list[str], user) -> Q:
    state = Newsletter.objects.filter(lead=OuterRef("pk"))
    stored = [value for value in values if value != Newsletter.State.NONE]
    condition = Q(Exists(state.filter(state__in=stored)))
    return condition | ~Q(Exists(state)) if Newsletter.State.NONE in values else condition


class PipelineFilter(AnyOf):
    """With only one pipeline in use, pipelines aren't shown."""

    def is_offered_to(self, user, model):
        return reference_tables.has_several_pipelines()


# What conditions compare and no column has, by name.
COMPUTED = {"time_in_status": Age("time_in_status", "status_since", _("time in status"))}


class LeadFilter(FilterSet):
    by_age = ("owner", "status", "source", "country")

    status = AnyOf(
        label=label("lead", "status", _("status")),
        choices=_get_status_choices,
        condition=build_ids_condition("status"),
    )
    kind = AnyOf(
        label=_("category"),
        choices=lambda user: Status.Kind.choices,
        condition=lambda values, user: _build_status_condition(lambda status: status.kind in values),
        known=Status.Kind.values,
    )
    disqualified = YesNoFilter(
        label=_("disqualified"),
        condition=lambda: _build_status_condition(lambda status: status.kind == Status.Kind.DISQUALIFIED),
    )
    newsletter = AnyOf(
        label=_("newsletter"),
        choices=lambda user: Newsletter.State.choices,
        condition=_build_newsletter_condition,
        known=Newsletter.State.values,
    )
    created = Period(label=label("lead", "created_at", _("added")), column="created_at", periods=PAST_PERIODS)
    contacted = Period(
        label=label("lead", "last_contacted_at", _("last contacted")),
        column="last_contacted_at",
        periods=[*PAST_PERIODS, "none"],
    )
    first_contact = AnyOf(
        label=_("first contact"),
        choices=lambda user: ContactState.choices,
        condition=lambda values, user: build_states_condition(values),
        known=ContactState.values,
    )
    next_action = Period(
        label=label("lead", "next_action", _("next action")),
        column="next_action_on",
        periods=["overdue", "today", "next7", "later", "none"],
        dates=True,
    )
    over_limit = YesNoFilter(label=_("stuck"), condition=build_stuck_condition)
    created_by = AnyOf(
        label=_("added by"), choices=_get_colleague_choices, condition=build_people_condition("created_by")
    )
    no_email = Flag(label=_("without email"), condition=lambda: Q(email="", second_email=""))
    no_phone = Flag(label=_("without phone"), condition=lambda: Q(phone="", mobile=""))
    imported = OfImport(label=_("import"))
    pipeline = PipelineFilter(
        label=_("pipeline"),
        choices=_get_pipeline_choices,
        condition=lambda values, user: _build_status_condition(
            lambda status: str(status.pipeline_id) in values
        ),
    )

    class Meta:
        model = Lead
        fields = fields.FILTER
