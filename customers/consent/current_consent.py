"""What the person of a record has agreed to: the present state of each purpose, and how it came about."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from crm.work.emails.email_verbs import get_further_warnings
from customers.models import Consent
from leads.models import Unsubscribe

# In SQL: whether a person has given a consent and not withdrawn it since. As on the page of a record, the newest of their states
# counts, whether it is that of the email or of the record. At the same moment, withdrawn counts.
GIVEN = """coalesce((SELECT s.given FROM customers_consentstate s
    WHERE s.purpose_id = {purpose} AND s.person IN (left({email_key}, 254), {kind} || ' ' || {record})
    ORDER BY s.at DESC, s.given LIMIT 1), false)"""


@dataclass(frozen=True)
class CurrentConsent:
    """The newest consent of a purpose, with the earlier ones, the newest first."""

    newest: Consent
    earlier: list[Consent] = field(default_factory=list)

    @property
    def purpose(self) -> Any:
        return self.newest.purpose

    @property
    def is_given(self) -> bool:
        return self.newest.given


def build_record_person_key(table: str, pk: int) -> str:
    """Whom consents of a record without an email belong to, as in `Consent.person`."""
    return f"{table} {pk}"


def get_person_keys(record: Any) -> list[str]:
    """Whom consents of this record belong to: its email, and itself from the time when it had none."""
    return [
        person
        for person in (record.email_key[:254], build_record_person_key(record.table, record.pk))
        if person
    ]


def get_current_consents(record: Any) -> list[CurrentConsent]:
    """By the name of the purpose."""
    found: dict[int, CurrentConsent] = {}
    for row in Consent.objects.of_people(get_person_keys(record)).with_names().newest_first():
        if row.purpose_id in found:
            found[row.purpose_id].earlier.append(row)
        else:
            found[row.purpose_id] = CurrentConsent(row)
    return sorted(found.values(), key=lambda one: one.purpose.name.casefold())


def describe_blocks(record: Any) -> list[str]:
    """Why the person of this record gets no mailings, whatever they agreed to."""
    found = get_further_warnings(record)
    if record.email_key and Unsubscribe.objects.filter(email_key=record.email_key).exists():
        found.append(
            _(
                "This person has unsubscribed, so they get no mailings until they subscribe again by the link in an email."
            )
        )
    return found
