"""Exchange rates by date: they convert a lead's value to the base currency."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from crm.platform.configuration.company import get_company_currency
from crm.platform.configuration.currencies import CURRENCIES
from crm.platform.web.request_cache import read_cached


class RateQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("currency", "-day")

    def changeable(self):
        """All but the base currency's, which is always 1."""
        return self.exclude(currency=get_company_currency())

    def get_available_currencies(self, currency: str) -> list[str]:
        """The available codes: the usual ones, those with a rate, and the one already chosen."""
        rated = read_cached("currencies with a rate", lambda: list(self.values_list("currency", flat=True)))
        known = {*CURRENCIES, *rated, get_company_currency(), currency}
        return sorted(known - {""})


class Rate(models.Model):
    """What one unit of `currency` was worth in the base currency from `day` on, until the next rate."""

    currency = models.CharField(_("currency"), max_length=3)
    day = models.DateField(_("valid from"))
    rate = models.DecimalField(
        _("rate"),
        max_digits=18,
        decimal_places=8,
        validators=[MinValueValidator(Decimal("0.00000001"))],
        help_text=_("The value of one unit in the base currency."),
    )

    objects = RateQuerySet.as_manager()

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [models.UniqueConstraint(fields=["currency", "day"], name="rate_once")]

    @property
    def shown(self) -> str:
        """0.86100000 as 0.861."""
        return formats.number_format(self.rate.normalize())
