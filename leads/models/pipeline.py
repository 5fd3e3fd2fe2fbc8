"""Pipelines: named and ordered sets of statuses."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from crm.fields.columns import NamesField
from crm.models.retirable import Retirable, RetirableQuerySet, name_taken
from crm.records.history import tracked

SHIPPED_PIPELINE = gettext_noop("Sales")


def department_names(ids: list[int]) -> str:
    from accounts.models import Department

    names = dict(Department.objects.values_list("pk", "name"))
    return ", ".join(names.get(pk, gettext("retired")) for pk in ids)


class PipelineQuerySet(RetirableQuerySet):
    def in_order(self):
        return self.order_by("position", "id")

    def for_department(self, department):
        """The department's first choice, else the first pipeline."""
        chosen = None
        if department:
            chosen = self.active().filter(departments__contains=[department.pk]).in_order().first()
        return chosen or self.active().in_order().first()

    def take_back_created(self) -> list[int]:
        """A pipeline that an undone operation created is retired, unless leads are in it or it is the only one."""
        from leads.models.lead import Lead

        used = Lead.objects.filter(status__pipeline=models.OuterRef("pk"))
        others = Pipeline.objects.active().exclude(pk=models.OuterRef("pk"))
        return self.filter(~models.Exists(used), models.Exists(others)).retire()


class Pipeline(Retirable):
    """A named, ordered set of statuses. If there is only one, pipelines aren't shown."""

    table = "pipeline"

    name = models.CharField(_("name"), max_length=60)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # Department ids in an array, so that history and undo treat them like any other field.
    departments = NamesField(
        models.BigIntegerField(),
        verbose_name=_("default for"),
        words=department_names,
        default=list,
        blank=True,
        help_text=_("New leads in these departments start in this pipeline."),
    )

    undo_guards = {
        "name": name_taken("leads_pipeline"),
        "retired": (
            "last_pipeline",
            "({old} AND NOT EXISTS (SELECT FROM leads_pipeline g WHERE NOT g.retired AND g.id <> t.id))",
        ),
    }

    objects = PipelineQuerySet.as_manager()

    class Meta:
        verbose_name = _("pipeline")
        verbose_name_plural = _("pipelines")
        triggers = tracked("pipeline")
        constraints = [models.UniqueConstraint(Lower("name"), name="pipeline_once")]

    def __str__(self) -> str:
        return gettext(self.name) if self.name == SHIPPED_PIPELINE else self.name

    @property
    def label(self) -> str:
        return str(self)
