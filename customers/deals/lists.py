"""The list of deals: what doesn't follow from a field type."""

from collections.abc import Callable

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from crm.fields.conditions.age_conditions import Age
from crm.fields.conditions.field_filters import AnyOf, YesNoFilter, build_ids_condition
from crm.fields.conditions.periods import PAST_PERIODS, Period
from crm.fields.custom.definitions.built_in_fields import label
from crm.fields.sort_segments import ColumnSort
from crm.platform.web.rendering.html_building import escape_value, html, join_html
from crm.records.listing.filters import FilterSet
from crm.records.paging.sorts import BY_AGE, Sorts
from crm.records.tables.record_table import RecordTable
from crm.records.tables.tables import Column, MomentColumn, RowHead
from crm.templatetags.look import chip, due_words, how_long, percent, short_date, when_due
from crm.transfer.imports.import_filter import OfImport
from customers.deals import fields
from customers.deals.board import build_overdue_condition
from customers.deals.probability_conditions import Likelihood
from customers.models import Deal
from leads.models import Pipeline, Status
from leads.statuses import reference_tables

DEALS = Pipeline.Purpose.DEALS
SORTS = Sorts(
    Deal,
    # Department and tags sort without their own index.
    [*fields.SORT, "department", "tags"],
    {"created_at": BY_AGE, "id": ColumnSort("id"), "time_in_status": ColumnSort("status_since")},
    turned={"time_in_status"},
)


def _get_stage_choices(user: User) -> list[tuple[str, str]]:
    several, rows = (
        reference_tables.has_several_pipelines(DEALS),
        reference_tables.get_statuses(DEALS).values(),
    )
    return [(str(row.pk), f"{row.pipeline}: {row.label}" if several else row.label) for row in rows]


def _build_stage_condition(holds: Callable[[Status], bool]) -> Q:
    return Q(status__in=[pk for pk, row in reference_tables.get_statuses(DEALS).items() if holds(row)])


class PipelineFilter(AnyOf):
    """With only one pipeline in use, pipelines aren't shown."""

    def is_offered_to(self, user, model):
        return reference_tables.has_several_pipelines(DEALS)


# What conditions compare and no column has, by name.
COMPUTED = {
    "time_in_status": Age("time_in_status", "status_since", _("time in stage")),
    "probability": Likelihood(label("deal", "probability", _("probability"))),
}


class DealFilter(FilterSet):
    by_age = ("owner", "status")

    status = AnyOf(
        label=label("deal", "status", _("stage")),
        choices=_get_stage_choices,
        condition=build_ids_condition("status"),
    )
    kind = AnyOf(
        label=_("category"),
        choices=lambda user: Status.Kind.choices,
        condition=lambda values, user: _build_stage_condition(lambda row: row.kind in values),
        known=Status.Kind.values,
    )
    close = Period(
        label=label("deal", "expected_close", _("expected close")),
        column="expected_close",
        periods=["overdue", "today", "next7", "later", "this_month", "none"],
        dates=True,
    )
    overdue = YesNoFilter(label=_("overdue"), condition=build_overdue_condition)
    imported = OfImport(label=_("import"))
    created = Period(label=label("deal", "created_at", _("added")), column="created_at", periods=PAST_PERIODS)
    closed = Period(
        label=label("deal", "closed_at", _("closed")), column="closed_at", periods=[*PAST_PERIODS, "none"]
    )
    pipeline = PipelineFilter(
        label=_("pipeline"),
        choices=lambda user: [
            (str(row.pk), str(row)) for row in reference_tables.get_pipelines(DEALS).values()
        ],
        condition=lambda values, user: _build_stage_condition(lambda row: str(row.pipeline_id) in values),
    )

    class Meta:
        model = Deal
        fields = fields.FILTER


class DealTable(RecordTable):
    name = RowHead()
    time_in_status = Column(verbose_name=_("time in stage"), spot="since")
    expected_close = Column(spot="next")
    created_at = MomentColumn(spot="added")
    id = Column(verbose_name=_("number"), end=True, priority=3)
    # Only the Trash list has it.
    deleted_at = MomentColumn(verbose_name=_("in Trash since"))

    class Meta:
        model = Deal
        fields = fields.LIST

    priorities = {"company": 1, "status": 1, "value": 1, "owner": 2, "probability": 2}
    hints = {"value": _("sorted by the amount in the base currency")}
    inline_words = {
        "status": _("%(value)s: change the stage of %(record)s"),
        "owner": _("%(value)s: assign %(record)s"),
        "expected_close": _("Expected close of %(record)s"),
        "value": _("Amount of %(record)s"),
    }

    def __init__(self, *arguments, **keywords) -> None:
        self.now = timezone.now()
        self.plan = html('<span class="soft adds">{}</span>', _now("Plan…"))
        super().__init__(*arguments, **keywords)

    def render_status(self, record):
        return self.once("status", record.status_id, draw=lambda: chip(record.status))

    def render_time_in_status(self, record):
        passed = (self.now - record.status_since).days
        return self.once("days", passed, draw=lambda: how_long(record.status_since))

    def render_probability(self, record):
        """Its own, or that of its stage, which is not as dark."""
        if record.probability is not None:
            return percent(record.probability)
        return html('<span class="soft">{}</span>', percent(record.likelihood))

    def render_expected_close(self, record):
        day = record.expected_close
        if not day:
            return self.plan if record.status.is_open else ""
        if not record.status.is_open:
            return self.once(
                "closed", day, draw=lambda: html('<span class="soft">{}</span>', short_date(day))
            )
        due = self.once("day", day, draw=lambda: escape_value(due_words(day)))
        # All of it is HTML already.
        return join_html([f"<span class=due data-when={when_due(day)}><small>{due}</small></span>"])
