"""Exchange rates in use: base-currency values follow a changed rate, and leads without a rate are listed.

The new values are written without a version, a change or a timestamp, because no user changed the leads
(crm/platform/sql/change_triggers.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from crm.models import Job
from crm.platform.configuration.company import get_company_currency
from crm.platform.jobs import register_job_kind, start_job
from crm.platform.sql.chunks import split_into_chunks
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead, Rate
from leads.models.pipeline import KINDS_BY_PURPOSE


@dataclass(frozen=True)
class Currency:
    """A currency with its rates, latest first. The base currency has none that can be changed."""

    code: str
    rates: list[Rate]
    is_base: bool


@dataclass(frozen=True)
class MissingRate:
    """Leads whose value isn't counted: there is no rate for the day on which they were added."""

    code: str
    leads: int
    first_rate: date | None


def get_currencies_with_rates() -> list[Currency]:
    """The base currency, then all others that have rates."""
    found: dict[str, list[Rate]] = {get_company_currency(): []}
    for rate in Rate.objects.newest_first():
        found.setdefault(rate.currency, []).append(rate)
    return [Currency(code, rates, code == get_company_currency()) for code, rates in found.items()]


def get_missing_rates(user) -> list[MissingRate]:
    """By currency, the visible leads outside Trash that have a value but no rate."""
    rows = Lead.objects.present().visible_to(user).filter(value__isnull=False, base_value=None).order_by()
    numbers = rows.values_list("currency").annotate(number=Count("pk")).order_by("-number", "currency")
    first = dict(Rate.objects.order_by().values_list("currency").annotate(first=Min("day")))
    return [MissingRate(code, number, first.get(code)) for code, number in numbers]


def start_recompute_job(currency: str, user) -> Job | None:
    """Start the job if leads or deals have values in this currency."""
    found = [
        model.objects.filter(currency=currency, value__isnull=False) for model in _get_models_with_values()
    ]
    number = sum(rows.count() for rows in found)
    return start_job("exchange_rate", user, {"currency": currency}, total=number) if number else None


# The tables with amounts are named by the code.
DIFFERING = """
    SELECT id FROM {}
    WHERE currency = %s AND value IS NOT NULL
      AND base_value IS DISTINCT FROM leadwell_base_value(value, currency, created_at) ORDER BY id
"""
LOCK = "SELECT id FROM {} WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
FOLLOW = (
    "UPDATE {} SET base_value = leadwell_base_value(value, currency, created_at) WHERE id = ANY(%s::bigint[])"
)


def recompute_base_values(currency: str, progress: Callable[[int, int], None] | None = None) -> int:
    """Update the base values of all leads and deals in a currency that differ from the current rates. Returns how many."""
    tables = [model._meta.db_table for model in _get_models_with_values()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        differing: list[tuple[str, list[int]]] = []
        for table in tables:
            cursor.execute(DIFFERING.format(table), [currency])
            differing.append((table, [pk for (pk,) in cursor.fetchall()]))
        total, done = sum(len(ids) for _table, ids in differing), 0
        for table, ids in differing:
            for chunk in split_into_chunks(ids):
                cursor.execute(LOCK.format(table), [chunk])
                cursor.execute(FOLLOW.format(table), [chunk])
                done += len(chunk)
                if progress:
                    progress(done, total)
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")
    return total


def _get_models_with_values() -> list[Any]:
    return [KINDS[name].model for name in KINDS_BY_PURPOSE.values()]


def _describe_job(arguments: dict) -> str:
    return _("Update of values in %(currency)s to the new rate") % {"currency": arguments.get("currency", "")}


@register_job_kind("exchange_rate", _describe_job)
def run_exchange_rate_job(job: Job, progress) -> None:
    recompute_base_values(job.arguments["currency"], progress)
