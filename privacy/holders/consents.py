"""What a person has agreed to, and why someone keeps their lead."""

from typing import Any

from django.db.models import QuerySet

from crm.platform.text.text_folding import folded
from customers.consent.consent_erasure import forget
from customers.consent.consent_recording import OF_PEOPLE
from customers.consent.current_consent import record_itself
from customers.models import Consent
from privacy.holders.data_holder import Holder, Section, section
from privacy.models import RetentionExemption
from privacy.person import Person
from privacy.text_search import sweep

# The reason was written about this person.
CLEARED = {"retention_exemption": {"reason": ""}}


def records_of(person: Person) -> list[str]:
    """As consents name records without an email."""
    return [record_itself(table, pk) for table in OF_PEOPLE for pk in person.ids(table)]


def exemptions_of(person: Person) -> QuerySet[RetentionExemption]:
    return RetentionExemption.objects.filter(lead__in=person.ids("lead"))


def held(person: Person, viewer: Any) -> list[Section]:
    people = [*(key[:254] for key in person.email_keys), *records_of(person)]
    return [section(Consent.objects.of_people(people).with_names().order_by("pk"))]


def erase(person: Person) -> int:
    """Those of an address that another record has too stay with that one. An unsubscribe stays as a digest (mailings/suppression/address_erasure.py)."""
    own = folded(person.spellings.emails, function="leadwell_fold_email", length=254).values()
    people = [*own, *records_of(person)]
    count = Consent.objects.of_people(people).count()
    forget(people)
    return count + sweep(Consent, ["about"], person.spellings.addresses)


def held_exemptions(person: Person, viewer: Any) -> list[Section]:
    return [section(exemptions_of(person))]


def erase_exemptions(person: Person) -> int:
    return exemptions_of(person).update(reason="")


HOLDERS = [
    Holder(("customers.Consent", "customers.ConsentState"), held, erase, "consents"),
    Holder(("privacy.RetentionExemption",), held_exemptions, erase_exemptions, "exemptions"),
]
