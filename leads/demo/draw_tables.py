"""What the demo's draws pick from: tags, exchange rates, and each country's names in a temporary table."""

from datetime import date, timedelta

from django.db import connection
from django.utils import timezone

from crm.models import Operation, Tag
from crm.platform.configuration.company import get_company_currency
from crm.platform.text.text_folding import fold_text
from crm.records.history.verb_execution import operation
from leads.demo import sample_names
from leads.models import Rate, Source

# How soon new leads from these sources have to be contacted.
CONTACT_WITHIN = {"website": 4 * 60, "paid_ads": 2 * 60}


def prepare_draw_tables() -> None:
    """Tags, limits, exchange rates and the tables of names that the draws pick from."""
    if not Tag.objects.exists():
        with operation("install", by=None, channel=Operation.Channel.SYSTEM):
            Tag.objects.bulk_create(Tag(name=name) for name in sample_names.TAGS.split("|"))
            for key, minutes in CONTACT_WITHIN.items():
                Source.objects.filter(key=key).update(contact_within=minutes)
    if not Rate.objects.filter(currency="RON").exists() and get_company_currency() == "EUR":
        half_a_year_ago = timezone.localdate() - timedelta(days=180)
        for currency, rates in {"RON": ("0.2012", "0.1975"), "USD": ("0.9270", "0.8610")}.items():
            Rate.objects.create(currency=currency, day=date(2020, 1, 1), rate=rates[0])
            Rate.objects.create(currency=currency, day=half_a_year_ago, rate=rates[1])
    rows: list[list] = []
    for code, (weight, first, last, cities, language, calling, endings) in sample_names.COUNTRIES.items():
        names = [first.split(), last.split()]
        # As they stand in addresses: folded once for each name and not once for each lead.
        in_addresses = [[fold_text(name).replace("'", "") for name in some] for some in names]
        rows += [[code, *names, *in_addresses, cities.split(), language, calling, endings.split()]] * weight
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS demo_country")
        cursor.execute(
            "CREATE TEMPORARY TABLE demo_country (place int, code text, first text[], last text[], first_plain text[], "
            "last_plain text[], cities text[], language text, calling text, endings text[])"
        )
        with cursor.copy("COPY demo_country FROM STDIN") as copy:
            for place, row in enumerate(rows):
                copy.write_row([place, *row])
