"""Sources: where leads come from, and what each source costs a month."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.history import tracked
from leads.models.status import HUES


class SourceQuerySet(models.QuerySet):
    def active(self):
        return self.filter(retired=False)

    def by_name(self):
        return self.order_by("name", "id")


class Source(models.Model):
    class Kind(models.TextChoices):
        WEBSITE = "website", _("website")
        REFERRAL = "referral", _("referral")
        PAID_ADS = "paid_ads", _("paid ads")
        COLD_CALL = "cold_call", _("cold call")
        EVENT = "event", _("event")
        PARTNER = "partner", _("partner")
        OTHER = "other", _("other")

    key = models.CharField(max_length=20, blank=True, editable=False)
    name = models.CharField(_("label"), max_length=60)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.OTHER)
    hue = models.PositiveSmallIntegerField(_("hue"), choices=HUES, default=200)
    retired = models.BooleanField(_("retired"), default=False, help_text=_("New leads cannot choose it any more."))
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        triggers = tracked("source")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return gettext(self.name) if self.key else self.name


class SourceCost(models.Model):
    """What a source cost in one month, in the base currency. `month` is its first day."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="costs")
    month = models.DateField(_("month"))
    amount = models.DecimalField(_("amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)])

    class Meta:
        ordering = ["-month"]
        constraints = [models.UniqueConstraint(fields=["source", "month"], name="cost_once")]

    @property
    def currency(self) -> str:
        return settings.BASE_CURRENCY
