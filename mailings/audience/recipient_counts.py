"""The recipients of a mailing in numbers: how many get it, and how many don't for which reason; of a draft, how many would now."""

from collections import Counter
from dataclasses import astuple, dataclass, field
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from mailings.audience.address_hygiene import IS_ROLE, MISTYPED, PARAMETERS, AddressHints, build_hints
from mailings.audience.audience import build_judged_sql
from mailings.models import Delivery, Mailing
from mailings.models.delivery import get_reason_label

State, Reason = Delivery.State, Delivery.Reason
# Of such recipients, or of the rows that were made of them. The hash is for those that have no rows yet.
COUNTED = f"""
SELECT state, reason, count(*), count(*) FILTER (WHERE vip AND reason = ''), bit_xor({{hash}}),
  count(*) FILTER (WHERE {IS_ROLE} AND state = 'waiting'), count(*) FILTER (WHERE lacking AND state = 'waiting'), CASE WHEN state = 'waiting' THEN {MISTYPED} ELSE '' END
FROM {{rows}} GROUP BY 1, 2, 8
"""
HASH = "hashtextextended(record || ' ' || address, 0)"


@dataclass(frozen=True)
class FunnelLine:
    """How many recipients are in a state, or left out for a reason; `label` says which."""

    state: str
    reason: str
    count: int
    label: Any = field(compare=False)


@dataclass(frozen=True)
class Funnel:
    """How many records a mailing is for, will get it, or are left out. `lacking` are those who will get it
    without a value for a merge field, as long as it is a draft. `digest` differs whenever any recipient does."""

    lines: tuple[FunnelLine, ...]
    vips: int
    digest: str
    hints: AddressHints
    lacking: int = 0

    @property
    def total(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def receiving_count(self) -> int:
        """Those who get it, or got it."""
        return sum(line.count for line in self.lines if not line.reason)

    @property
    def skipped_lines(self) -> list[FunnelLine]:
        """In the order of the reasons."""
        found = {line.reason: line for line in self.lines}
        return [found[reason] for reason in Reason.values if reason in found]

    def count_in_state(self, state: str) -> int:
        return sum(line.count for line in self.lines if line.state == state)


@dataclass(frozen=True)
class CountedRecipients:
    """The numbers of a line; the hash is the same in any order."""

    count: int = 0
    vips: int = 0
    hash: int = 0
    roles: int = 0
    lacking: int = 0

    def __add__(self, other: "CountedRecipients") -> "CountedRecipients":
        return CountedRecipients(
            self.count + other.count,
            self.vips + other.vips,
            self.hash ^ other.hash,
            self.roles + other.roles,
            self.lacking + other.lacking,
        )


def count_recipients(mailing: Mailing) -> Funnel:
    """The counts: of its rows if it has any, else of those that it would have now. Raises FaultyFilter."""
    if not Delivery.objects.of_mailing(mailing).exists():
        return preview_recipient_counts(mailing)
    rows = "(SELECT *, false AS lacking FROM mailings_delivery WHERE mailing_id = %(mailing)s) of_mailing"
    return _count_by_state(mailing, COUNTED.format(rows=rows, hash="0"), {"mailing": mailing.pk})


@transaction.atomic
def preview_recipient_counts(mailing: Mailing) -> Funnel:
    """The counts of the recipients that it would have now. Raises FaultyFilter."""
    sql, parameters = build_judged_sql(mailing)
    return _count_by_state(mailing, sql + COUNTED.format(rows="recipients", hash=HASH), parameters)


def _count_by_state(mailing: Mailing, sql: str, parameters: dict[str, Any]) -> Funnel:
    lines: dict[tuple[str, str], CountedRecipients] = {}
    domains: Counter[str] = Counter()
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters | PARAMETERS)
        for state, reason, *numbers, domain in cursor.fetchall():
            lines[state, reason] = lines.get((state, reason), CountedRecipients()) + CountedRecipients(
                *numbers
            )
            domains[domain] += numbers[0]
    del domains[""]
    rows = sorted((*names, *astuple(counted)) for names, counted in lines.items())
    return Funnel(
        tuple(
            FunnelLine(
                state,
                reason,
                counted.count,
                get_reason_label(reason, mailing) if reason else State(state).label,
            )
            for (state, reason), counted in sorted(lines.items())
        ),
        vips=sum(counted.vips for counted in lines.values()),
        digest=sha256(repr(rows).encode()).hexdigest(),
        lacking=sum(counted.lacking for counted in lines.values()),
        hints=build_hints(sum(counted.roles for counted in lines.values()), domains.items()),
    )
