"""The leads that became a company, a contact or a deal: their activities belong to its timeline."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from customers.models import Deal
from leads.kind import LEAD
from leads.models import Lead, Newsletter, Unsubscribe

MOST = 50
# Whether a record has received a mailing itself, from apps above.
MAILING_RECIPIENTS: list[Callable[[Any], bool]] = []


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
    """Unsubscribed if the contact or one of its leads is, else whether it or one of them has received a newsletter. Whether it may
    receive another one is a question of the contact's own address (build_newsletter_fact)."""
    states = Newsletter.objects.filter(lead__in=converted_leads_queryset(client).values("pk"))
    own = Unsubscribe.objects.filter(email_key=client.email_key).exclude(email_key="")
    if states.filter(state=Newsletter.State.UNSUBSCRIBED).exists() or own.exists():
        return str(Newsletter.State.UNSUBSCRIBED)
    received = states.filter(received=True).exists() or any(find(client) for find in MAILING_RECIPIENTS)
    return str(Newsletter.State.RECEIVING if received else Newsletter.State.NONE)
