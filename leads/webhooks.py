"""Webhooks as people see them: the kinds of operations in words, and the log of what was sent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.models import Operation, Webhook, WebhookDelivery
from crm.webhooks import next_tries
from leads.operations import readable_operations, words_of

SEES = "leads.view_lead"
PAGE = 50

# The kinds of operations (crm/change.py, Verb.known) as the form groups and names them.
KINDS: list[tuple[str | Promise, list[tuple[str, str | Promise]]]] = [
    (
        _("Leads come and go"),
        [
            ("add", _("added")),
            ("import", _("imported")),
            ("bin", _("put into the bin")),
            ("restore", _("restored")),
            ("purge", _("removed for good")),
        ],
    ),
    (
        _("Leads are worked on"),
        [
            ("move", _("status changed")),
            ("edit", _("edited")),
            ("next_action", _("next action set")),
            ("vip", _("VIP set or taken away")),
            ("tag", _("tags added")),
            ("untag", _("tags removed")),
            ("source", _("source changed")),
            ("country", _("country changed")),
        ],
    ),
    (
        _("Leads change hands"),
        [
            ("assign", _("assigned")),
            ("take", _("taken")),
            ("change_department", _("department changed")),
            ("change_pipeline", _("pipeline changed")),
            ("share", _("shared or no longer")),
            ("deactivate", _("handed over by somebody who leaves")),
        ],
    ),
    (_("Taken back"), [("undo", _("an operation undone"))]),
    (
        _("Settings"),
        [
            ("add_status", _("status added")),
            ("edit_status", _("status edited")),
            ("retire_status", _("status removed")),
            ("add_source", _("source added")),
            ("edit_source", _("source edited")),
            ("retire_source", _("source removed")),
            ("source_cost", _("cost of a source")),
            ("add_pipeline", _("pipeline added")),
            ("edit_pipeline", _("pipeline edited")),
            ("retire_pipeline", _("pipeline retired")),
            ("add_tag", _("tag added")),
            ("edit_tag", _("tag edited")),
            ("merge_tags", _("tags merged")),
            ("add_lost_reason", _("lost reason added")),
            ("edit_lost_reason", _("lost reason edited")),
            ("exchange_rate", _("exchange rate")),
        ],
    ),
]
WORDS = {kind: label for _group, kinds in KINDS for kind, label in kinds}


def told_of(webhook: Webhook) -> str:
    """The kinds that it wants, in words: "Added, status changed"."""
    if not webhook.kinds:
        return gettext("everything")
    return capfirst(", ".join(str(WORDS.get(kind, kind)) for kind in webhook.kinds))


@dataclass(frozen=True)
class Line:
    """One delivery in the log: what it tells, as far as the reader may know, and when it is tried again."""

    delivery: WebhookDelivery
    words: str
    operation: Operation | None
    next_try: datetime | None


def lines_of(deliveries: Iterable[WebhookDelivery], reader) -> list[Line]:
    rows = list(deliveries)
    again = next_tries(rows)
    readable = readable_operations(reader).filter(
        pk__in=[row.operation_id for row in rows if row.operation_id]
    )
    seen = set(readable.values_list("pk", flat=True))
    return [line_of(row, reader, row.operation_id in seen, again.get(row.pk)) for row in rows]


def line_of(row: WebhookDelivery, reader, seen: bool, next_try: datetime | None) -> Line:
    if row.operation is None:
        return Line(row, gettext("Test"), None, next_try)
    if not seen:
        return Line(row, gettext("An operation that you do not see"), None, next_try)
    return Line(row, words_of(row.operation, reader), row.operation, next_try)
