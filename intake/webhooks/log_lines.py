"""The log of a webhook as lines: each call with its outcome, its sentences, and the record if the reader sees it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from crm.records.kinds.kind_registry import get_kind
from intake.models import IncomingCall, IncomingWebhook
from intake.webhooks.reasons import get_problem_sentences

LOG_PAGE_SIZE = 50


@dataclass(frozen=True)
class LogLine:
    call: IncomingCall
    record: Any
    sentences: list[str]


def build_log_lines(calls: Sequence[IncomingCall], webhook: IncomingWebhook, user: User) -> list[LogLine]:
    """One query for the records of each kind."""
    records: dict[tuple[str, int], Any] = {}
    for of in {call.of for call in calls if call.of}:
        kind = get_kind(of)
        if kind and user.has_perm(kind.get_right("view")):
            ids = [call.record for call in calls if call.of == of and call.record]
            seen = kind.model.objects.present().visible_to(user).in_bulk(ids)
            records |= {(of, pk): record for pk, record in seen.items()}
    return [
        LogLine(
            call,
            records.get((call.of, call.record or 0)),
            get_problem_sentences(call.problems, webhook.makes),
        )
        for call in calls
    ]
