"""What is exactly the same: emails, phones, domains of companies, and names with companies. One statement for each reason.

Converted leads don't take part: their contact and company do. Neither does anything in Trash.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from customers.free_mail_providers import FREE_MAIL
from customers.role_mailbox_names import ROLES
from duplicates.models.likeness import Reason

# A phone that more records share is that of a switchboard.
SWITCHBOARD = 50
# Records are read from the server in portions of this size.
PORTION = 5_000

LEADS = "FROM leads_lead r WHERE r.deleted_at IS NULL AND r.client_id IS NULL AND r.client_contact_id IS NULL"
CONTACTS = "FROM customers_contact r WHERE r.deleted_at IS NULL"
COMPANIES = "FROM customers_company r WHERE r.deleted_at IS NULL"
# The numbers of duplicates/record_graph.py.
LEAD, CONTACT, COMPANY = "r.id * 4", "r.id * 4 + 1", "r.id * 4 + 2"
PERSON = "(r.first_name <> '' OR r.last_name <> '') AND r.erased_at IS NULL"
# A lead without the name of a person is a company.
AS_COMPANY = "r.first_name = '' AND r.last_name = '' AND r.company_key <> ''"


def _build_column_sql(node: str, rows: str, key: str) -> str:
    return f"SELECT {node} AS node, {key} AS key {rows} AND {key} <> ''"


# As a second email, that of a role belongs to all who work there.
_ROLES = ", ".join(f"'{name}'" for name in ROLES)
_OF_NO_ROLE = f"split_part(r.second_email_key, '@', 1) NOT IN ({_ROLES})"
EMAILS = " UNION ALL ".join(
    column
    for node, rows in ((LEAD, LEADS), (CONTACT, CONTACTS))
    for column in (
        _build_column_sql(node, rows, "r.email_key"),
        f"{_build_column_sql(node, rows, 'r.second_email_key')} AND {_OF_NO_ROLE}",
    )
)
PHONES = " UNION ALL ".join(
    _build_column_sql(node, rows, key)
    for node, rows in ((LEAD, LEADS), (CONTACT, CONTACTS))
    for key in ("r.phone_normal", "r.mobile_normal")
)
# A company's phone is also that of its people, so it is compared with companies only.
PHONES_OF_COMPANIES = " UNION ALL ".join(
    [
        _build_column_sql(COMPANY, COMPANIES, "r.phone_normal"),
        _build_column_sql(LEAD, f"{LEADS} AND {AS_COMPANY}", "r.phone_normal"),
    ]
)
_FREE = ", ".join(f"'{domain}'" for domain in sorted(FREE_MAIL))
_OF_EMAIL = "split_part(r.email_key, '@', 2)"
_OF_DOMAINS = "regexp_replace(d.domain, '^www\\.', '')"
DOMAINS = f"""
    SELECT {COMPANY} AS node, {_OF_DOMAINS} AS key FROM customers_company r, unnest(r.domains) AS d(domain)
    WHERE r.deleted_at IS NULL AND {_OF_DOMAINS} NOT IN ({_FREE})
    UNION ALL SELECT {LEAD}, {_OF_EMAIL} {LEADS} AND {AS_COMPANY} AND r.email_key <> '' AND {_OF_EMAIL} NOT IN ({_FREE})"""


def _build_company_key_sql(key: str) -> str:
    """Without the legal form that comes before a name in some countries, so that it is in the same place of the alphabet."""
    return f"regexp_replace({key}, '^(s\\.?c\\.?|the) +', '')"


# The people with their companies, and the companies.
PEOPLE = f"""
    SELECT {LEAD} AS node, r.name_key AS name, {_build_company_key_sql("r.company_key")} AS company {LEADS} AND {PERSON} AND r.company_key <> ''
    UNION ALL SELECT {CONTACT}, r.name_key, {_build_company_key_sql("c.name_key")}
    FROM customers_contact r JOIN customers_company c ON c.id = r.company_id AND c.deleted_at IS NULL
    WHERE r.deleted_at IS NULL AND {PERSON}"""
FIRMS = f"""
    SELECT {COMPANY} AS node, '' AS name, {_build_company_key_sql("r.name_key")} AS company {COMPANIES} AND r.name_key <> ''
    UNION ALL SELECT {LEAD}, '', {_build_company_key_sql("r.company_key")} {LEADS} AND {AS_COMPANY}"""
NAMES = f"SELECT node, name || chr(10) || company AS key FROM ({PEOPLE} UNION ALL {FIRMS}) n"


@dataclass(frozen=True)
class Exact:
    """`most` is the largest number of records that one value may have; above it, the value says nothing."""

    reason: Reason
    keys: str
    most: int = 2**31


PARTS = [
    Exact(Reason.EMAIL, EMAILS),
    Exact(Reason.PHONE, PHONES, SWITCHBOARD),
    Exact(Reason.PHONE, PHONES_OF_COMPANIES, SWITCHBOARD),
    Exact(Reason.DOMAIN, DOMAINS, SWITCHBOARD),
    Exact(Reason.SAME_NAME, NAMES),
]


def generate_blocks(part: Exact) -> Iterator[list[int] | None]:
    """The numbers of the records that share a value; None if too many do."""
    sql = f"""
        SELECT CASE WHEN count(*) <= 4 * %s THEN array_agg(DISTINCT node) END
        FROM ({part.keys}) k GROUP BY key HAVING count(*) > 1"""
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, [part.most])
        while rows := cursor.fetchmany(PORTION):
            for (nodes,) in rows:
                if nodes is None or len(nodes) > part.most:
                    yield None
                elif len(nodes) > 1:
                    yield nodes
