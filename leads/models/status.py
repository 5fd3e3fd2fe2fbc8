"""Statuses: where a lead stands, as a contract; pipelines, their named and ordered sets; moves, what happened."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.history import tracked
from crm.models import Operation

HUES = [(step * 10, f"{step * 10}°") for step in range(36)]


class PipelineQuerySet(models.QuerySet):
    def active(self):
        return self.filter(retired=False)

    def in_order(self):
        return self.order_by("position", "id")


class Pipeline(models.Model):
    """A named, ordered set of statuses. With one of them nothing of pipelines shows."""

    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    departments = models.ManyToManyField(
        "accounts.Department",
        verbose_name=_("first choice of"),
        blank=True,
        related_name="pipelines",
        help_text=_("New leads of these departments start in this pipeline."),
    )
    retired = models.BooleanField(_("retired"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PipelineQuerySet.as_manager()

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        triggers = tracked("pipeline")

    def __str__(self) -> str:
        return gettext("Sales") if self.name == "Sales" else self.name


class StatusQuerySet(models.QuerySet):
    def active(self):
        return self.filter(retired=False)

    def in_order(self):
        return self.order_by("pipeline__position", "pipeline_id", "position", "id")

    def of_kind(self, *kinds):
        return self.filter(kind__in=kinds)


class Status(models.Model):
    """Behaviour hangs on `kind`, never on the label. `required_fields` must be filled before a lead enters."""

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

    pipeline = models.ForeignKey(Pipeline, models.PROTECT, verbose_name=_("pipeline"), related_name="statuses")
    key = models.CharField(max_length=20, blank=True, editable=False)
    name = models.CharField(_("label"), max_length=60)
    kind = models.CharField(
        _("kind"),
        max_length=12,
        choices=Kind,
        default=Kind.CONTACTED,
        help_text=_("What the product does with leads in this status; the label is free."),
    )
    hue = models.PositiveSmallIntegerField(_("hue"), choices=HUES, default=250)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    meaning = models.TextField(_("meaning"), blank=True, help_text=_("When a lead belongs here, in one sentence."))
    required_fields = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("must be filled to enter"),
        default=list,
        blank=True,
    )
    most_days = models.PositiveSmallIntegerField(
        _("at most"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(3650)],
        help_text=_("How many days a lead may stay before it counts as stuck."),
    )
    next_action_prompt = models.CharField(
        _("next action proposed"), max_length=200, blank=True, help_text=_("Proposed when a lead enters.")
    )
    is_default = models.BooleanField(_("for new leads"), default=False)
    retired = models.BooleanField(_("retired"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = StatusQuerySet.as_manager()

    class Meta:
        verbose_name = _("status")
        verbose_name_plural = _("statuses")
        triggers = tracked("status")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return gettext(self.name) if self.key else self.name

    @property
    def is_open(self) -> bool:
        return self.kind in self.OPEN

    @property
    def needs_reason(self) -> bool:
        return self.kind in self.NEEDS_REASON


class StatusMove(models.Model):
    """A stay of a lead in a status, kept by the triggers of the lead (leads/history.py) and by nothing else.

    `left` is empty while the lead is there; `undone` moves count nowhere.
    """

    lead = models.ForeignKey("leads.Lead", models.CASCADE, related_name="moves")
    from_status = models.ForeignKey(Status, models.PROTECT, null=True, related_name="+", db_index=False)
    to_status = models.ForeignKey(Status, models.PROTECT, related_name="+", db_index=False)
    entered = models.DateTimeField()
    left = models.DateTimeField(null=True)
    operation = models.ForeignKey(Operation, models.PROTECT, null=True, db_index=False, related_name="+")
    undone = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["to_status", "entered"], name="move_to_status"),  # reports: conversion, time in status
        ]
