"""How far a mailing is: how many emails are sent, how fast, how long the rest takes, and why it waits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.timesince import timeuntil

from crm.fields.percentages import format_share
from mailings.models import Delivery, Mailing
from mailings.sending.waiting_reasons import get_reason_sentence

State = Delivery.State
# The rate is that of the last minutes, because a mailing may have waited before.
LATELY = timedelta(minutes=5)


@dataclass(frozen=True)
class Progress:
    """`rate` is in emails a minute, `left` the time for the rest at this rate, or None if nothing was sent lately."""

    total: int
    sent: int
    failed: int
    waiting: int
    rate: int
    left: timedelta | None
    why: str

    @property
    def done(self) -> int:
        return self.sent + self.failed

    @property
    def time_left(self) -> str:
        """In words, such as "12 minutes"."""
        now = timezone.now()
        return timeuntil(now + max(self.left or timedelta(), timedelta(minutes=1)), now, depth=1)

    @property
    def percent(self) -> str:
        return format_share(self.done, self.total)


def get_progress(mailing: Mailing, now: datetime | None = None) -> Progress:
    """With one query."""
    now = now or timezone.now()
    since = max(now - LATELY, mailing.sent_at or now)
    rows = Delivery.objects.of_mailing(mailing)
    counts = rows.aggregate(
        sent=Count("pk", filter=Q(state=State.SENT)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        waiting=Count("pk", filter=Q(state__in=[State.WAITING, State.SENDING])),
        lately=Count("pk", filter=Q(state=State.SENT, at__gte=since)),
    )
    lately = counts.pop("lately")
    seconds = max((now - since).total_seconds(), 1)
    return Progress(
        total=sum(counts.values()),
        **counts,
        rate=round(lately * 60 / seconds),
        left=timedelta(seconds=round(counts["waiting"] * seconds / lately)) if lately else None,
        why=get_reason_sentence(mailing.why),
    )
