"""Statuses of leads and stages of deals, each with a contract: what a record needs to enter it, and where it can go
from there."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.fields.color_palette import HUES
from crm.fields.model_fields import NamesField
from crm.platform.models.operation import Operation
from crm.platform.models.retirable import Retirable, RetirableQuerySet, build_name_guard
from crm.platform.models.undo_rules import Guard, UndoOutcome, UndoRules
from crm.platform.record_types import RECORD_TYPES
from crm.platform.sql.change_triggers import build_change_triggers
from crm.platform.sql.constraints import OnlyOne
from crm.records.listing.saved_view_replacement import restore_replaced_values
from leads.models.pipeline import KINDS_BY_PURPOSE, Pipeline
from leads.models.shipped_texts import SHIPPED_LABELS, translate_shipped_text


def join_field_labels(names: list[str]) -> str:
    """The history of a status doesn't say what its pipeline is for, so a name may be that of a field of leads or deals."""
    # What reads these tables needs the models, which are loaded with this one.
    from leads.statuses.reference_tables import get_field_label, has_field

    models = [RECORD_TYPES[kind].model for kind in KINDS_BY_PURPOSE.values()]
    found = ((name, next((model for model in models if has_field(name, model)), None)) for name in names)
    return ", ".join(get_field_label(name, model) if model else name for name, model in found)


class StatusQuerySet(RetirableQuerySet):
    def active(self):
        return self.filter(retired=False, pipeline__retired=False)

    def in_order(self):
        """With their pipelines, which the order reads anyway; those of leads first."""
        order = ("-pipeline__purpose", "pipeline__position", "pipeline_id", "position", "id")
        return self.select_related("pipeline").order_by(*order)

    def of_leads(self):
        return self.filter(pipeline__purpose=Pipeline.Purpose.LEADS)

    def of_deals(self):
        return self.filter(pipeline__purpose=Pipeline.Purpose.DEALS)

    def defaults_first(self):
        return self.order_by("-is_default", "position", "id")

    def of_pipeline(self, pipeline_id: Any):
        """By its ID, or by a query for it."""
        return self.filter(pipeline=pipeline_id)

    def reachable_from(self, status: "Status"):
        """The statuses of its pipeline that a record may move to from this one."""
        rows = self.of_pipeline(status.pipeline_id)
        return rows.filter(pk__in=status.next_statuses) if status.next_statuses else rows

    def of_kind(self, *kinds):
        return self.filter(kind__in=kinds)

    def group_by_pipeline(self) -> dict[int, list[Any]]:
        """The statuses that aren't retired, in order, by the id of their pipeline."""
        found: dict[int, list] = {}
        for status in self.filter(retired=False).in_order():
            found.setdefault(status.pipeline_id, []).append(status)
        return found

    def remove_undone_creations(self) -> list[int]:
        """A status that an undone operation created is retired, unless records are in it or new ones start in it.

        Those that were created with their pipeline follow it: a retired pipeline offers none of them.
        """
        created: list[Any] = list(self.select_related("pipeline"))
        older = set(
            self.model._default_manager.exclude(pk__in=[row.pk for row in created]).values_list(
                "pipeline", flat=True
            )
        )
        alone = self.filter(is_default=False, pipeline__in=older)
        for name in KINDS_BY_PURPOSE.values():
            # Records that the same undo moved to Trash don't count.
            records: Any = RECORD_TYPES[name].model._default_manager
            alone = alone.exclude(models.Exists(records.present().filter(status=models.OuterRef("pk"))))
        together = [row.pk for row in created if row.pipeline_id not in older and row.pipeline.retired]
        return [*alone.retire(), *together]


def _restore_saved_views(record: Operation, outcome: UndoOutcome) -> None:
    """Saved views that were rewritten together with a setting are reverted too."""
    restore_replaced_values(record)


# An undo restores the mark "for new leads" only if all affected rows of the pipeline are as the operation left them,
# and the row that would get the mark is active and open: otherwise two rows or none would have it. `u` are the fields
# to restore, `t` the row (crm/records/history/undo/reversal_sql.py).
DEFAULT_STAYS = """EXISTS (
    SELECT FROM u s JOIN leads_status g ON g.id = s.id
    WHERE g.pipeline_id = t.pipeline_id AND s.fields ? 'is_default'
      AND (g.is_default::text <> s.fields->'is_default'->>1
           OR s.fields->'is_default'->>0 = 'true'
              AND (g.retired OR g.kind IN ('won', 'lost', 'disqualified'))))"""
# The status for new leads stays active and open, unless the same undo removes the mark.
IS_DEFAULT = f"t.is_default AND (NOT u.fields ? 'is_default' OR {DEFAULT_STAYS})"


def join_status_labels(ids: list[int]) -> str:
    # What reads these tables needs the models, which are loaded with this one.
    from leads.statuses import reference_tables

    known = reference_tables.get_all_statuses()
    return ", ".join(known[pk].label if pk in known else gettext("retired") for pk in ids)


class Status(Retirable):
    """Behavior depends on `kind`, never on the label. `required_fields` must be filled before a lead enters."""

    table = "status"

    class Kind(models.TextChoices):
        NEW = "new", _("new")
        CONTACTED = "contacted", _("contacted")
        QUALIFIED = "qualified", _("qualified")
        PROPOSAL = "proposal", _("proposal")
        WON = "won", _("won")
        LOST = "lost", _("lost")
        DISQUALIFIED = "disqualified", _("disqualified")

    OPEN = (Kind.NEW, Kind.CONTACTED, Kind.QUALIFIED, Kind.PROPOSAL)
    NEEDS_REASON = (Kind.LOST, Kind.DISQUALIFIED)

    pipeline = models.ForeignKey(
        Pipeline, models.PROTECT, verbose_name=_("pipeline"), related_name="statuses"
    )
    key = models.CharField(max_length=20, blank=True, editable=False)
    name = models.CharField(_("label"), max_length=60)
    kind = models.CharField(
        _("category"),
        max_length=12,
        choices=Kind,
        default=Kind.CONTACTED,
        help_text=_("Defines how records in this status are treated. You can choose any label."),
    )
    hue = models.PositiveSmallIntegerField(_("color"), choices=HUES, default=250)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    probability = models.PositiveSmallIntegerField(
        _("probability"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("How likely deals in this stage are won, in percent."),
    )
    meaning = models.TextField(
        _("definition"),
        blank=True,
        help_text=_("Describe in one sentence when a record belongs in this status."),
    )
    required_fields = NamesField(
        models.CharField(max_length=40),
        verbose_name=_("required fields"),
        words=join_field_labels,
        default=list,
        blank=True,
    )
    # Ids in an array, so that history and undo treat them like any other field.
    next_statuses = NamesField(
        models.BigIntegerField(),
        verbose_name=_("allowed next statuses"),
        words=join_status_labels,
        default=list,
        blank=True,
        help_text=_("Where a lead can move from here. Select none to allow all."),
    )
    most_days = models.PositiveSmallIntegerField(
        _("time limit"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(3650)],
        help_text=_(
            "How many days a lead can stay before it counts as stuck, unless something is planned. Leave empty for no limit."
        ),
    )
    next_action_prompt = models.CharField(
        _("suggested next action"),
        max_length=200,
        blank=True,
        help_text=_("Suggested when a lead enters this status."),
    )
    is_default = models.BooleanField(
        _("default for new leads"),
        default=False,
        help_text=_(
            "New leads start in this status. Each pipeline has exactly one default status, "
            "which must be open and in use."
        ),
    )
    retired = models.BooleanField(
        _("retired"),
        default=False,
        help_text=_("Leads can’t move into a retired status. Leads already in it stay until they’re moved."),
    )

    undo = UndoRules(
        guards={
            "name": build_name_guard("leads_status", within="g.pipeline_id = t.pipeline_id"),
            "is_default": Guard("default_changed", DEFAULT_STAYS),
            "retired": Guard("is_default", f"({{old}} AND {IS_DEFAULT})"),
            "kind": Guard("is_default", f"({{old}} IN ('won', 'lost', 'disqualified') AND {IS_DEFAULT})"),
        },
        finish=_restore_saved_views,
    )

    objects = StatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        triggers = build_change_triggers("status")
        constraints = [
            models.UniqueConstraint("pipeline", Lower("name"), name="status_once"),
            OnlyOne(name="status_default_once", group="pipeline", condition=models.Q(is_default=True)),
            models.CheckConstraint(
                condition=models.Q(is_default=False)
                | models.Q(retired=False) & ~models.Q(kind__in=["won", "lost", "disqualified"]),
                name="status_default_is_open",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return gettext(self.name) if SHIPPED_LABELS.get(self.key) == self.name else self.name

    @property
    def meaning_said(self) -> str:
        return translate_shipped_text(self.meaning)

    @property
    def prompt(self) -> str:
        return translate_shipped_text(self.next_action_prompt)

    @property
    def is_open(self) -> bool:
        return self.kind in self.OPEN

    @property
    def needs_reason(self) -> bool:
        return self.kind in self.NEEDS_REASON

    def is_for(self, model: Any) -> bool:
        """Whether records of this model can have it: leads only statuses of pipelines for leads."""
        return KINDS_BY_PURPOSE[self.pipeline.purpose] == model.table

    def can_move_to(self, other: "Status") -> bool:
        """Whether a record may move from here to another status of the pipeline."""
        return not self.next_statuses or other.pk == self.pk or other.pk in self.next_statuses
