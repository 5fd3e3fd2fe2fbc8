"""Which records may be the ones that are meant: their IDs by a few look-ups in indexes, whoever sees them.

Each look-up ends after a number of rows, so a popular name costs no more than a rare one. What of it a user sees, and whether
it is alike, is decided afterwards (duplicates/similar_records.py).
"""

from typing import Any

from django.db import connection

from duplicates.record_details import RecordDetails
from duplicates.record_graph import Node

# The most records that one look-up reads.
EXACT, NAMED, AT_COMPANY = 50, 150, 100
# Sorts after every letter that a key can have.
LAST = "\U0010ffff"


def find_candidate_ids(typed: RecordDetails) -> set[Node]:
    """Those with the same email, phone, domain, name or company: one statement."""
    parts: list[str] = []
    values: list[Any] = []

    def add(table: str, rows: str, column: str, condition: str, found: list[Any], most: int) -> None:
        if all(found):
            parts.append(
                f"(SELECT '{table}' AS \"table\", id FROM {rows} WHERE deleted_at IS NULL AND {column} <> '{_EMPTY.get(column, '')}' "
                f"AND {column} {condition} LIMIT {most})"
            )
            values.extend(found)

    for table, rows in PEOPLE.items():
        for column in ("email_key", "second_email_key"):
            add(table, rows, column, "= ANY(%s)", [list(typed.emails)], EXACT)
        for column in ("phone_normal", "mobile_normal"):
            add(table, rows, column, "= ANY(%s)", [list(typed.phones)], EXACT)
        add(table, rows, "name_key", "= ANY(%s)", [typed.names], NAMED)
    at_company = [typed.start, typed.start + LAST] if typed.start else [""]
    add("lead", "leads_lead", "company_key", BETWEEN, at_company, AT_COMPANY if typed.name else NAMED)
    add("company", "customers_company", "name_key", BETWEEN, at_company, AT_COMPANY)
    add("company", "customers_company", "domains", "&& %s::varchar[]", [list(typed.domains)], EXACT)
    if not typed.name:
        add("company", "customers_company", "phone_normal", "= ANY(%s)", [list(typed.phones)], EXACT)
    if not parts:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ".join(parts), values)
        return set(cursor.fetchall())


PEOPLE = {"lead": "leads_lead", "contact": "customers_contact"}
BETWEEN = "BETWEEN %s AND %s"
_EMPTY = {"domains": "{}"}
