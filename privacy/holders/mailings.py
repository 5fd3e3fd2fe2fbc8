"""Mailings: what the person received, opened and clicked; unsubscribes and suppressed addresses (mailings/suppression/address_erasure.py)."""

from typing import Any

from django.db.models import Q, QuerySet

from leads.models import Newsletter, Unsubscribe
from mailings.models import Click, Delivery, ListUnsubscribe, Mailing, MailingLink, Suppression
from privacy.holders.data_holder import Holder, Section, section, tell_nothing
from privacy.person import Person
from privacy.text_search import sweep


def deliveries_of(person: Person) -> QuerySet[Delivery]:
    return Delivery.objects.filter(person.of() | Q(email_key__in=person.email_keys))


def held(person: Person, viewer: Any) -> list[Section]:
    keys, deliveries = person.email_keys, deliveries_of(person)
    return [
        section(deliveries.order_by("pk")),
        section(Click.objects.filter(delivery__in=deliveries.values("pk")).order_by("pk")),
        section(Newsletter.objects.filter(lead__in=person.ids("lead"))),
        section(Unsubscribe.objects.filter(email_key__in=keys)),
        section(ListUnsubscribe.objects.filter(email_key__in=keys)),
        section(Suppression.objects.filter(email_key__in=keys)),
    ]


def erase(person: Person) -> int:
    """The addresses themselves go when the records no longer have them (privacy/person_erasure.py)."""
    said = sweep(Delivery, ["problem", "unsubscribe_reason"], person.spellings.addresses)
    return said + deliveries_of(person).count()


def erase_texts(person: Person) -> int:
    named = person.spellings.named
    count = sweep(Mailing, ["subject", "preheader", "text", "plain", "query", "why"], named)
    return count + sweep(MailingLink, ["url"], named) + sweep(Suppression, ["note"], named)


HOLDERS = [
    Holder(
        (
            *("mailings.Delivery", "mailings.Click", "leads.Newsletter", "leads.Unsubscribe"),
            *("mailings.ListUnsubscribe", "mailings.ForgottenAddress"),
        ),
        held,
        erase,
        "deliveries",
    ),
    Holder(
        ("mailings.Mailing", "mailings.MailingLink", "mailings.Suppression"),
        tell_nothing,
        erase_texts,
        "mailings",
    ),
]
