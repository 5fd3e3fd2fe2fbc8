"""How the mailings of a department are signed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers


class SenderQuerySet(RemovableQuerySet):
    def of_department(self, department):
        return self.filter(department=department)


class Sender(models.Model):
    """A department without one sends as itself, without a signature."""

    table: ClassVar[str] = "sender"
    undo = UndoRules()

    department = models.OneToOneField(settings.DEPARTMENT_MODEL, models.PROTECT, related_name="+")
    name = models.CharField(
        _("sender name"), max_length=100, help_text=_("Recipients see it before the email address.")
    )
    signature = models.TextField(
        _("signature"),
        max_length=2_000,
        blank=True,
        default="",
        help_text=_("Shown below every mailing of the department. You can use Markdown."),
    )

    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SenderQuerySet.as_manager()

    class Meta:
        default_permissions = ("change",)
        verbose_name = _("sender")
        verbose_name_plural = _("senders")
        triggers = build_change_triggers("sender")

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        return self.name

    @classmethod
    def get_right(cls, action: str) -> str:
        return "mailings.change_sender"
