"""Sources: where leads come from, and what each source costs per month."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from accounts.models.department import CONTACT_LIMITS
from crm.fields.color_palette import HUES
from crm.fields.model_fields import MinutesField
from crm.platform.configuration.company import get_company_currency
from crm.platform.models.removable import RemovableQuerySet
from crm.platform.models.retirable import Placed, PlacedQuerySet, build_name_guard
from crm.platform.models.undo_rules import UndoRules
from crm.platform.sql.change_triggers import build_change_triggers

# The shipped labels by key. They pass through gettext until an administrator renames them.
SHIPPED = {
    "website": gettext_noop("Website"),
    "referral": gettext_noop("Referral"),
    "paid_ads": gettext_noop("Paid ads"),
    "cold_call": gettext_noop("Cold call"),
    "event": gettext_noop("Event"),
    "partner": gettext_noop("Partner"),
    "other": gettext_noop("Other"),
}


class SourceQuerySet(PlacedQuerySet):
    def get_shipped(self, key: str):
        """The shipped source with that key, or None."""
        return self.filter(key=key).first()

    def of_kind(self, kind: str):
        return self.filter(kind=kind).order_by("id")

    def by_name(self):
        return self.order_by("name", "id")

    def remove_undone_creations(self) -> list[int]:
        """A source that an undone operation created is retired, unless leads outside Trash have it."""
        # A lead refers to its source, so its model is loaded after this one.
        from leads.models.lead import Lead

        used = Lead.objects.present().filter(source=models.OuterRef("pk"))
        return self.filter(~models.Exists(used)).retire()


class Source(Placed):
    table = "source"

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
    kind = models.CharField(_("category"), max_length=10, choices=Kind, default=Kind.OTHER)
    hue = models.PositiveSmallIntegerField(_("color"), choices=HUES, default=200)
    contact_within = MinutesField(
        _("first contact within"),
        null=True,
        blank=True,
        validators=CONTACT_LIMITS,
        help_text=_(
            "The working time in which a new lead must be contacted, such as 30 min or 4 h. "
            "Leave empty to use the department’s limit."
        ),
    )
    retired = models.BooleanField(
        _("retired"), default=False, help_text=_("A retired source can’t be chosen anymore.")
    )

    undo = UndoRules(guards={"name": build_name_guard("leads_source")})

    objects = SourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source")
        verbose_name_plural = _("sources")
        triggers = build_change_triggers("source")
        constraints = [models.UniqueConstraint(Lower("name"), name="source_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return gettext(self.name) if SHIPPED.get(self.key) == self.name else self.name


class SourceCostQuerySet(RemovableQuerySet):
    def newest_first(self):
        return self.order_by("-month")


class SourceCost(models.Model):
    """What a source cost in one month, in the base currency. `month` is its first day."""

    undo = UndoRules()

    source = models.ForeignKey(Source, models.CASCADE, related_name="costs")
    month = models.DateField(_("month"))
    amount = models.DecimalField(
        _("amount"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SourceCostQuerySet.as_manager()

    class Meta:
        verbose_name = _("source cost")
        verbose_name_plural = _("source costs")
        ordering = ["-month"]
        triggers = build_change_triggers("source_cost")
        constraints = [models.UniqueConstraint(fields=["source", "month"], name="cost_once")]

    @property
    def currency(self) -> str:
        return get_company_currency()
