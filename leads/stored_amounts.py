"""The amounts of leads and of their settings: while there are any, the base currency is fixed."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from crm.platform.configuration.base_currency import StoredAmounts
from leads.models import Lead, Rate, SourceCost

STORED_AMOUNTS = (
    StoredAmounts(_("leads with a value"), lambda: Lead.objects.exclude(value=None)),
    StoredAmounts(_("costs of sources"), SourceCost.objects.all),
    StoredAmounts(_("exchange rates"), lambda: Rate.objects.exclude(day=date.min)),
)
