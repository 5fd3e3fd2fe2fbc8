"""Deals as a subject of reports: the forecast of open deals, and what won deals brought."""

from datetime import datetime
from typing import Any

from django.db.models import Case, F, Func, Q, Sum, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from customers.deals.kind import DEAL
from customers.models import Deal
from leads.models import Status
from reports.engine.counted_leads import get_counted_leads
from reports.engine.measures import MeasurePart, build_count_measure, build_money_measure
from reports.engine.question import ReportQuestion
from reports.subjects.close_months import OVERDUE
from reports.subjects.subject import MeasuredSubject, Subject


def get_counted_deals(question: ReportQuestion, viewer: User) -> tuple[Any, datetime | None]:
    """With filters, those of the leads that these find."""
    found = Deal.objects.visible_to(viewer).present()
    if not viewer.has_perm(Deal.get_right("view")):
        return found.none(), None
    if not question.listing.is_narrowed:
        return found, None
    leads, as_of = get_counted_leads(question, viewer)
    return found.filter(lead__in=leads.values("lead")), as_of


def _build_close_dimension() -> Any:
    """The month of the expected close; one key for all open deals whose day has passed."""
    month = Func(F("expected_close"), Value("YYYY-MM"), function="to_char", output_field=TextField())
    overdue = When(OPEN, expected_close__lt=timezone.localdate(), then=Value(OVERDUE))
    return Case(overdue, default=month, output_field=TextField())


OPEN = Q(status__kind__in=Status.OPEN)
WON = Q(status__kind=Status.Kind.WON)
PRICED, LIKELY = Q(base_value__isnull=False), Q(likelihood__isnull=False)
WITHOUT_AMOUNT, WITHOUT_RATE = Q(value=None), Q(value__isnull=False, base_value=None)
SUBJECT = Subject(
    "deals",
    lambda question, viewer: _annotate_likelihood(*get_counted_deals(question, viewer)),
    own={
        "owner": F("owner"),
        "department": F("department"),
        "kind": F("status__kind"),
        "stage": F("status"),
        "currency": F("currency"),
        "lost_reason": F("lost_reason"),
        "close": _build_close_dimension,
    },
    kind=DEAL,
    records="pk",
    permissions=(Deal.get_right("view"),),
    empty=_("No deals."),
)


def _annotate_likelihood(rows: Any, as_of: datetime | None) -> tuple[Any, datetime | None]:
    """Their own probability, else that of their stage."""
    return rows.annotate(likelihood=Coalesce("probability", "status__probability")), as_of


def _build_part(moment: str, condition: Q, value: Any = None) -> MeasurePart:
    if value is None:
        return MeasurePart(moment, condition, subject="deals")
    return MeasurePart(moment, condition, lambda chosen: Sum(value, filter=chosen), subject="deals")


EXPECTED = F("base_value") * F("likelihood") / Value(100)
PARTS = {
    "open_deals": _build_part("", OPEN),
    "open_value": _build_part("", OPEN & PRICED, F("base_value")),
    "forecast": _build_part("", OPEN & PRICED & LIKELY, EXPECTED),
    "deals_without_amount": _build_part("", OPEN & WITHOUT_AMOUNT),
    "deals_without_rate": _build_part("", OPEN & WITHOUT_RATE),
    "deals_without_likelihood": _build_part("", OPEN & ~LIKELY),
    "won_deals": _build_part("closed_at", WON),
    "won_value": _build_part("closed_at", WON & PRICED, F("base_value")),
    "won_without_amount": _build_part("closed_at", WON & WITHOUT_AMOUNT),
    "won_without_rate": _build_part("closed_at", WON & WITHOUT_RATE),
}


MEASURES = [
    build_money_measure(
        "forecast",
        "open_deals",
        _("Forecast"),
        _(
            "The amounts of open deals times their probability, or that of their stage. Deals without an amount, an exchange "
            "rate or a probability aren’t included."
        ),
    ),
    build_money_measure(
        "open_value",
        "open_deals",
        _("Open amounts"),
        _(
            "The amounts of the deals that are open today, at the exchange rate of the day on which each deal was added."
        ),
    ),
    build_count_measure("open_deals", _("Open deals"), _("Deals that are open today, whatever the period.")),
    build_count_measure(
        "deals_without_amount",
        _("Without an amount"),
        _("Open deals without an amount. No sum includes them."),
    ),
    build_count_measure(
        "deals_without_rate",
        _("Without an exchange rate"),
        _("Open deals whose amount has no exchange rate. No sum includes them."),
    ),
    build_count_measure(
        "deals_without_likelihood",
        _("Without a probability"),
        _("Open deals without a probability, in stages without one. The forecast doesn’t include them."),
    ),
    build_money_measure(
        "won_value",
        "won_deals",
        _("Won amounts"),
        _(
            "The amounts of deals that were won in the period, at the exchange rate of the day on which each was added."
        ),
    ),
    build_count_measure("won_deals", _("Won deals"), _("Deals that were won in the period.")),
    build_count_measure(
        "won_without_amount",
        _("Won without an amount"),
        _("Deals that were won in the period without an amount. No sum includes them."),
    ),
    build_count_measure(
        "won_without_rate",
        _("Won without an exchange rate"),
        _("Deals that were won in the period and whose amount has no exchange rate. No sum includes them."),
    ),
]
MEASURED = MeasuredSubject(SUBJECT, PARTS, MEASURES)
