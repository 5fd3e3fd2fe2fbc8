"""The card "Consent" on the pages of leads and contacts: the present state of each purpose."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from customers.consent.current_consent import CurrentConsent, get_current_consents
from customers.models import ConsentPurpose, Contact
from leads.models import Lead
from leads.page.page_card import PageCard

URLS = {Lead.table: "consents:of_lead", Contact.table: "consents:of_contact"}


@dataclass(frozen=True)
class ConsentCard:
    present: list[CurrentConsent]
    page: str
    may_record: bool


def build_consent_card(record: Any, user: User) -> PageCard | None:
    """None as long as no purpose is in use and nothing was recorded."""
    found = get_current_consents(record)
    if not found and not ConsentPurpose.objects.active().exists():
        return None
    may_record = record.may_change and record.deleted_at is None
    return PageCard(
        "consent/_card.html", ConsentCard(found, reverse(URLS[record.table], args=[record.pk]), may_record)
    )
