"""The leads that became a company, a contact or a deal: their activities belong to its timeline."""

from typing import Any

from accounts.models import User
from customers.models import Deal
from leads.kind import LEAD
from leads.models import Lead, Newsletter

MOST = 50


def converted_leads_queryset(client: Any) -> Any:
    return Lead.objects.present().converted_to(client)


def get_converted_leads_of(client: Any, user: User) -> list[tuple[Any, list[Lead]]]:
    """The newest of them that the user sees."""
    if not user.has_perm(LEAD.get_right("view")):
        return []
    return [(LEAD, list(converted_leads_queryset(client).visible_to(user).order_by("-pk")[:MOST]))]


def get_visible_source_lead(deal: Deal, user: User) -> list[tuple[Any, list[Lead]]]:
    """The lead that a deal came from, if the user sees it."""
    if deal.lead_id is None or not user.has_perm(LEAD.get_right("view")):
        return []
    return [(LEAD, list(Lead.objects.present().visible_to(user).filter(pk=deal.lead_id)))]


def get_newsletter_state(client: Any) -> str:
    """The state of the newest lead that has one: unsubscribed is unsubscribed for all."""
    states = Newsletter.objects.filter(lead__in=converted_leads_queryset(client).values("pk"))
    found = list(states.order_by("-lead").values_list("state", flat=True)[:MOST])
    if Newsletter.State.UNSUBSCRIBED in found:
        return str(Newsletter.State.UNSUBSCRIBED)
    return found[0] if found else str(Newsletter.State.NONE)
