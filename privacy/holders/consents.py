"""What a person has agreed to, and why someone keeps their lead."""

from django.db.models import QuerySet

from accounts.models import User
from crm.platform.text.text_folding import fold_texts
from customers.consent.consent_erasure import delete_consents_of_people
from customers.consent.consent_recording import OF_PEOPLE
from customers.consent.current_consent import build_record_person_key
from customers.models import Consent
from privacy.holders.data_holder import DataHolder, DataSection, build_section
from privacy.models import RetentionExemption
from privacy.person import Person
from privacy.text_search import replace_pattern_in_table

# The reason was written about this person.
CLEARED = {"retention_exemption": {"reason": ""}}


def get_record_person_keys(person: Person) -> list[str]:
    """As consents name records without an email."""
    return [build_record_person_key(table, pk) for table in OF_PEOPLE for pk in person.get_ids(table)]


def exemptions_queryset(person: Person) -> QuerySet[RetentionExemption]:
    return RetentionExemption.objects.filter(lead__in=person.get_ids("lead"))


def build_sections(person: Person, viewer: User) -> list[DataSection]:
    people = [*(key[:254] for key in person.email_keys), *get_record_person_keys(person)]
    return [build_section(Consent.objects.of_people(people).with_names().order_by("pk"))]


def erase(person: Person) -> int:
    """Those of an address that another record has too stay with that one. An unsubscribe stays as a digest (mailings/suppression/address_erasure.py)."""
    own = fold_texts(person.spellings.emails, function="leadwell_fold_email", length=254).values()
    people = [*own, *get_record_person_keys(person)]
    count = Consent.objects.of_people(people).count()
    delete_consents_of_people(people)
    return count + replace_pattern_in_table(Consent, ["about"], person.spellings.addresses_pattern)


def build_exemption_sections(person: Person, viewer: User) -> list[DataSection]:
    return [build_section(exemptions_queryset(person))]


def erase_exemptions(person: Person) -> int:
    return exemptions_queryset(person).update(reason="")


HOLDERS = [
    DataHolder(("customers.Consent", "customers.ConsentState"), build_sections, erase, "consents"),
    DataHolder(("privacy.RetentionExemption",), build_exemption_sections, erase_exemptions, "exemptions"),
]
