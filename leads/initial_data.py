"""The contents of a new database: the pipelines of leads and of deals, sources, lost reasons, the base currency.

A database from before deals gets their pipeline too.
"""

from datetime import date
from typing import Any

from django.db.models import Max
from django.db.models.functions import Lower

from crm.models import Operation
from crm.platform.configuration.company import get_company_currency
from crm.records.history.verb_execution import operation
from leads.models import LostReason, Pipeline, Rate, Source, Status
from leads.models.lost_reason import SHIPPED as REASONS
from leads.models.pipeline import SHIPPED_PIPELINES
from leads.models.shipped_texts import SHIPPED_LABELS, SHIPPED_MEANINGS, SHIPPED_PROMPTS

# key and kind, hue, maximum days; their texts are in leads/models/shipped_texts.py
STATUSES = [
    ("new", 250, 3),
    ("contacted", 200, 14),
    ("qualified", 160, 14),
    ("proposal", 300, 21),
    ("won", 140, None),
    ("lost", 20, None),
    ("disqualified", 60, None),
]
# key, kind, hue, probability in percent
STAGES = [
    ("qualification", "qualified", 250, 10),
    ("deal_proposal", "proposal", 300, 40),
    ("negotiation", "proposal", 200, 70),
    ("deal_won", "won", 140, 100),
    ("deal_lost", "lost", 20, 0),
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


def install_initial_data(**_signal) -> None:
    """Create it once, as an operation of the system."""
    # leads/checks.py has checked that the old one isn't used.
    write_base_rate(get_company_currency())
    if not Pipeline.objects.exists():
        with operation("install", by=None, channel=Operation.Channel.SYSTEM):
            install_leads()
            install_deals()
    elif not Pipeline.objects.of_deals().exists():
        with operation("install", by=None, channel=Operation.Channel.SYSTEM):
            install_deals()


def write_base_rate(currency: str) -> None:
    """The base currency is worth 1 from the first day on, and no other one has a rate from then on."""
    if not Rate.objects.filter(currency=currency, day=date.min).exists():
        Rate.objects.filter(day=date.min).delete()
        Rate.objects.create(currency=currency, day=date.min, rate=1)


def install_leads() -> None:
    sales = Pipeline.objects.create(name=SHIPPED_PIPELINES["leads"])
    Status.objects.bulk_create(build_shipped_statuses(sales))
    Source.objects.bulk_create(build_shipped_sources())
    LostReason.objects.bulk_create(
        LostReason(key=key, name=name, position=place) for place, (key, name) in enumerate(REASONS.items())
    )


def build_shipped_statuses(sales: Pipeline | None) -> list[Status]:
    return [
        Status(
            pipeline=sales,
            key=key,
            name=SHIPPED_LABELS[key],
            kind=key,
            hue=hue,
            most_days=days,
            next_action_prompt=SHIPPED_PROMPTS.get(key, ""),
            meaning=SHIPPED_MEANINGS[key],
            position=place,
            is_default=key == "new",
        )
        for place, (key, hue, days) in enumerate(STATUSES)
    ]


def build_shipped_sources() -> list[Source]:
    return [Source(key=key, name=name, kind=key, hue=hue) for key, name, hue in SOURCES]


def install_deals() -> None:
    last = Pipeline.objects.aggregate(last=Max("position"))["last"] or 0
    deals = Pipeline.objects.create(name=find_free_name(), purpose=Pipeline.Purpose.DEALS, position=last + 1)
    Status.objects.bulk_create(build_shipped_stages(deals))


def build_shipped_stages(deals: Pipeline | None) -> list[Status]:
    return [
        Status(
            pipeline=deals,
            key=key,
            name=SHIPPED_LABELS[key],
            kind=kind,
            hue=hue,
            probability=probability,
            meaning=SHIPPED_MEANINGS[key],
            position=place,
            is_default=place == 0,
            required_fields=get_initial_required_fields(kind),
        )
        for place, (key, kind, hue, probability) in enumerate(STAGES)
    ]


def get_initial_required_fields(kind: str) -> list[str]:
    """What a new stage of deals requires: a deal isn't won without an amount, until an administrator allows it."""
    return ["value"] if kind == Status.Kind.WON else []


def is_as_shipped() -> bool:
    """Whether all statuses, stages and sources in use are those that were shipped, with their values."""
    shipped: list[Any] = [
        *build_shipped_statuses(None),
        *build_shipped_stages(None),
        *build_shipped_sources(),
    ]
    present: list[Any] = [*Status.objects.filter(retired=False), *Source.objects.filter(retired=False)]
    return sorted(map(_get_state, shipped)) == sorted(map(_get_state, present))


def _get_state(row: Any) -> str:
    """All of a row but which one it is, and how often it was changed."""
    left_out = {"id", "pipeline", "version"}
    return repr(
        [getattr(row, field.attname) for field in row._meta.concrete_fields if field.name not in left_out]
    )


def find_free_name() -> str:
    """ "Deals", or the first name after it that no pipeline has: names are unique."""
    name = SHIPPED_PIPELINES["deals"]
    taken = set(Pipeline.objects.values_list(Lower("name"), flat=True))
    names = [name, *(f"{name} {number}" for number in range(2, len(taken) + 3))]
    return next(one for one in names if one.lower() not in taken)
