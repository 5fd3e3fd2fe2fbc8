"""Consents of the emails that a record had before merges. They are shown, but don't count: they were given for another address."""

from typing import Any

from django.db import connection
from django.utils.text import capfirst

from crm.records.kinds.kind_registry import KINDS
from customers.consent.current_consent import get_person_keys
from customers.models import Consent

# The persons of the records that were merged into it, across several merges, and the emails that merges replaced.
PEOPLE = """
    WITH RECURSIVE merged(id) AS (
      SELECT %(pk)s::bigint
      UNION SELECT m.record FROM merged JOIN crm_mergedrecord m ON m."table" = %(table)s AND m."into" = merged.id
    )
    SELECT left(r.email_key, 254) FROM merged JOIN {stored} r USING (id) WHERE r.email_key <> ''
    UNION SELECT %(table)s || ' ' || id FROM merged
    UNION SELECT left(leadwell_fold_email(c.fields->'email'->>0), 254) FROM merged
      JOIN crm_change c ON c."table" = %(table)s AND c."row" = merged.id
      JOIN crm_operation o ON o.id = c.operation_id AND o.kind = 'merge'
      WHERE c.fields->'email'->>0 <> ''
"""


def get_consents_before_merge(record: Any) -> dict[str, list[Consent]]:
    """The consents by email or by the name of the record, the newest first."""
    stored = connection.ops.quote_name(record._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE.format(stored=stored), {"pk": record.pk, "table": record.table})
        people = {person for (person,) in cursor.fetchall()}.difference(get_person_keys(record))
    found: dict[str, list[Consent]] = {}
    for row in Consent.objects.of_people(sorted(people)).with_names().newest_first():
        found.setdefault(_get_person_label(row.person), []).append(row)
    return found


def _get_person_label(person: str) -> str:
    kind, _space, pk = person.partition(" ")
    return f"{capfirst(str(KINDS[kind].words.one))} {pk}" if kind in KINDS and pk.isdigit() else person
