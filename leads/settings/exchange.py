"""Exchange rates in use: base-currency values follow a changed rate, and leads without a rate are listed.

The new values are written without a version, a change or a timestamp, because no user changed the leads
(crm/records/history.py).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from crm.jobs import job_kind, start
from crm.models import Job
from crm.records.chunks import in_chunks
from leads.models import Lead, Rate


@dataclass(frozen=True)
class Currency:
    """A currency with its rates, latest first. The base currency has none that can be changed."""

    code: str
    rates: list[Rate]
    is_base: bool


@dataclass(frozen=True)
class Missing:
    """Leads whose value isn't counted: there is no rate for the day on which they were added."""

    code: str
    leads: int
    first_rate: date | None


def currencies() -> list[Currency]:
    """The base currency, then all others that have rates."""
    found: dict[str, list[Rate]] = {settings.BASE_CURRENCY: []}
    for rate in Rate.objects.newest_first():
        found.setdefault(rate.currency, []).append(rate)
    return [Currency(code, rates, code == settings.BASE_CURRENCY) for code, rates in found.items()]


def missing(user) -> list[Missing]:
    """By currency, the visible leads outside Trash that have a value but no rate."""
    rows = Lead.objects.present().visible_to(user).filter(value__isnull=False, base_value=None).order_by()
    numbers = rows.values_list("currency").annotate(number=Count("pk")).order_by("-number", "currency")
    first = dict(Rate.objects.order_by().values_list("currency").annotate(first=Min("day")))
    return [Missing(code, number, first.get(code)) for code, number in numbers]


def recompute_later(currency: str, user) -> Job | None:
    """Start the job if leads have values in this currency."""
    number = Lead.objects.filter(currency=currency, value__isnull=False).count()
    return start("exchange_rate", user, {"currency": currency}, total=number) if number else None


DIFFERING = """
    SELECT id FROM leads_lead
    WHERE currency = %s AND value IS NOT NULL
      AND base_value IS DISTINCT FROM leadwell_base_value(value, currency, created_at) ORDER BY id
"""
LOCK = "SELECT id FROM leads_lead WHERE id = ANY(%s::bigint[]) ORDER BY id FOR NO KEY UPDATE"
FOLLOW = "UPDATE leads_lead SET base_value = leadwell_base_value(value, currency, created_at) WHERE id = ANY(%s::bigint[])"


def recompute(currency: str, progress: Callable[[int, int], None] | None = None) -> int:
    """Update the base values of all leads in a currency that differ from the current rates. Returns how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('leadwell.machine', 'on', true)")
        cursor.execute(DIFFERING, [currency])
        ids = [pk for (pk,) in cursor.fetchall()]
        done = 0
        for chunk in in_chunks(ids):
            cursor.execute(LOCK, [chunk])
            cursor.execute(FOLLOW, [chunk])
            done += len(chunk)
            if progress:
                progress(done, len(ids))
        cursor.execute("SELECT set_config('leadwell.machine', '', true)")
    return len(ids)


def _words(arguments: dict) -> str:
    return _("Update of values in %(currency)s to the new rate") % {"currency": arguments.get("currency", "")}


@job_kind("exchange_rate", _words)
def exchange_rate(job: Job, progress) -> None:
    recompute(job.arguments["currency"], progress)
