"""Mailings that were sent to records, and what their recipients do."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from crm.records.history.verb_execution import operation
from mailings.models import Delivery, Mailing


def make_mailing(by: Any, of: str = "lead", **values: Any) -> Mailing:
    """Sent, and it records opens and clicks."""
    given = {"subject": "Price list", "text": "Hello", "tracks_opens": True, "tracks_clicks": True}
    given |= {"state": "sent", "sent_at": timezone.now(), "ids": [], **values}
    with operation("test", by=None):
        return Mailing.objects.create(by=by, of=of, **given)


def deliver(mailing: Mailing, *records: Any, **values: Any) -> Any:
    """The delivery to a record, or a list of them for several."""
    made = Delivery.objects.bulk_create(
        Delivery(
            mailing=mailing,
            of=record.table,
            record=record.pk,
            address=f"r{record.pk}@example.com",
            email_key=f"r{record.pk}@example.com",
            state="sent",
            at=timezone.now(),
            **values,
        )
        for record in records
    )
    return made[0] if len(made) == 1 else made


def respond(*deliveries: Delivery, at: datetime | None = None, column: str = "opened_at") -> None:
    """As the product writes it: the first time counts."""
    rows = Delivery.objects.filter(pk__in=[one.pk for one in deliveries], **{column: None})
    rows.update(**{column: at or timezone.now()})
