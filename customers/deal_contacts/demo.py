"""The further contacts of deals in the demo company."""

from typing import Any

from crm.records.history.verb_execution import operation
from customers.models import Contact, Deal, DealContact
from customers.models.deal_contact import ROLES


def grow_deal_contacts(total: int, say: Any) -> None:
    """Every second deal has one or two further contacts at its company."""
    present_deals = Deal.objects.present()
    if DealContact.objects.filter(deal__in=present_deals).exists():
        return
    people: dict[int | None, list[Contact]] = {}
    for person in Contact.objects.present().exclude(company=None).order_by("pk"):
        people.setdefault(person.company_id, []).append(person)
    deals = list(present_deals.exclude(company=None).select_related("created_by").order_by("pk"))[::2]
    rows = [
        DealContact(
            deal=deal,
            contact=person,
            role=str(ROLES[(place + deal.pk) % len(ROLES)]),
            created_by=deal.created_by,
        )
        for deal in deals
        for place, person in enumerate(people.get(deal.company_id, []))
        if person.pk != deal.contact_id
    ]
    if rows:
        with operation(
            "add_deal_contact", table=Deal.table, by=rows[0].created_by, matched=len(rows), changed=len(rows)
        ):
            DealContact.objects.bulk_create(rows)
