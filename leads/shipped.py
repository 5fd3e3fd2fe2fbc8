"""The contents of a new database: a pipeline with its statuses, sources, lost reasons, the base currency."""

from datetime import date

from django.conf import settings

from crm.models import Operation
from crm.records.change import operation
from leads.models import LostReason, Pipeline, Rate, Source, Status
from leads.models.lost_reason import SHIPPED as REASONS
from leads.models.shipped import LABELS, MEANINGS, PROMPTS

# key and kind, hue, maximum days; their texts are in leads/models/shipped.py
STATUSES = [
    ("new", 250, 3),
    ("contacted", 200, 14),
    ("qualified", 160, 14),
    ("proposal", 300, 21),
    ("won", 140, None),
    ("lost", 20, None),
    ("disqualified", 60, None),
]
SOURCES = [
    ("website", "Website", 200),
    ("referral", "Referral", 150),
    ("paid_ads", "Paid ads", 330),
    ("cold_call", "Cold call", 260),
    ("event", "Event", 40),
    ("partner", "Partner", 100),
    ("other", "Other", 280),
]


def install(**_signal) -> None:
    """Create it once, as an operation of the system."""
    if not Rate.objects.filter(currency=settings.BASE_CURRENCY, day=date.min).exists():
        # Another base currency applies from now on; leads/checks.py has checked that the old one isn't used.
        Rate.objects.filter(day=date.min).delete()
        Rate.objects.create(currency=settings.BASE_CURRENCY, day=date.min, rate=1)
    if Pipeline.objects.exists():
        return
    with operation("install", by=None, channel=Operation.Channel.SYSTEM):
        sales = Pipeline.objects.create(name="Sales")
        Status.objects.bulk_create(
            Status(
                pipeline=sales,
                key=key,
                name=LABELS[key],
                kind=key,
                hue=hue,
                most_days=days,
                next_action_prompt=PROMPTS.get(key, ""),
                meaning=MEANINGS[key],
                position=place,
                is_default=key == "new",
            )
            for place, (key, hue, days) in enumerate(STATUSES)
        )
        Source.objects.bulk_create(
            Source(key=key, name=name, kind=key, hue=hue) for key, name, hue in SOURCES
        )
        LostReason.objects.bulk_create(
            LostReason(key=key, name=name, position=place)
            for place, (key, name) in enumerate(REASONS.items())
        )
