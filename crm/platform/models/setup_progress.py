"""Which steps of the first hour an administrator has skipped or confirmed, and whether the checklist is hidden."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.singleton import OneRow
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers


class SetupProgress(OneRow):
    """One row, once someone has skipped or confirmed a step or hidden the checklist. Whether a step is done is never stored: the data
    say it (crm/platform/web/start_page/setup_steps.py), unless what was shipped suits as it is, which only a user can say."""

    table: ClassVar[str] = "setup_progress"
    undo = UndoRules()

    skipped = ArrayField(
        models.CharField(max_length=20), verbose_name=_("skipped steps"), default=list, db_default=[]
    )
    confirmed = ArrayField(
        models.CharField(max_length=20), verbose_name=_("confirmed steps"), default=list, db_default=[]
    )
    hidden = models.BooleanField(_("hidden"), default=False, db_default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RemovableQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        verbose_name = _("setup")
        verbose_name_plural = _("setup")
        triggers = build_change_triggers("setup_progress")

    @classmethod
    def get_right(cls, action: str) -> str:
        return "crm.change_companysettings"
