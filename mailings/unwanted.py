"""Who is left out at the last moment: addresses that were suppressed, unsubscribed or deleted since the recipients were written."""

from collections.abc import Iterable
from typing import Any

from django.db import connection

from crm.records.kinds import KINDS
from mailings.models import Delivery, Mailing

Reason = Delivery.Reason
# The reason why an address gets nothing, or ''. {key} is the folded address, {list} the mailing list.
VERDICT = f"""
    CASE WHEN EXISTS (SELECT FROM leads_unsubscribe u WHERE u.email_key = {{key}})
           OR EXISTS (SELECT FROM mailings_listunsubscribe u WHERE u.list_id = {{list}} AND u.email_key = {{key}})
         THEN '{Reason.UNSUBSCRIBED}'
         ELSE coalesce((SELECT CASE s.reason WHEN 'bounced' THEN '{Reason.BOUNCED}' ELSE '{Reason.SUPPRESSED}' END
                        FROM mailings_suppression s WHERE s.email_key = {{key}}), '') END
"""
STILL = f"""
    SELECT m.state = 'sending' AND d.state = 'sending' AND d.taken_until = %s,
           {VERDICT.format(key="d.email_key", list="m.list_id")}
    FROM mailings_delivery d JOIN mailings_mailing m ON m.id = d.mailing_id WHERE d.id = %s
"""


def verdicts(mailing: Mailing, deliveries: list[Delivery]) -> dict[int, str]:
    """The reasons why some of these get nothing, by the ID of the delivery."""
    found = _deleted(deliveries)
    sql = f"SELECT k.key, {VERDICT.format(key='k.key', list='%s')} FROM unnest(%s::text[]) AS k(key)"
    with connection.cursor() as cursor:
        cursor.execute(sql, [mailing.list_id, [one.email_key for one in deliveries]])
        reasons = dict(cursor.fetchall())
    return found | {one.pk: reason for one in deliveries if (reason := reasons[one.email_key])}


def still(delivery: Delivery) -> tuple[bool, str]:
    """Right before it is sent: whether its mailing goes on and it is still this worker's, and the reason to leave it out, or ''."""
    with connection.cursor() as cursor:
        cursor.execute(STILL, [delivery.taken_until, delivery.pk])
        return cursor.fetchone()


def forget(table: str, ids: list[int]) -> None:
    """Records that are deleted permanently leave rows without an address, so the counts of their mailings stay."""
    rows = Delivery.objects.filter(of=table, record__in=ids)
    rows.in_state(Delivery.State.WAITING).update(state=Delivery.State.LEFT_OUT, reason=Reason.HIDDEN)
    rows.update(address="", email_key="")


def _deleted(deliveries: Iterable[Delivery]) -> dict[int, str]:
    """Those whose record is in Trash, or deleted permanently."""
    by_kind: dict[str, dict[int, list[int]]] = {}
    for one in deliveries:
        by_kind.setdefault(one.of, {}).setdefault(one.record, []).append(one.pk)
    hidden: dict[int, str] = {}
    for table, rows in by_kind.items():
        model: Any = KINDS[table].model
        there = set(model._default_manager.present().filter(pk__in=rows).values_list("pk", flat=True))
        hidden |= {pk: Reason.HIDDEN for record, ids in rows.items() if record not in there for pk in ids}
    return hidden
