"""What has changed in the pipelines since the period began, as two subjects of reports: leads by status, and deals by stage."""

from typing import Any

from django.db.models import F, Q, Sum
from django.utils.translation import gettext_lazy as _

from customers.deals.kind import DEAL
from customers.models import Deal
from reports.engine.measures import MeasurePart, build_count_measure, build_money_measure
from reports.models.counted_rows import PROGRESS
from reports.pipeline import changed_deals, changed_leads
from reports.subjects.subject import MeasuredSubject, Subject

LEADS, DEALS = "changed_leads", "changed_deals"
EMPTY = _("Nothing has changed since then.")


def _build_part(subject: str, condition: Q, value: Any = None) -> MeasurePart:
    """The present is compared with the beginning of the period, so its last day doesn't matter."""
    if value is None:
        return MeasurePart("", condition, subject=subject, since=True)
    return MeasurePart("", condition, lambda chosen: Sum(value, filter=chosen), subject=subject, since=True)


LEAD_VALUE = F(f"{PROGRESS}base_value")
LEAD_PARTS = {
    "leads_new": _build_part(LEADS, changed_leads.NEW),
    "leads_moved": _build_part(LEADS, changed_leads.MOVED),
    "leads_moved_value": _build_part(LEADS, changed_leads.MOVED, LEAD_VALUE),
    "leads_won": _build_part(LEADS, changed_leads.WON),
    "leads_won_value": _build_part(LEADS, changed_leads.WON, LEAD_VALUE),
    "leads_lost": _build_part(LEADS, changed_leads.LOST),
    "leads_lost_value": _build_part(LEADS, changed_leads.LOST, LEAD_VALUE),
    "leads_reopened": _build_part(LEADS, changed_leads.REOPENED),
}
LEAD_MEASURES = [
    build_count_measure(
        "leads_new", _("New leads"), _("Leads that have entered a pipeline since the first day.")
    ),
    build_count_measure(
        "leads_moved",
        _("Moved leads"),
        _(
            "Leads in another status than at the beginning of the first day. Each counts once, with both statuses."
        ),
    ),
    build_money_measure(
        "leads_moved_value",
        "leads_moved",
        _("Value of moved leads"),
        _("The present values of the moved leads, as far as they have a value and an exchange rate."),
    ),
    build_count_measure(
        "leads_won", _("Won since then"), _("Leads in a won status that weren’t in one at the beginning.")
    ),
    build_money_measure(
        "leads_won_value",
        "leads_won",
        _("Value won"),
        _("The present values of the leads that were won since then."),
    ),
    build_count_measure(
        "leads_lost",
        _("Lost since then"),
        _("Leads in a lost or disqualified status that weren’t in one at the beginning."),
    ),
    build_money_measure(
        "leads_lost_value",
        "leads_lost",
        _("Value lost"),
        _("The present values of the leads that were lost since then."),
    ),
    build_count_measure(
        "leads_reopened",
        _("Reopened leads"),
        _("Leads in an open status that were won, lost or disqualified at the beginning."),
    ),
]
MEASURED_LEADS = MeasuredSubject(
    Subject(
        LEADS,
        changed_leads.get_changed_leads,
        path=PROGRESS,
        own={"status": F(f"{PROGRESS}status"), "from_status": F("from_status")},
        records="progress",
        empty=EMPTY,
    ),
    LEAD_PARTS,
    LEAD_MEASURES,
)

AMOUNT = F("base_value")
DIFFERENCE = F("base_value") - F("amount_before")
DEAL_PARTS = {
    "deals_new": _build_part(DEALS, changed_deals.NEW),
    "deals_new_value": _build_part(DEALS, changed_deals.NEW, AMOUNT),
    "deals_moved": _build_part(DEALS, changed_deals.MOVED),
    "deals_moved_value": _build_part(DEALS, changed_deals.MOVED, AMOUNT),
    "deals_won": _build_part(DEALS, changed_deals.WON),
    "deals_won_value": _build_part(DEALS, changed_deals.WON, AMOUNT),
    "deals_lost": _build_part(DEALS, changed_deals.LOST),
    "deals_lost_value": _build_part(DEALS, changed_deals.LOST, AMOUNT),
    "deals_reopened": _build_part(DEALS, changed_deals.REOPENED),
    "deals_slipped": _build_part(DEALS, changed_deals.SLIPPED),
    "deals_slipped_value": _build_part(DEALS, changed_deals.SLIPPED, AMOUNT),
    "deals_earlier": _build_part(DEALS, changed_deals.EARLIER),
    "amounts_up": _build_part(DEALS, changed_deals.AMOUNT_UP),
    "amounts_up_value": _build_part(DEALS, changed_deals.AMOUNT_UP, DIFFERENCE),
    "amounts_down": _build_part(DEALS, changed_deals.AMOUNT_DOWN),
    "amounts_down_value": _build_part(DEALS, changed_deals.AMOUNT_DOWN, DIFFERENCE),
}
DEAL_MEASURES = [
    build_count_measure("deals_new", _("New deals"), _("Deals that were added since the first day.")),
    build_money_measure(
        "deals_new_value",
        "deals_new",
        _("New amounts"),
        _("The present amounts of the new deals, at the exchange rate of the day on which each was added."),
    ),
    build_count_measure(
        "deals_moved",
        _("Moved deals"),
        _(
            "Deals in another stage than at the beginning of the first day. Each counts once, with both stages."
        ),
    ),
    build_money_measure(
        "deals_moved_value",
        "deals_moved",
        _("Amounts of moved deals"),
        _("The present amounts of the moved deals, as far as they have an amount and an exchange rate."),
    ),
    build_count_measure(
        "deals_won",
        _("Deals won since then"),
        _("Deals in a won stage that weren’t in one at the beginning."),
    ),
    build_money_measure(
        "deals_won_value",
        "deals_won",
        _("Amounts won"),
        _("The amounts of the deals that were won since then."),
    ),
    build_count_measure(
        "deals_lost",
        _("Deals lost since then"),
        _("Deals in a lost or disqualified stage that weren’t in one at the beginning."),
    ),
    build_money_measure(
        "deals_lost_value",
        "deals_lost",
        _("Amounts lost"),
        _("The amounts of the deals that were lost since then."),
    ),
    build_count_measure(
        "deals_reopened",
        _("Reopened deals"),
        _("Deals in an open stage that were won, lost or disqualified at the beginning."),
    ),
    build_count_measure(
        "deals_slipped",
        _("Later close"),
        _(
            "Deals whose expected close is later than it was at the beginning. A date that was entered or removed isn’t."
        ),
    ),
    build_money_measure(
        "deals_slipped_value",
        "deals_slipped",
        _("Amounts with a later close"),
        _("The present amounts of the deals with a later expected close."),
    ),
    build_count_measure(
        "deals_earlier",
        _("Earlier close"),
        _("Deals whose expected close is earlier than it was at the beginning."),
    ),
    build_count_measure(
        "amounts_up", _("Higher amount"), _("Deals with a higher amount than at the beginning.")
    ),
    build_money_measure(
        "amounts_up_value",
        "amounts_up",
        _("Increase"),
        _("By how much the amounts of these deals are higher, in the base currency."),
    ),
    build_count_measure(
        "amounts_down", _("Lower amount"), _("Deals with a lower amount than at the beginning.")
    ),
    build_money_measure(
        "amounts_down_value",
        "amounts_down",
        _("Decrease"),
        _("By how much the amounts of these deals are lower, in the base currency."),
    ),
]
MEASURED_DEALS = MeasuredSubject(
    Subject(
        DEALS,
        changed_deals.get_changed_deals,
        own={
            "owner": F("owner"),
            "department": F("department"),
            "stage": F("status"),
            "from_stage": F("stage_before"),
        },
        kind=DEAL,
        records="pk",
        permissions=(Deal.get_right("view"),),
        empty=EMPTY,
    ),
    DEAL_PARTS,
    DEAL_MEASURES,
)
