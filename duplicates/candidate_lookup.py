"""Which records may be the ones that are meant: their IDs by a few look-ups in indexes, whoever sees them.

Each look-up ends after a number of rows, so a popular name costs no more than a rare one. What of it a user sees, and whether
it is alike, is decided afterwards (duplicates/similar_records.py).
"""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from duplicates.record_details import RecordDetails
from duplicates.record_graph import COMPARED_TABLES, Node

# The most records that one look-up reads.
EXACT, NAMED, AT_COMPANY = 50, 150, 100
# Sorts after every letter that a key can have.
LAST = "\U0010ffff"

PEOPLE = {"lead": "leads_lead", "contact": "customers_contact"}
ANY_OF, BETWEEN, OVERLAP = (
    "= ANY(asked.keys)",
    "BETWEEN asked.keys[1] AND asked.keys[2]",
    "&& asked.keys::varchar[]",
)
_EMPTY = {"domains": "{}"}


@dataclass(frozen=True)
class KeyLookup:
    """One look-up in an index: `get_keys` has what is sought of each record, nothing if it isn't looked for this way."""

    table: str
    rows: str
    column: str
    condition: str
    most: int
    get_keys: Callable[[RecordDetails], Sequence[str]]

    @property
    def sql(self) -> str:
        """For the parameter of keys by place, as JSON."""
        return f"""SELECT asked.place, '{self.table}', found.id
            FROM jsonb_to_recordset(%s::jsonb) AS asked(place int, keys text[])
            CROSS JOIN LATERAL (
                SELECT id FROM {self.rows} WHERE deleted_at IS NULL AND {self.column} <> '{_EMPTY.get(self.column, "")}'
                AND {self.column} {self.condition} LIMIT {self.most}) AS found"""


def find_candidate_ids(typed: RecordDetails) -> set[Node]:
    """Those with the same email, phone, domain, name or company: one statement."""
    return find_candidate_ids_of_many([typed])[0]


def find_candidate_ids_of_many(
    typed: Sequence[RecordDetails], tables: Collection[str] = COMPARED_TABLES
) -> list[set[Node]]:
    """Those of each of these records, among the records of some types: still one statement."""
    parts: list[str] = []
    values: list[str] = []
    for lookup in _get_lookups(tables):
        asked = [{"place": place, "keys": lookup.get_keys(one)} for place, one in enumerate(typed)]
        if sought := [row for row in asked if row["keys"]]:
            parts.append(lookup.sql)
            values.append(json.dumps(sought))
    found: list[set[Node]] = [set() for _one in typed]
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(" UNION ALL ".join(parts), values)
            for place, table, pk in cursor.fetchall():
                found[place].add((table, pk))
    return found


def _get_lookups(tables: Collection[str]) -> Iterator[KeyLookup]:
    for table, rows in PEOPLE.items():
        if table in tables:
            for column in ("email_key", "second_email_key"):
                yield KeyLookup(table, rows, column, ANY_OF, EXACT, lambda one: one.emails)
            for column in ("phone_normal", "mobile_normal"):
                yield KeyLookup(table, rows, column, ANY_OF, EXACT, lambda one: one.phones)
            yield KeyLookup(table, rows, "name_key", ANY_OF, NAMED, lambda one: one.names)
    if "lead" in tables:
        leads = ("lead", "leads_lead", "company_key", BETWEEN)
        yield KeyLookup(*leads, AT_COMPANY, lambda one: _get_range(one) if one.name else ())
        # Without the name of a person, a lead is only known by its company.
        yield KeyLookup(*leads, NAMED, lambda one: () if one.name else _get_range(one))
    if "company" in tables:
        company = ("company", "customers_company")
        yield KeyLookup(*company, "name_key", BETWEEN, AT_COMPANY, _get_range)
        yield KeyLookup(*company, "domains", OVERLAP, EXACT, lambda one: one.domains)
        yield KeyLookup(*company, "phone_normal", ANY_OF, EXACT, lambda one: () if one.name else one.phones)


def _get_range(one: RecordDetails) -> Sequence[str]:
    """The first and last key that starts like that of the company."""
    return (one.start, one.start + LAST) if one.start else ()
