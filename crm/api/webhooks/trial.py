"""What a webhook would be sent: shown before it is tried."""

import json

from crm.api.webhooks.webhook_delivery import build_content
from crm.models import Operation, Webhook
from crm.records.history.visible_operations import visible_operations_queryset

MOST_SHOWN = 20
# A delivery gets its number when it is queued.
NUMBER = 1


def get_recent_operations(webhook: Webhook) -> list[Operation]:
    """The last changes that the webhook is notified of and that its user lists, the newest first."""
    found = visible_operations_queryset(webhook.user).not_private().that_changed_records()
    if webhook.kinds:
        found = found.of_kinds(webhook.kinds)
    return list(found.newest_first().select_related("by", "undoes")[:MOST_SHOWN])


def build_trial_body(webhook: Webhook, record: Operation | None) -> str:
    """The body with line breaks; '' if nothing is sent, because the webhook is off or its user doesn't see the change."""
    content = build_content(webhook, record)
    if content is None:
        return ""
    number = record and webhook.deliveries.filter(operation=record).values_list("pk", flat=True).first()
    return json.dumps({"delivery": number or NUMBER, **content}, ensure_ascii=False, indent=2)
