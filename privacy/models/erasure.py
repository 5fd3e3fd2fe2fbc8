"""The log of erasures: when, by whom, why, which records. It has no personal data, so that it can stay."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm.platform.record_types import RECORD_TYPES


class Erasure(models.Model):
    class Reason(models.TextChoices):
        REQUEST = "request", _("Erased by a user")
        RETENTION = "retention", _("Retention rule")
        RESTORED = "restored", _("Repeated after a restore")

    at = models.DateTimeField(_("date"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("user"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reason = models.CharField(
        _("reason"), max_length=10, choices=Reason, default=Reason.REQUEST, db_default=Reason.REQUEST
    )
    # {"lead": [ids], "contact": [ids]}: who they were can't be read from them.
    records = models.JSONField(_("records"), default=dict)
    # Keyed digests of the addresses and phones, to find them again in an older backup.
    digests = ArrayField(models.TextField(), verbose_name=_("digests"), default=list)
    # {"activities": 3}: how many rows were cleared, by what they are.
    cleared = models.JSONField(_("cleared"), default=dict)

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_person_data", "Can see all that is stored about a person"),
            ("erase_person", "Can erase a person"),
        ]
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def record_counts_text(self) -> str:
        """ "2 leads, 1 contact"."""
        return ", ".join(
            RECORD_TYPES[table].words.counted(len(ids)) for table, ids in self.records.items() if ids
        )

    @property
    def cleared_rows(self) -> int:
        return sum(self.cleared.values())
