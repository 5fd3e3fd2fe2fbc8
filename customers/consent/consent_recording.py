"""Recording that people gave or withdrew a consent. Rows are only added; the newest one of a purpose counts.

A consent belongs to a person: to the folded email of the record, or to the record as long as it has none. So it outlives
conversions, merges and records that are added again.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from crm.records.kinds.kind_registry import KINDS
from customers.models import Consent, ConsentPurpose, ConsentState, ConsentText, Contact
from leads.models import Lead

Source = Consent.Source
# The kinds of records of people.
OF_PEOPLE = (Lead.table, Contact.table)
PERSON = "coalesce(nullif(left(r.email_key, 254), ''), '{kind} ' || r.id)"
OF_RECORDS = "SELECT {person} FROM {table} r WHERE r.id = ANY(%(ids)s)"
ADD = """
    WITH people(person) AS ({people}), added AS (
      INSERT INTO customers_consent (purpose_id, person, given, at, text_id, source, about, by_id, submission)
      SELECT %(purpose)s, p.person, %(given)s, %(at)s, %(text)s, %(source)s, %(about)s, %(by)s, %(submission)s
      FROM (SELECT DISTINCT person FROM people) p ON CONFLICT DO NOTHING
      RETURNING purpose_id, person, given, at
    )
    INSERT INTO customers_consentstate AS s (purpose_id, person, given, at) SELECT * FROM added
    ON CONFLICT (purpose_id, person) DO UPDATE SET given = excluded.given, at = excluded.at WHERE s.at <= excluded.at
    RETURNING s.person
"""
# A record that has an email by now goes by it.
OUTDATED = """
    DELETE FROM customers_consentstate s USING {table} r
    WHERE s.purpose_id = %s AND r.email_key = ANY(%s) AND r.email_key <> '' AND s.person = '{kind} ' || r.id
"""


@dataclass(frozen=True)
class ConsentEntry:
    """What is recorded. `at` is now unless it is known better; `about` says how a user got it, or names the form."""

    purpose: ConsentPurpose
    given: bool
    source: str
    about: str = ""
    text: ConsentText | None = None
    at: datetime | None = None
    by: User | None = None
    submission: int | None = None

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "purpose": self.purpose.pk,
            "given": self.given,
            "at": self.at or timezone.now(),
            "text": self.text.pk if self.text else None,
            "source": str(self.source),
            "about": " ".join(self.about.replace("\0", "").split())[:300],
            "by": self.by.pk if self.by else None,
            "submission": self.submission,
        }


def record_consents_of_records(table: str, ids: Iterable[int], entry: ConsentEntry) -> list[str]:
    """Record it for the people of these records; returns them."""
    model: Any = KINDS[table].model
    person = PERSON.format(kind=table)
    people = OF_RECORDS.format(person=person, table=model._meta.db_table)
    return _write_consents(people, {"ids": list(ids)}, entry)


def record_consents_of_email(email_key: str, entry: ConsentEntry) -> list[str]:
    """Record it for a folded email, whoever has it."""
    return _write_consents("SELECT left(%(key)s, 254)", {"key": email_key}, entry)


@transaction.atomic
def _write_consents(people: str, parameters: dict[str, Any], entry: ConsentEntry) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(ADD.format(people=people), parameters | entry.parameters)
        found = [person for (person,) in cursor.fetchall()]
        for kind in OF_PEOPLE:
            table = KINDS[kind].model._meta.db_table
            cursor.execute(OUTDATED.format(table=table, kind=kind), [entry.purpose.pk, found])
    return found


def withdraw_newsletters(email_key: str, about: str = "") -> None:
    """Someone has unsubscribed from all mailings: what they agreed to for such a purpose is withdrawn, also if it was recorded
    before their record had this email. Where they never agreed, there is nothing to withdraw."""
    given = ConsentState.objects.filter(person__in=_get_people_with_email(email_key), given=True).values(
        "purpose"
    )
    for purpose in ConsentPurpose.objects.filter(is_newsletter=True, pk__in=given).order_by("pk"):
        record_consents_of_email(email_key, ConsentEntry(purpose, False, Source.UNSUBSCRIBE, about=about))


def restore_newsletter_consents(email_key: str, about: str = "") -> None:
    """Someone has subscribed again: what their unsubscribing withdrew is given again, and nothing that was withdrawn otherwise."""
    rows = Consent.objects.of_people([email_key[:254]]).filter(purpose__is_newsletter=True)
    newest = rows.select_related("purpose").order_by("purpose", "-at", "-id").distinct("purpose")
    for row in newest:
        if row.source == Source.UNSUBSCRIBE and not row.given:
            record_consents_of_email(
                email_key, ConsentEntry(row.purpose, True, Source.UNSUBSCRIBE, about=about)
            )


def _get_people_with_email(email_key: str) -> list[str]:
    """The person of this email, and the records with it as they were named while they had none."""
    found = [email_key[:254]]
    for kind in OF_PEOPLE:
        model: Any = KINDS[kind].model
        ids = model._base_manager.filter(email_key=email_key).values_list("pk", flat=True)
        found += [f"{kind} {pk}" for pk in ids]
    return found


@transaction.atomic
def get_or_create_version(
    purpose: ConsentPurpose, language: str, text: str, *, by: User | None = None
) -> ConsentText:
    """The version with exactly this text; a new one if there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('consent text'), %s)", [purpose.pk])
    rows = ConsentText.objects.of_purpose(purpose).filter(language=language)
    if known := rows.filter(text=text).order_by("-number").first():
        return known
    number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    return ConsentText.objects.create(purpose=purpose, language=language, number=number, text=text, by=by)
