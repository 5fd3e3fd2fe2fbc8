"""Mailings: what the person received, opened and clicked; unsubscribes and suppressed addresses (mailings/suppression/address_erasure.py)."""

from django.db.models import Q, QuerySet

from accounts.models import User
from leads.models import Newsletter, Unsubscribe
from mailings.models import Click, Delivery, ListUnsubscribe, Mailing, MailingLink, Suppression
from privacy.holders.data_holder import DataHolder, DataSection, build_no_sections, build_section
from privacy.person import Person
from privacy.text_search import replace_pattern_in_table


def person_deliveries_queryset(person: Person) -> QuerySet[Delivery]:
    return Delivery.objects.filter(person.build_condition() | Q(email_key__in=person.email_keys))


def build_sections(person: Person, viewer: User) -> list[DataSection]:
    keys, deliveries = person.email_keys, person_deliveries_queryset(person)
    return [
        build_section(deliveries.order_by("pk")),
        build_section(Click.objects.filter(delivery__in=deliveries.values("pk")).order_by("pk")),
        build_section(Newsletter.objects.filter(lead__in=person.get_ids("lead"))),
        build_section(Unsubscribe.objects.filter(email_key__in=keys)),
        build_section(ListUnsubscribe.objects.filter(email_key__in=keys)),
        build_section(Suppression.objects.filter(email_key__in=keys)),
    ]


def erase(person: Person) -> int:
    """The addresses themselves go when the records no longer have them (privacy/person_erasure.py)."""
    said = replace_pattern_in_table(
        Delivery, ["problem", "unsubscribe_reason"], person.spellings.addresses_pattern
    )
    return said + person_deliveries_queryset(person).count()


def erase_texts(person: Person) -> int:
    named = person.spellings.full_names_pattern
    count = replace_pattern_in_table(
        Mailing, ["subject", "preheader", "text", "plain", "query", "why"], named
    )
    return (
        count
        + replace_pattern_in_table(MailingLink, ["url"], named)
        + replace_pattern_in_table(Suppression, ["note"], named)
    )


HOLDERS = [
    DataHolder(
        (
            *("mailings.Delivery", "mailings.Click", "leads.Newsletter", "leads.Unsubscribe"),
            *("mailings.ListUnsubscribe", "mailings.ForgottenAddress"),
        ),
        build_sections,
        erase,
        "deliveries",
    ),
    DataHolder(
        ("mailings.Mailing", "mailings.MailingLink", "mailings.Suppression"),
        build_no_sections,
        erase_texts,
        "mailings",
    ),
]
