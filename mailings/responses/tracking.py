"""Writing down what a recipient did with a mailing that records it: the first open, and the first click on each link."""

from datetime import datetime

from mailings.models import Click, Delivery, MailingLink


def record_click(delivery: Delivery, link: MailingLink, at: datetime) -> None:
    Click.objects.bulk_create([Click(delivery=delivery, link=link, at=at)], ignore_conflicts=True)
    Delivery.objects.filter(pk=delivery.pk, clicked_at=None).update(clicked_at=at)


def record_open(delivery: Delivery, at: datetime) -> None:
    Delivery.objects.filter(pk=delivery.pk, opened_at=None).update(opened_at=at)
