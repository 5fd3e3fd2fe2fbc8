"""Pipelines: named and ordered sets of statuses, each for leads or for deals."""

from typing import Any

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from crm.fields.model_fields import NamesField
from crm.platform.models.retirable import Retirable, RetirableQuerySet, build_name_guard
from crm.platform.models.undo_rules import Guard, UndoRules
from crm.platform.sql.change_triggers import build_change_triggers
from crm.records.kinds.kind_registry import KINDS, Kind

# The shipped pipelines by purpose. They pass through gettext until an administrator renames them.
SHIPPED_PIPELINES = {"leads": gettext_noop("Sales"), "deals": gettext_noop("Deals")}
# The record type whose records are in the pipelines of each purpose. The app above registers deals.
KINDS_BY_PURPOSE = {"leads": "lead", "deals": "deal"}


def join_department_names(ids: list[int]) -> str:
    names = dict(Department.objects.values_list("pk", "name"))
    return ", ".join(names.get(pk, gettext("retired")) for pk in ids)


class PipelineQuerySet(RetirableQuerySet):
    def in_order(self):
        """Those of leads first."""
        return self.order_by("-purpose", "position", "id")

    def of_leads(self):
        return self.filter(purpose=Pipeline.Purpose.LEADS)

    def of_deals(self):
        return self.filter(purpose=Pipeline.Purpose.DEALS)

    def for_same_records_as(self, pipeline: "Pipeline"):
        """Those for the same records."""
        return self.filter(purpose=pipeline.purpose)

    def get_for_department(self, department, purpose: str = "leads"):
        """The department's first choice for leads or for deals, else the first pipeline of this purpose."""
        return self.for_department_first(department.pk if department else None, purpose).first()

    def for_department_first(self, department: int | None, purpose: str):
        """Those of a purpose, the department's own ones first."""
        found = self.active().filter(purpose=purpose).in_order()
        if department is None:
            return found
        own = models.Case(models.When(departments__contains=[department], then=0), default=1)
        return found.order_by(own, "position", "id")

    def remove_undone_creations(self) -> list[int]:
        """A pipeline that an undone operation created is retired, unless records are in it or it is the only one of its
        purpose."""
        others = Pipeline.objects.active().exclude(pk=models.OuterRef("pk"))
        unused = self.filter(models.Exists(others.filter(purpose=models.OuterRef("purpose"))))
        for name in KINDS_BY_PURPOSE.values():
            records: Any = KINDS[name].model._default_manager
            unused = unused.exclude(models.Exists(records.filter(status__pipeline=models.OuterRef("pk"))))
        return unused.retire()


class Pipeline(Retirable):
    """A named, ordered set of statuses. If there is only one of a purpose, lists and forms don't show pipelines."""

    table = "pipeline"

    class Purpose(models.TextChoices):
        LEADS = "leads", _("leads")
        DEALS = "deals", _("deals")

    name = models.CharField(_("name"), max_length=60)
    purpose = models.CharField(
        _("purpose"),
        max_length=8,
        choices=Purpose,
        default=Purpose.LEADS,
        db_default=Purpose.LEADS,
        help_text=_("What moves through this pipeline. You can’t change it later."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # Department ids in an array, so that history and undo treat them like any other field.
    departments = NamesField(
        models.BigIntegerField(),
        verbose_name=_("default for"),
        words=join_department_names,
        default=list,
        blank=True,
        help_text=_("New leads or deals in these departments start in this pipeline."),
    )

    undo = UndoRules(
        guards={
            "name": build_name_guard("leads_pipeline"),
            "retired": Guard(
                "last_pipeline",
                "({old} AND NOT EXISTS (SELECT FROM leads_pipeline g"
                " WHERE NOT g.retired AND g.id <> t.id AND g.purpose = t.purpose))",
            ),
        }
    )

    objects = PipelineQuerySet.as_manager()

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        triggers = build_change_triggers("pipeline")
        constraints = [models.UniqueConstraint(Lower("name"), name="pipeline_once")]

    def __str__(self) -> str:
        return gettext(self.name) if self.name == SHIPPED_PIPELINES[self.purpose] else self.name

    @property
    def label(self) -> str:
        return str(self)

    @property
    def kind(self) -> Kind:
        """The record type of its records."""
        return KINDS[KINDS_BY_PURPOSE[self.purpose]]

    @property
    def is_for_deals(self) -> bool:
        return self.purpose == self.Purpose.DEALS
