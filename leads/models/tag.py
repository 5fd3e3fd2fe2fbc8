"""A tag: a free word on leads."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.history import tracked
from leads.models.status import name_taken, retired_of


class TagQuerySet(models.QuerySet):
    def active(self):
        return self.filter(retired=False)

    def by_name(self):
        return self.order_by(Lower("name"), "id")

    def named(self, name: str):
        return self.filter(name__iexact=name.strip())

    def take_back_created(self) -> list[int]:
        """A tag that an undone operation created is retired, unless leads have it that are not in the bin."""
        from leads.models.lead import Lead

        tagged = Lead.objects.present().filter(tags__contains=[models.OuterRef("pk")])
        return retired_of(self.filter(~models.Exists(tagged)))


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=60)
    retired = models.BooleanField(_("retired"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    undo_guards = {"name": name_taken("leads_tag")}

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_once")]
        triggers = tracked("tag")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name
