"""A tag: a label on records of any type with a column `tags`."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.platform.models.retirable import Placed, PlacedQuerySet, build_name_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.record_types import get_tagged_models
from crm.platform.sql.change_triggers import build_change_triggers


class TagQuerySet(PlacedQuerySet):
    def by_name(self):
        return self.order_by(Lower("name"), "id")

    def named(self, name: str):
        return self.filter(name__iexact=name.strip())

    def remove_undone_creations(self) -> list[int]:
        """A tag that an undone operation created is retired, unless records outside Trash have it."""
        unused = self
        for model in get_tagged_models():
            tagged = model.objects.present().filter(tags__contains=[models.OuterRef("pk")])
            unused = unused.filter(~models.Exists(tagged))
        return unused.retire()


class Tag(Placed):
    table = "tag"

    name = models.CharField(_("name"), max_length=60)

    undo = UndoRules(guards={"name": build_name_guard("crm_tag")})

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_once")]
        triggers = build_change_triggers("tag")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name
