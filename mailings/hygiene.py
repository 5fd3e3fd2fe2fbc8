"""Addresses that are probably wrong or no person's: pointed out before a mailing is sent, never left out because of it."""

from dataclasses import dataclass

from django.db import connection

from mailings.models import Mailing

# Mailboxes of a role rather than a person. Their readers change, and some never asked for a mailing.
ROLES = [
    "abuse", "accounting", "admin", "administrator", "billing", "contact", "contabilitate", "hostmaster", "hr", "info",
    "jobs", "mail", "marketing", "no-reply", "noreply", "office", "postmaster", "privacy", "sales", "secretariat",
    "security", "service", "support", "team", "vanzari", "webmaster",
]  # fmt: skip
# The domains that most people have, in the form that they are mistyped from.
KNOWN = [
    "aol.com", "gmail.com", "gmx.de", "hotmail.com", "icloud.com", "live.com", "msn.com", "outlook.com", "proton.me",
    "protonmail.com", "t-online.de", "web.de", "yahoo.com", "yahoo.ro", "ymail.com",
]  # fmt: skip
# One letter away from a known one, and right all the same.
RIGHT = {
    "mail.com",
    "email.com",
    "gmx.net",
    "gmx.com",
    "gmx.at",
    "gmx.ch",
    "yahoo.co",
    "live.de",
    "live.ro",
    "web.com",
}
SHOWN = 20

DOMAINS = """
    SELECT split_part(email_key, '@', 2) AS domain, count(*), min(address) FROM mailings_delivery
    WHERE mailing_id = %s AND state = 'waiting' GROUP BY 1 ORDER BY 2 DESC, 1
"""
OF_ROLES = """
    SELECT count(*) FROM mailings_delivery
    WHERE mailing_id = %s AND state = 'waiting' AND split_part(email_key, '@', 1) = ANY(%s)
"""


@dataclass(frozen=True)
class Typo:
    """So many recipients at a domain that is probably mistyped, one of them, and the domain that is probably meant."""

    domain: str
    count: int
    example: str
    meant: str


@dataclass(frozen=True)
class Hints:
    """`roles` is the number of role addresses."""

    roles: int
    typos: list[Typo]


def hints_for(mailing: Mailing) -> Hints:
    """About the recipients that wait, with two queries."""
    with connection.cursor() as cursor:
        cursor.execute(OF_ROLES, [mailing.pk, ROLES])
        (roles,) = cursor.fetchone()
        cursor.execute(DOMAINS, [mailing.pk])
        found = [
            Typo(domain, number, example, meant)
            for domain, number, example in cursor.fetchall()
            if (meant := meant_by(domain))
        ]
    return Hints(roles, found[:SHOWN])


def is_role(address: str) -> bool:
    return address.partition("@")[0].lower() in ROLES


def meant_by(domain: str) -> str:
    """The known domain that this one is one slip away from, or ''."""
    domain = domain.lower()
    if domain in KNOWN or domain in RIGHT:
        return ""
    return next((known for known in KNOWN if _one_slip(domain, known)), "")


def _one_slip(typed: str, meant: str) -> bool:
    """One letter too many, too few or another one, or two letters in the wrong order."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = next((at for at, (one, two) in enumerate(zip(typed, meant, strict=False)) if one != two), None)
    if start is None:
        return len(typed) != len(meant)
    rest, wanted = typed[start:], meant[start:]
    swapped = rest[1:2] + rest[:1] + rest[2:]
    return wanted in (rest[1:], swapped) or rest == wanted[1:] or rest[1:] == wanted[1:]
