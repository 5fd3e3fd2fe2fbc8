"""What recipients did with mailings, as what wakes an automation: the responses that it takes at once, and how they are known in the log."""

from automations.models import Automation, MailingResponse
from mailings.models import Delivery

# So many responses become one change at most; the others follow in the next turn.
MOST_AT_ONCE = 1_000


def take_responses() -> tuple[Automation, dict[int, str]] | None:
    """The automation that has waited for longest, with the occasions of its responses by record; None if none waits. Within the
    transaction of the turn, they are off the list. A second response of a record, to another mailing, is left for the next turn."""
    first = MailingResponse.objects.in_order().select_related("automation__owner").first()
    if first is None:
        return None
    automation = first.automation
    rows = MailingResponse.objects.of_automation(automation.pk).in_order()[:MOST_AT_ONCE]
    waiting = {row.delivery: row.pk for row in rows}
    deliveries = Delivery.objects.filter(pk__in=list(waiting), of=automation.table_of)
    records = dict(deliveries.values_list("pk", "record"))
    taken: dict[int, int] = {}
    for delivery in waiting:
        if delivery in records:
            taken.setdefault(records[delivery], delivery)
    done = [
        pk
        for delivery, pk in waiting.items()
        if delivery not in records or taken[records[delivery]] == delivery
    ]
    MailingResponse.objects.filter(pk__in=done).delete()
    return automation, {record: build_occasion(automation.trigger, pk) for record, pk in taken.items()}


def build_occasion(trigger: str, delivery: int) -> str:
    """What the log keeps: the trigger and the delivery."""
    return f"{trigger} {delivery}"
