"""What Leadwell checks in a database before it starts: the base currency must match that of the stored values."""

from datetime import date

from django.core.checks import Error, Tags, register
from django.db import connections

from crm.platform.configuration.company import get_company_currency_before_migrations
from leads.models import Lead, Rate


@register(Tags.database)
def check_base_currency(app_configs=None, databases=None, **kwargs) -> list[Error]:
    if not databases or not _has_lead_table():
        return []
    currency = get_company_currency_before_migrations()
    base = Rate.objects.filter(day=date.min).exclude(currency=currency).values_list("currency", flat=True)
    former = base.first()
    if not former:
        return []
    values = Lead.objects.exclude(value=None).count()
    rates = Rate.objects.exclude(day=date.min).count()
    if not values and not rates:
        return []
    return [
        Error(
            f"LEADWELL_BASE_CURRENCY is invalid: the amounts in this database are in {former} "
            f"(leads with a value: {values:,}, exchange rates: {rates:,}). Set it to {former}.",
            id="leads.E001",
        )
    ]


def _has_lead_table() -> bool:
    """Before the first migration, there is nothing to check."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT to_regclass('leads_lead') IS NOT NULL AND to_regclass('leads_rate') IS NOT NULL"
        )
        return cursor.fetchone()[0]
