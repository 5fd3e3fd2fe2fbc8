"""Addresses that bounce: they are suppressed, and a mailing with too many of them is paused."""

from django.db.models import Q

from mailings.models import Delivery, Mailing, Suppression

# A few bounces among the first emails say nothing.
COUNTED_FROM = 50


def suppress(address: str, email_key: str, reason: str, note: str = "") -> None:
    """Put the address on the suppression list, unless it is there."""
    row = Suppression(address=address, email_key=email_key, reason=reason, note=note[:300])
    if email_key:
        Suppression.objects.bulk_create([row], ignore_conflicts=True)


def too_many_bounces(mailing: Mailing) -> int:
    """The percentage that couldn't be delivered if it is above what the mailing allows, otherwise 0."""
    rows = Delivery.objects.of_mailing(mailing)
    bad = rows.filter(Q(state=Delivery.State.FAILED) | Q(bounced_at__isnull=False)).count()
    # Most mailings have few, so the others needn't be counted each time.
    if bad * 100 <= mailing.most_bounces * COUNTED_FROM:
        return 0
    tried = rows.in_state(Delivery.State.SENT, Delivery.State.FAILED).count()
    if tried < COUNTED_FROM or bad * 100 <= mailing.most_bounces * tried:
        return 0
    return round(bad * 100 / tried)
