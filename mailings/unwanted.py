"""Who is left out at the last moment: addresses that were suppressed, unsubscribed or deleted since the recipients were written,
or that have received another mailing."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Q

from crm.records.kinds import KINDS
from mailings.digests import digests_of
from mailings.models import Delivery, ForgottenAddress, Mailing

Reason = Delivery.Reason
# The reason why an address gets nothing, or ''. {key} is the folded address, {list} the mailing list, and {pause} the days since
# another mailing than {mailing}.
VERDICT = f"""
    CASE WHEN EXISTS (SELECT FROM leads_unsubscribe u WHERE u.email_key = {{key}})
           OR EXISTS (SELECT FROM mailings_listunsubscribe u WHERE u.list_id = {{list}} AND u.email_key = {{key}})
         THEN '{Reason.UNSUBSCRIBED}'
         ELSE coalesce((SELECT CASE s.reason WHEN 'bounced' THEN '{Reason.BOUNCED}' ELSE '{Reason.SUPPRESSED}' END
                        FROM mailings_suppression s WHERE s.email_key = {{key}}),
                       (SELECT '{Reason.RECENT}' FROM mailings_delivery r WHERE r.email_key = {{key}} AND r.state = 'sent'
                        AND r.mailing_id <> {{mailing}} AND {{pause}} > 0
                        AND r.at > now() - make_interval(days => {{pause}}) LIMIT 1), '') END
"""
VERDICTS = f"""
    SELECT k.key, {VERDICT.format(key="k.key", list="%(list)s", mailing="%(mailing)s", pause="%(pause)s")}
    FROM unnest(%(keys)s::text[]) AS k(key)
"""
STILL = f"""
    SELECT m.state = 'sending' AND d.state = 'sending' AND d.taken_until = %s,
           CASE WHEN d.email_key = '' THEN '{Reason.HIDDEN}'
                ELSE {VERDICT.format(key="d.email_key", list="m.list_id", mailing="m.id", pause="m.pause_days")} END
    FROM mailings_delivery d JOIN mailings_mailing m ON m.id = d.mailing_id WHERE d.id = %s
"""


def verdicts(mailing: Mailing, deliveries: list[Delivery]) -> dict[int, str]:
    """The reasons why some of these get nothing, by the ID of the delivery."""
    found = _deleted(deliveries)
    keys = [one.email_key for one in deliveries]
    with connection.cursor() as cursor:
        about = {"list": mailing.list_id, "mailing": mailing.pk, "pause": mailing.pause_days, "keys": keys}
        cursor.execute(VERDICTS, about)
        reasons = dict(cursor.fetchall()) | _erased(mailing, keys)
    return found | {one.pk: reason for one in deliveries if (reason := reasons[one.email_key])}


def still(delivery: Delivery) -> tuple[bool, str]:
    """Right before it is sent: whether its mailing goes on and it is still this worker's, and the reason to leave it out, or ''."""
    with connection.cursor() as cursor:
        cursor.execute(STILL, [delivery.taken_until, delivery.pk])
        return cursor.fetchone()


def _erased(mailing: Mailing, keys: list[str]) -> dict[str, str]:
    """The reasons that are known only by a digest, because the address was erased before it came back."""
    by_digest = digests_of(keys)
    rows = ForgottenAddress.objects.filter(digest__in=list(by_digest))
    rows = rows.filter(Q(list=None) | Q(list=mailing.list_id))
    return {by_digest[row.digest]: row.verdict for row in rows}


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
