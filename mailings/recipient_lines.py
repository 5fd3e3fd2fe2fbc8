"""A page of the recipients of a mailing, with their names as far as the reader sees the records."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from crm.records.listing import drawn
from mailings.audience import Recipient, preview_page, recipients_of
from mailings.models import Delivery, Mailing

PAGE = 50
State, Reason = Delivery.State, Delivery.Reason


@dataclass(frozen=True)
class RecipientLine:
    record: Any
    address: str
    said: Any
    problem: str = ""


@dataclass(frozen=True)
class RecipientPage:
    """`unseen` are the recipients of this page that the reader can't see; `following` is the id after which the next page
    begins, or None."""

    lines: list[RecipientLine]
    unseen: int
    following: int | None


def page_of(mailing: Mailing, state: str, reason: str, after: int, viewer) -> RecipientPage:
    """The recipients in a state or left out for a reason, or all of them."""
    if Delivery.objects.of_mailing(mailing).exists():
        found, said, problems = _written(mailing, state, reason, after)
    else:
        rows = preview_page(mailing, state, reason, after, PAGE + 1)
        found = rows
        said = {row.record: Reason(row.reason).label if row.reason else _("Will receive it") for row in rows}
        problems = {}
    shown = found[:PAGE]
    kind = recipients_of(mailing.of)
    may = viewer.has_perm(kind.right("view"))
    records = (
        {row.pk: row for row in drawn(kind, [row.record for row in shown], seen_by=viewer)} if may else {}
    )
    lines = [
        RecipientLine(records[row.record], row.address, said[row.record], problems.get(row.record, ""))
        for row in shown
        if row.record in records
    ]
    following = shown[-1].record if len(found) > PAGE else None
    return RecipientPage(lines, len(shown) - len(lines), following)


def _written(
    mailing: Mailing, state: str, reason: str, after: int
) -> tuple[list[Recipient], dict[int, Any], dict[int, str]]:
    rows = list(Delivery.objects.of_mailing(mailing).like(state, reason).after_record(after)[: PAGE + 1])
    found = [Recipient(row.record, row.address, row.reason) for row in rows]
    said = {row.record: row.get_reason_display() or row.get_state_display() for row in rows}
    return found, said, {row.record: row.problem for row in rows if row.problem}
