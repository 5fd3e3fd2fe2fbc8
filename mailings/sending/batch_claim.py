"""Taking the next recipients of a mailing: a few at a time, as many as the caps allow, and those that no other worker has.

A row that was taken is `sending` until a moment; if its worker is killed, another one takes it then. Only what a mail server
had accepted and the killed worker hadn't committed yet is sent twice: at most one email for each of its connections.

Of two mailings to the same address at the same time, one with a pause since the last mailing waits for the other, and is then
judged again (mailings/sending/last_minute_exclusion.py).
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from mailings.models import Delivery, Mailing, MailingAccount
from mailings.sending.account_routes import Route
from mailings.sending.last_minute_exclusion import get_exclusion_reasons

State = Delivery.State
# So many rows, for so long. A batch ends before: whatever is left by then goes back.
BATCH, LEASE = 20, timedelta(minutes=5)
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)

NEXT = """
    SELECT id, split_part(email_key, '@', 2) FROM mailings_delivery
    WHERE mailing_id = %s AND vip = %s AND state IN ('waiting', 'sending') AND coalesce(taken_until, next_try_at, '-infinity') <= %s
      AND split_part(email_key, '@', 2) <> ALL(%s) AND email_key <> ALL(%s)
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
# What other mailings are sending at this moment.
ELSEWHERE = """
    SELECT coalesce(array_agg(email_key), '{}') FROM mailings_delivery
    WHERE state = 'sending' AND mailing_id <> %s AND taken_until > %s
"""
FULL = """
    SELECT split_part(email_key, '@', 2), count(*) FROM mailings_delivery
    WHERE account_id = %s AND (state = 'sending' OR (state = 'sent' AND at > %s)) GROUP BY 1
"""


@dataclass
class DeliveryBatch:
    """Rows that this worker has until `until`; without rows, `why` is a key of mailings/sending/waiting_reasons.py, or '' for none left."""

    route: Route
    until: datetime
    rows: list[Delivery] = field(default_factory=list)
    why: str = ""
    left_out: int = 0


def claim_recipients(
    mailing: Mailing, route: Route, *, vip: bool, now: datetime | None = None
) -> DeliveryBatch:
    """The next rows, in a transaction of their own; those that may no longer be sent are left out."""
    now = now or timezone.now()
    batch = DeliveryBatch(route, now + LEASE)
    with transaction.atomic():
        _wait_for_others(mailing)
        room = BATCH
        if route:
            # Of two workers with the same account, one counts after the other. It may have been removed by now.
            there = MailingAccount.objects.select_for_update().filter(pk=route.pk).exists()
            room, batch.why = _count_room_and_limit(route, vip=vip, now=now) if there else (0, "")
        if room:
            ids = _find_next_ids(mailing, route, vip=vip, room=room, now=now)
            rows = list(Delivery.objects.filter(pk__in=ids).order_by("pk"))
            reasons = get_exclusion_reasons(mailing, rows)
            batch.left_out = skip_deliveries(reasons)
            batch.rows = [row for row in rows if row.pk not in reasons]
            Delivery.objects.filter(pk__in=[row.pk for row in batch.rows]).update(
                state=State.SENDING, taken_until=batch.until, account=route
            )
    for row in batch.rows:
        row.mailing, row.account = mailing, route
        row.state, row.taken_until = State.SENDING, batch.until
    if not batch.rows and not batch.left_out and not batch.why:
        batch.why = _get_empty_batch_reason(mailing, vip=vip, now=now)
    return batch


def skip_deliveries(reasons: dict[int, str]) -> int:
    """By the ID of the delivery. Returns how many."""
    for reason in set(reasons.values()):
        ids = [pk for pk, found in reasons.items() if found == reason]
        Delivery.objects.filter(pk__in=ids).update(
            state=State.LEFT_OUT, reason=reason, taken_until=None, next_try_at=None
        )
    return len(reasons)


def release_deliveries(rows: list[Delivery]) -> None:
    """What was taken and not sent waits again; of a mailing that was canceled meanwhile, it is left out."""
    mine = Delivery.objects.filter(pk__in=[row.pk for row in rows], state=State.SENDING)
    gone = mine.filter(mailing__state=Mailing.State.CANCELLED)
    gone.update(state=State.LEFT_OUT, reason=Delivery.Reason.CANCELLED, taken_until=None)
    mine.update(state=State.WAITING, taken_until=None)


def _wait_for_others(mailing: Mailing) -> None:
    """A mailing with a pause takes while no other one does, so that each sees what the other has taken."""
    shared = "" if mailing.pause_days else "_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{shared}(hashtext('leadwell.mailings.taking'))")


def _find_busy_addresses(mailing: Mailing, now: datetime) -> list[str]:
    """The addresses that have to wait, because another mailing to them is being sent."""
    if not mailing.pause_days:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ELSEWHERE, [mailing.pk, now])
        return cursor.fetchone()[0]


def _count_room_and_limit(account: MailingAccount, *, vip: bool, now: datetime) -> tuple[int, str]:
    """How many more the caps allow now, and which one allows none. VIP leads don't count against ordinary accounts."""
    if vip and not account.for_vip:
        return BATCH, ""
    used = Delivery.objects.filter(account=account)
    if not account.for_vip:
        used = used.filter(vip=False)
    used = used.filter(Q(state=State.SENDING) | Q(state=State.SENT, at__gt=now - DAY))
    in_hour = Q(state=State.SENDING) | Q(at__gt=now - HOUR)
    counts = used.aggregate(day=Count("pk"), hour=Count("pk", filter=in_hour))
    left = {"day": account.most_a_day - counts["day"], "hour": account.most_an_hour - counts["hour"]}
    reached = next((cap for cap, room in left.items() if room <= 0), "")
    return (0, reached) if reached else (min(BATCH, *left.values()), "")


def _find_next_ids(mailing: Mailing, route: Route, *, vip: bool, room: int, now: datetime) -> list[int]:
    """The IDs of the next rows; of each domain as many as its pace allows."""
    counted: Counter[str] = Counter()
    most = BATCH
    with connection.cursor() as cursor:
        if route:
            cursor.execute(FULL, [route.pk, now - MINUTE])
            counted, most = Counter(dict(cursor.fetchall())), route.most_a_minute_to_domain
        full = [domain for domain, number in counted.items() if number >= most]
        cursor.execute(NEXT, [mailing.pk, vip, now, full, _find_busy_addresses(mailing, now), room])
        found = []
        for pk, domain in cursor.fetchall():
            if counted[domain] < most:
                counted[domain] += 1
                found.append(pk)
    return found


def _get_empty_batch_reason(mailing: Mailing, *, vip: bool, now: datetime) -> str:
    """Rows wait for their next try, or for the pace of their domain; or none is left."""
    waiting = Delivery.objects.of_mailing(mailing).in_state(State.WAITING).filter(vip=vip)
    if waiting.filter(Q(next_try_at=None) | Q(next_try_at__lte=now)).exists():
        return "domain"
    return "retry" if waiting.exists() else ""
