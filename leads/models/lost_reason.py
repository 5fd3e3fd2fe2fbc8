"""Why a lead was lost or disqualified, or a deal lost."""

from typing import Any

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from crm.platform.models.retirable import Retirable, RetirableQuerySet, build_name_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.record_types import RECORD_TYPES
from crm.platform.sql.change_triggers import build_change_triggers
from leads.models.pipeline import KINDS_BY_PURPOSE

# The shipped reasons by key. They pass through gettext until an administrator renames them.
SHIPPED = {
    "competitor": gettext_noop("Chose a competitor"),
    "budget": gettext_noop("No budget"),
    "no_answer": gettext_noop("No answer"),
    "timing": gettext_noop("Not now"),
    "no_fit": gettext_noop("Not a good fit"),
    "duplicate": gettext_noop("Duplicate"),
    "not_stated": gettext_noop("Not specified (API)"),
}


class LostReasonQuerySet(RetirableQuerySet):
    def for_people(self):
        """The reasons that users may choose: without the one that the APIs set."""
        return self.active().except_api()

    def except_api(self):
        """Without the one that the APIs set, also those that are retired."""
        return self.exclude(key="not_stated")

    def get_shipped(self, key: str):
        """The shipped reason with that key, or None."""
        return self.filter(key=key).first()

    def in_order(self):
        return self.order_by("position", "id")

    def remove_undone_creations(self) -> list[int]:
        """A reason that an undone operation created is retired, unless leads or deals were lost for it."""
        unused = self.all()
        for name in KINDS_BY_PURPOSE.values():
            records: Any = RECORD_TYPES[name].model._default_manager
            unused = unused.exclude(models.Exists(records.filter(lost_reason=models.OuterRef("pk"))))
        return unused.retire()


class LostReason(Retirable):
    table = "lost_reason"

    key = models.CharField(max_length=20, blank=True)
    name = models.CharField(_("reason"), max_length=100)
    position = models.PositiveSmallIntegerField(default=0)

    undo = UndoRules(guards={"name": build_name_guard("leads_lostreason")})

    objects = LostReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("lost reason")
        verbose_name_plural = _("lost reasons")
        triggers = build_change_triggers("lost_reason")
        constraints = [models.UniqueConstraint(Lower("name"), name="lost_reason_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return gettext(self.name) if SHIPPED.get(self.key) == self.name else self.name

    @property
    def given_by_api(self) -> bool:
        """The reason of leads that a program lost without giving one: always present, never available to users."""
        return self.key == "not_stated"
