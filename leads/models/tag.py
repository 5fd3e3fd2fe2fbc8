"""A tag: a free word on leads."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.history import tracked


class TagQuerySet(models.QuerySet):
    def active(self):
        return self.filter(retired=False)

    def by_name(self):
        return self.order_by(Lower("name"), "id")


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=60)
    retired = models.BooleanField(_("retired"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_once")]
        triggers = tracked("tag")

    def __str__(self) -> str:
        return self.name
