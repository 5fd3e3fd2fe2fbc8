"""Addresses that bounce: they are suppressed, and a mailing with too many of them is paused."""

from decimal import Decimal

from django.db import transaction
from django.db.models import Case, Q, Value, When

from crm.fields.percentages import get_percent
from crm.platform.sql.unrecorded_writes import write_without_history
from mailings.models import Delivery, Mailing, Suppression
from mailings.suppression.address_erasure import add_forgotten_address

# A few bounces among the first emails say nothing.
COUNTED_FROM = 50
LONGEST = 300


@transaction.atomic
def suppress_address(delivery_id: int, reason: str, note: str = "") -> None:
    """Put the address of this recipient on the suppression list, unless it is there. The address may be erased by now, or
    just being erased."""
    row = Delivery.objects.select_for_update(no_key=True).get(pk=delivery_id)
    if row.email_key:
        made = Suppression(address=row.address, email_key=row.email_key, reason=reason, note=note[:300])
        with write_without_history():
            Suppression.objects.bulk_create([made], ignore_conflicts=True)
    elif row.digest:
        add_forgotten_address(row.digest, reason)


def write_delivery_problem(delivery_id: int, problem: str) -> None:
    """What the mail server said, as far as the address isn't erased: it often has the address in it."""
    word = Value(problem.partition(" ")[0])
    said = Case(When(email_key="", then=word), default=Value(problem[:LONGEST]))
    Delivery.objects.filter(pk=delivery_id).update(problem=said)


def get_excessive_bounce_rate(mailing: Mailing) -> Decimal | int:
    """The percentage that couldn't be delivered if it is above what the mailing allows, otherwise 0."""
    rows = Delivery.objects.of_mailing(mailing)
    bad = rows.filter(Q(state=Delivery.State.FAILED) | Q(bounced_at__isnull=False)).count()
    # Most mailings have few, so the others needn't be counted each time.
    if bad * 100 <= mailing.most_bounces * COUNTED_FROM:
        return 0
    tried = rows.in_state(Delivery.State.SENT, Delivery.State.FAILED).count()
    if tried < COUNTED_FROM or bad * 100 <= mailing.most_bounces * tried:
        return 0
    return get_percent(bad, tried)
