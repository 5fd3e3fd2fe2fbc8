"""A page of the recipients of a mailing, with their names as far as the reader sees the records."""

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from crm.records.listing.record_list import get_records_for_page
from mailings.audience.address_hygiene import OF_HINT, OF_ROLES, PARAMETERS, parse_hint
from mailings.audience.audience import build_judged_sql, get_recipient_kind
from mailings.audience.sample_records import get_empty_field_labels
from mailings.models import Delivery, Mailing
from mailings.models.delivery import get_reason_label

PAGE = 50
State, Reason = Delivery.State, Delivery.Reason
# Of the rows of a mailing, or of the recipients that it would have now.
NEXT = f"""
SELECT record, address, state, reason, {{problem}} FROM {{rows}}
WHERE %(state)s IN ('', state) AND %(reason)s IN ('', reason) AND record > %(after)s AND {OF_HINT}
AND (lacking OR NOT %(lacking)s)
ORDER BY record LIMIT %(size)s
"""


@dataclass(frozen=True)
class RecipientFilter:
    """Which recipients a page shows: in a state, skipped for a reason, or of a hint (mailings/audience/address_hygiene.py); each may be ''. Or those
    who will get it without a value for a merge field."""

    state: str = ""
    reason: str = ""
    hint: str = ""
    lacking: bool = False

    @classmethod
    def from_query(cls, data: QueryDict) -> "RecipientFilter":
        """As a URL says; what it doesn't know is ''."""
        state, reason = data.get("state", ""), data.get("reason", "")
        if hint := parse_hint(data.get("hint", "")):
            return cls(State.WAITING, "", hint)
        if data.get("lacking"):
            return cls(State.WAITING, lacking=True)
        if reason in Reason.values:
            return cls(State.LEFT_OUT, reason)
        return cls(state if state in State.values else "")

    @property
    def query(self) -> str:
        return urlencode({name: value for name, value in vars(self).items() if value})

    @property
    def is_of_roles(self) -> bool:
        return self.hint == OF_ROLES


@dataclass(frozen=True)
class Recipient:
    record: int
    address: str
    state: str
    reason: str
    problem: str

    def get_state_label(self, mailing: Mailing) -> Any:
        """Its state in words, or why it is skipped."""
        if self.reason:
            return get_reason_label(self.reason, mailing)
        return State(self.state).label if mailing.sent_at else _("Will receive it")


@dataclass(frozen=True)
class RecipientLine:
    """`empty` are the merge fields without a value, if the page is about those."""

    record: Any
    address: str
    said: Any
    problem: str = ""
    empty: str = ""
    state: str = ""
    reason: str = ""


@dataclass(frozen=True)
class RecipientPage:
    """`unseen` are the recipients of this page that the reader can't see; `following` is the id after which the next page
    begins, or None."""

    lines: list[RecipientLine]
    unseen: int
    following: int | None


def build_recipients_page(
    mailing: Mailing, which: RecipientFilter, after: int, viewer, size: int = PAGE
) -> RecipientPage:
    """The recipients after this record. Raises FaultyFilter."""
    found = get_next_recipients(mailing, which, after, size + 1)
    shown = found[:size]
    kind = get_recipient_kind(mailing.of)
    may = viewer.has_perm(kind.get_right("view"))
    records = (
        {row.pk: row for row in get_records_for_page(kind, [row.record for row in shown], seen_by=viewer)}
        if may
        else {}
    )
    empty = get_empty_field_labels(mailing, records, viewer) if which.lacking else {}
    lines = [
        RecipientLine(
            records[row.record],
            row.address,
            row.get_state_label(mailing),
            row.problem,
            ", ".join(empty.get(row.record, [])),
            row.state,
            row.reason,
        )
        for row in shown
        if row.record in records
    ]
    following = shown[-1].record if len(found) > size else None
    return RecipientPage(lines, len(shown) - len(lines), following)


@transaction.atomic
def get_next_recipients(mailing: Mailing, which: RecipientFilter, after: int, size: int) -> list[Recipient]:
    """The next ones: of its rows if it has any, else of those that it would have now. Raises FaultyFilter."""
    if Delivery.objects.of_mailing(mailing).exists():
        rows = "(SELECT *, false AS lacking FROM mailings_delivery WHERE mailing_id = %(mailing)s) of_mailing"
        sql, parameters = NEXT.format(rows=rows, problem="problem"), {"mailing": mailing.pk}
    else:
        sql, parameters = build_judged_sql(mailing)
        sql += NEXT.format(rows="recipients", problem="''")
    given = vars(which) | PARAMETERS | {"after": after, "size": size}
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters | given)
        return [Recipient(*row) for row in cursor.fetchall()]
