"""Webhooks as people see them: the kinds of operations in words, and the delivery log."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from crm.api.webhooks.webhook_delivery import get_next_tries
from crm.models import Operation, Webhook, WebhookDelivery
from crm.records.history.visible_operations import describe_operation, readable_operations_queryset

LOG_PAGE_SIZE = 50

# The kinds of operations (crm/records/history/verb_execution.py, Verb.known) as grouped and named in the form; each app adds its own.
EVENTS: list[tuple[Any, Sequence[tuple[str, Any]]]] = [
    (
        _("Records added or deleted"),
        [
            ("add", _("added")),
            ("import", _("imported")),
            ("bin", _("deleted")),
            ("restore", _("restored")),
            ("purge", _("permanently deleted")),
        ],
    ),
    (
        _("Records edited"),
        [
            ("edit", _("edited")),
            ("tag", _("tags added")),
            ("untag", _("tags removed")),
            ("add_activity", _("note, call, meeting or file added")),
            ("edit_activity", _("note, call, meeting or file edited")),
            ("pin_activity", _("note, call, meeting or file pinned")),
            ("delete_activity", _("note, call, meeting or file deleted")),
            ("move_activity", _("note, call, meeting, email or file moved")),
            ("send_email", _("email written")),
            ("retry_email", _("email sent again")),
            ("deliver_email", _("email sent or failed")),
            ("send_invitation", _("invitation sent again")),
            ("end_meetings", _("planned meeting over")),
            ("add_task", _("task added")),
            ("edit_task", _("task edited")),
            ("complete_task", _("task completed")),
            ("reopen_task", _("task reopened")),
            ("reschedule_task", _("task rescheduled")),
            ("reassign_task", _("task reassigned")),
            ("delete_task", _("task deleted")),
        ],
    ),
    (
        _("Records reassigned or shared"),
        [
            ("assign", _("assigned")),
            ("take", _("taken")),
            ("change_department", _("department changed")),
            ("share", _("sharing changed")),
            ("deactivate", _("reassigned when a user was deactivated")),
        ],
    ),
    (
        _("Templates"),
        [
            ("add_template", _("own template added")),
            ("edit_template", _("own template edited")),
            ("delete_template", _("own template deleted")),
            ("add_shared_template", _("shared template added")),
            ("edit_shared_template", _("shared template edited")),
            ("delete_shared_template", _("shared template deleted")),
        ],
    ),
    (_("Changes undone"), [("undo", _("change undone"))]),
]


def get_event_labels() -> dict[str, str | Promise]:
    return {kind: label for _group, kinds in EVENTS for kind, label in kinds}


def describe_webhook_kinds(webhook: Webhook) -> str:
    """The kinds of a webhook in words: "Added, status changed"."""
    if not webhook.kinds:
        return gettext("everything")
    return capfirst(", ".join(str(get_event_labels().get(kind, kind)) for kind in webhook.kinds))


def describe_remaining_webhooks(user, reader) -> str:
    """A note that a user still has webhooks, shown after revoking their token; '' if there are none. The URLs are for
    readers who may see webhooks."""
    left = list(Webhook.objects.active().of_user(user).newest_first())
    if not left:
        return ""
    words = ngettext(
        "%(name)s still has %(number)s webhook, which keeps sending changes.",
        "%(name)s still has %(number)s webhooks, which keep sending changes.",
        len(left),
    ) % {"name": user.name, "number": len(left)}
    if not reader.has_perm("crm.view_webhook"):
        return words
    return f"{words} {', '.join(webhook.url for webhook in left)}"


@dataclass(frozen=True)
class DeliveryLine:
    """One delivery in the log: its content, as far as the reader may see it, and the time of the next try."""

    delivery: WebhookDelivery
    words: str
    operation: Operation | None
    next_try: datetime | None


def build_delivery_lines(deliveries: Iterable[WebhookDelivery], reader) -> list[DeliveryLine]:
    rows = list(deliveries)
    again = get_next_tries(rows)
    readable = readable_operations_queryset(reader).filter(
        pk__in=[row.operation_id for row in rows if row.operation_id]
    )
    seen = set(readable.values_list("pk", flat=True))
    return [build_delivery_line(row, reader, row.operation_id in seen, again.get(row.pk)) for row in rows]


def build_delivery_line(row: WebhookDelivery, reader, seen: bool, next_try: datetime | None) -> DeliveryLine:
    if row.operation is None:
        return DeliveryLine(row, gettext("Test"), None, next_try)
    if not seen:
        return DeliveryLine(row, gettext("A change you don’t have access to"), None, next_try)
    return DeliveryLine(row, describe_operation(row.operation, reader), row.operation, next_try)
