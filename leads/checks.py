"""What Leadwell checks in a database before it starts: the base currency must match that of the stored values."""

from datetime import date
from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections

from crm.platform.configuration.base_currency import AMOUNTS
from crm.platform.configuration.company import get_company_currency_before_migrations
from leads.models import Rate


@register(Tags.database)
def check_base_currency(app_configs=None, databases=None, **kwargs) -> list[Error]:
    if not databases or not _has_table(Rate):
        return []
    currency = get_company_currency_before_migrations()
    base = Rate.objects.filter(day=date.min).exclude(currency=currency).values_list("currency", flat=True)
    former = base.first()
    if not former:
        return []
    # A database of an earlier version may lack a table.
    known = [amounts for amounts in AMOUNTS if _has_table(amounts.rows().model)]
    found = [str(amounts.label) for amounts in known if amounts.rows().exists()]
    if not found:
        return []
    return [
        Error(
            f"LEADWELL_BASE_CURRENCY is invalid: the amounts in this database are in {former} "
            f"({', '.join(found)}). Set it to {former}.",
            id="leads.E001",
        )
    ]


def _has_table(model: Any) -> bool:
    """Before the first migration, there is nothing to check."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [model._meta.db_table])
        return cursor.fetchone()[0]
