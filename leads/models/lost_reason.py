"""Why a lead was lost or disqualified."""

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.history import tracked

SHIPPED = {
    "competitor": _("Chose a competitor"),
    "budget": _("No budget"),
    "no_answer": _("No answer"),
    "timing": _("Not now"),
    "no_fit": _("Does not fit"),
    "duplicate": _("Duplicate"),
    "not_stated": _("Not stated (API)"),
}


class LostReasonQuerySet(models.QuerySet):
    def active(self):
        return self.filter(retired=False)

    def for_people(self):
        """What a person may choose: the reason that the APIs give is not among them."""
        return self.active().exclude(key="not_stated")

    def in_order(self):
        return self.order_by("position", "id")


class LostReason(models.Model):
    key = models.CharField(max_length=20, blank=True)
    name = models.CharField(_("reason"), max_length=100)
    position = models.PositiveSmallIntegerField(default=0)
    retired = models.BooleanField(_("retired"), default=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = LostReasonQuerySet.as_manager()

    class Meta:
        verbose_name = _("lost reason")
        verbose_name_plural = _("lost reasons")
        triggers = tracked("lost_reason")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return gettext(self.name) if self.key else self.name
