"""What the person of a record has agreed to: the newest consent of each purpose, of their email or of the record itself."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from django.db import connection

from crm.records.history.verb_execution import operation
from customers.consent import current_consent
from customers.consent.consent_recording import ConsentEntry, Source, record_consents_of_email
from customers.consent.current_consent import (
    GIVEN,
    build_record_person_key,
    describe_blocks,
    get_current_consents,
    get_person_keys,
)
from customers.models import ConsentPurpose
from leads.models import Lead, Unsubscribe

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
ANA, BEA = "ana@omnia.example", "bea@omnia.example"


class Said(NamedTuple):
    """A consent: whether it was given, how many days ago, of which person, and of which purpose. "lead" is the record itself."""

    given: bool
    days: int
    person: str = ANA
    purpose: str = "News"


# What is known; and what counts of a lead with Ana's email: the purpose, whether it is given, and the days of the earlier ones.
KNOWN: dict[str, tuple[list[Said], list[tuple[str, bool, list[int]]]]] = {
    "nothing": ([], []),
    "given": ([Said(True, 3)], [("News", True, [])]),
    "withdrawn": ([Said(False, 3)], [("News", False, [])]),
    "given and withdrawn since": ([Said(True, 3), Said(False, 2)], [("News", False, [3])]),
    "withdrawn and given since": ([Said(False, 3), Said(True, 2)], [("News", True, [3])]),
    "recorded later, about earlier": ([Said(True, 2), Said(False, 3)], [("News", True, [3])]),
    "several times, the newest first": (
        [Said(True, 5), Said(False, 4), Said(True, 3)], [("News", True, [4, 5])],
    ),
    "of the record itself": ([Said(True, 3, "lead")], [("News", True, [])]),
    "of the email, and of the record since": (
        [Said(True, 3), Said(False, 2, "lead")], [("News", False, [3])],
    ),
    "of the record, and of the email since": (
        [Said(False, 3, "lead"), Said(True, 2)], [("News", True, [3])],
    ),
    "both at one time, where withdrawn counts for mailings": (
        [Said(False, 3), Said(True, 3, "lead")], [("News", False, [3])],
    ),
    "of another email": ([Said(True, 3, BEA)], []),
    "of another record": ([Said(True, 3, "lead 1")], []),
    "of a contact with the same number": ([Said(True, 3, "contact")], []),
    "several purposes, by their names": (
        [Said(True, 3, purpose="news"), Said(False, 2, purpose="Events"), Said(True, 1, purpose="Zoo")],
        [("Events", False, []), ("news", True, []), ("Zoo", True, [])],
    ),
}  # fmt: skip


def write(said: list[Said], lead: Lead) -> None:
    for one in said:
        person = {"lead": f"lead {lead.pk}", "contact": f"contact {lead.pk}"}.get(one.person, one.person)
        with operation("test", by=None):
            purpose, _new = ConsentPurpose.objects.get_or_create(name=one.purpose)
        entry = ConsentEntry(purpose, one.given, Source.USER, at=AT - one.days * DAY)
        record_consents_of_email(person, entry)


@pytest.mark.parametrize(("said", "counts"), KNOWN.values(), ids=KNOWN)
def test_what_counts(said, counts, make_lead):
    lead = make_lead(email="Ana@Omnia.example")
    write(said, lead)
    found = get_current_consents(lead)
    at_once = len({(one.purpose, one.days) for one in said}) < len(said)
    if not at_once:
        assert [
            (one.purpose.name, one.is_given, [(AT - row.at).days for row in one.earlier]) for one in found
        ] == counts
    # Mailings ask for the same in SQL.
    for purpose in ConsentPurpose.objects.all():
        expected = next((given for name, given, _earlier in counts if name == purpose.name), False)
        assert is_given(purpose, ANA, "lead", lead.pk) is expected
        assert not is_given(purpose, "", "lead", lead.pk + 1)


def is_given(purpose: ConsentPurpose, key: str, kind: str, record: int) -> bool:
    sql = GIVEN.format(purpose="%s", email_key="%s", kind="%s::text", record="%s::bigint")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sql}", [purpose.pk, key, kind, record])
        return cursor.fetchone()[0]


LONG = f"{'a' * 64}@{'b' * 185}.example"
# The email of a record, and whom its consents belong to beside itself.
PERSONS = {
    "an email": ("Ana@Omnia.example", ["ana@omnia.example"]),
    "no email": ("", []),
    "an email that is longer than a person": (LONG, [LONG[:254]]),
}


@pytest.mark.parametrize(("email", "keys"), PERSONS.values(), ids=PERSONS)
def test_whom_consents_belong_to(email, keys, lead_of):
    lead = lead_of(email=email, pk=7, email_key=email.lower())
    assert get_person_keys(lead) == [*keys, "lead 7"]
    assert build_record_person_key("contact", 7) == "contact 7"


# Whether the address is blocked otherwise, and who has unsubscribed; whether the page says so.
BLOCKED = {
    "no one": (ANA, "", False),
    "the person": (ANA, ANA, True),
    "someone else": (ANA, BEA, False),
    "someone, and the record has no email": ("", "", False),
}


@pytest.mark.parametrize(("email", "who", "told"), BLOCKED.values(), ids=BLOCKED)
@pytest.mark.parametrize("warned", [True, False], ids=["suppressed", "not suppressed"])
def test_why_someone_gets_no_mailings(warned, email, who, told, make_lead, monkeypatch):
    lead = make_lead(email=email)
    with operation("test", by=None):
        for key in filter(None, [who]):
            Unsubscribe.objects.create(email_key=key)
    warnings = ["An email bounced."] if warned else []
    monkeypatch.setattr(current_consent, "get_further_warnings", lambda record: [*warnings])
    found = describe_blocks(lead)
    assert found[: len(warnings)] == warnings
    assert len(found) == len(warnings) + told
    assert not told or "has unsubscribed" in found[-1]
