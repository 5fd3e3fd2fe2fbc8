"""A lead that is converted carries its consents over to its contact, unless both have the same email anyway."""

from collections.abc import Mapping

from django.db import connection

from customers.consent.consent_recording import PERSON

# The newest consent of each purpose, if the contact has no newer one.
CARRY = """
    WITH pairs AS (
      SELECT {person} AS old, (
        SELECT coalesce(nullif(left(c.email_key, 254), ''), 'contact ' || c.id) FROM customers_contact c WHERE c.id = p.contact
      ) AS new
      FROM unnest(%s::bigint[], %s::bigint[]) p(lead, contact) JOIN leads_lead r ON r.id = p.lead
    ),
    added AS (
      INSERT INTO customers_consent (purpose_id, person, given, at, text_id, source, about, by_id)
      SELECT DISTINCT ON (n.purpose_id, p.new) n.purpose_id, p.new, n.given, n.at, n.text_id, 'conversion', n.about, n.by_id
      FROM pairs p JOIN customers_consent n ON n.person = p.old
      WHERE p.new <> p.old AND NOT EXISTS (
        SELECT FROM customers_consentstate s WHERE s.purpose_id = n.purpose_id AND s.person = p.new AND s.at >= n.at)
      ORDER BY n.purpose_id, p.new, n.at DESC, n.id DESC
      RETURNING purpose_id, person, given, at
    )
    INSERT INTO customers_consentstate AS s (purpose_id, person, given, at) SELECT * FROM added
    ON CONFLICT (purpose_id, person) DO UPDATE SET given = excluded.given, at = excluded.at
"""


def copy_consents_to_contacts(contacts: Mapping[int, int | None]) -> None:
    """`contacts` are the contacts of leads, by lead."""
    pairs = [(lead, contact) for lead, contact in contacts.items() if contact]
    if not pairs:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            CARRY.format(person=PERSON.format(kind="lead")),
            [[lead for lead, _ in pairs], [contact for _, contact in pairs]],
        )
