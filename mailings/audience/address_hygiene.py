"""Addresses that are probably mistyped or belong to a role: pointed out before a mailing is sent, never left out because of it.

The statements of recipients (mailings/audience/audience.py, mailings/audience/recipient_lines.py) use the conditions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import ascii_lowercase, digits

from customers.role_mailbox_names import ROLES

# The domains that most people have, in the form that they are mistyped from.
KNOWN = [
    "aol.com", "gmail.com", "gmx.de", "hotmail.com", "icloud.com", "live.com", "msn.com", "outlook.com", "proton.me",
    "protonmail.com", "t-online.de", "web.de", "yahoo.com", "yahoo.ro", "ymail.com",
]  # fmt: skip
# One letter away from a known one, and right all the same.
RIGHT = {
    "mail.com",
    "email.com",
    "yahoo.co",
    "yahoo.no",
}
# Names with fewer letters are one letter away from many right ones, such as line.com from live.com.
SHORT = 5
LETTERS = f"{ascii_lowercase}{digits}-."
# How the page of recipients names all role addresses; a mistyped domain is named by itself.
OF_ROLES = "roles"
SHOWN = 20

LOCAL, DOMAIN = "split_part(email_key, '@', 1)", "split_part(email_key, '@', 2)"
IS_ROLE = f"{LOCAL} = ANY(%(roles)s)"
# The domain if it is probably mistyped, or ''. PostgreSQL hashes this subquery, but no array in a column: a million rows took
# 178 s with one and take half a second with it.
MISTYPED = f"CASE WHEN {DOMAIN} IN (SELECT unnest(%(slips)s::text[])) THEN {DOMAIN} ELSE '' END"
# Whether a recipient is one of those of a hint: OF_ROLES, a domain, or '' for any.
OF_HINT = f"(%(hint)s = '' OR {DOMAIN} = %(hint)s OR %(hint)s = '{OF_ROLES}' AND {IS_ROLE})"


@dataclass(frozen=True)
class Typo:
    """So many recipients at a domain that is probably mistyped, and the domain that is probably meant."""

    domain: str
    count: int
    meant: str


@dataclass(frozen=True)
class AddressHints:
    """About the recipients that will get a mailing. `roles` is the number of role addresses."""

    roles: int = 0
    typos: tuple[Typo, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.roles or self.typos)


def build_hints(roles: int, domains: Iterable[tuple[str, int]]) -> AddressHints:
    """From the number of role addresses, and those at each mistyped domain: the most frequent ones first."""
    found = sorted(domains, key=lambda each: (-each[1], each[0]))[:SHOWN]
    return AddressHints(
        roles, tuple(Typo(domain, number, guess_meant_domain(domain)) for domain, number in found)
    )


def parse_hint(words: str) -> str:
    """The hint that a URL names, or '' for any other words."""
    return words if words == OF_ROLES or guess_meant_domain(words) else ""


def guess_meant_domain(domain: str) -> str:
    """The known domain that this one is one slip away from, or ''."""
    return SLIPS.get(domain.lower(), "")


def _generate_slips(domain: str) -> Iterator[str]:
    """One letter too many, too few or another one, or two letters in the wrong order; of a short name only the latter."""
    is_short = domain.index(".") < SHORT
    for at in range(len(domain) + 1):
        before, rest = domain[:at], domain[at:]
        yield before + rest[1:2] + rest[:1] + rest[2:]
        if is_short:
            continue
        yield before + rest[1:]
        for letter in LETTERS:
            yield before + letter + rest
            yield before + letter + rest[1:]


def _build_all_slips() -> dict[str, str]:
    found = {slip: known for known in reversed(KNOWN) for slip in _generate_slips(known)}
    return {slip: known for slip, known in found.items() if slip not in RIGHT and slip not in KNOWN}


# Each mistyped domain with the known one that it is one slip away from.
SLIPS = _build_all_slips()
PARAMETERS = {"roles": ROLES, "slips": list(SLIPS)}
