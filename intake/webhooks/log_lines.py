"""The log of a webhook as lines: each call with its outcome, its sentences, and the record if the reader sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.records.kinds.kind_registry import kind_of
from intake.models import IncomingCall, IncomingWebhook
from intake.webhooks.reasons import sentences

PAGE = 50


@dataclass(frozen=True)
class Line:
    call: IncomingCall
    record: Any
    sentences: list[str]


def lines_of(calls: Sequence[IncomingCall], webhook: IncomingWebhook, user: Any) -> list[Line]:
    """One query for the records of each kind."""
    records: dict[tuple[str, int], Any] = {}
    for of in {call.of for call in calls if call.of}:
        kind = kind_of(of)
        if kind and user.has_perm(kind.right("view")):
            ids = [call.record for call in calls if call.of == of and call.record]
            seen = kind.model.objects.present().visible_to(user).in_bulk(ids)
            records |= {(of, pk): record for pk, record in seen.items()}
    return [
        Line(call, records.get((call.of, call.record or 0)), sentences(call.problems, webhook.makes))
        for call in calls
    ]
