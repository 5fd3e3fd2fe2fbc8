"""A stop word: forms that contain it are quarantined."""

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers


class Derived(models.DateField):
    """A day that the program notes, so the history doesn't record it."""

    derived = True

    def deconstruct(self):
        name, _path, arguments, keywords = super().deconstruct()
        return name, "django.db.models.DateField", arguments, keywords


class StopWordQuerySet(RemovableQuerySet):
    def by_text(self):
        return self.order_by(Lower("text"), "id")


class StopWord(models.Model):
    table = "stop_word"
    undo = UndoRules()

    text = models.CharField(_("word"), max_length=100)
    last_hit = Derived(_("last found"), null=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = StopWordQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("stop word")
        verbose_name_plural = _("stop words")
        triggers = build_change_triggers("stop_word")
        constraints = [models.UniqueConstraint(Lower("text"), name="stop_word_once")]

    def __str__(self) -> str:
        return self.text

    @property
    def label(self) -> str:
        return self.text
