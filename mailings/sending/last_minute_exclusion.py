"""Who is left out at the last moment: addresses that were suppressed, unsubscribed or deleted since the recipients were written,
that have received another mailing, or whose consent was withdrawn."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import Q

from crm.records.kinds.kind_registry import KINDS
from customers.consent.current_consent import GIVEN
from mailings.models import Delivery, ForgottenAddress, Mailing
from mailings.suppression.address_digests import build_possible_digests

Reason = Delivery.Reason
HAS_CONSENT = GIVEN.format(purpose="m.purpose_id", email_key="d.email_key", kind="d.of", record="d.record")
# The reason why the recipient d of the mailing m gets nothing, or ''.
VERDICT = f"""
    CASE WHEN EXISTS (SELECT FROM leads_unsubscribe u WHERE u.email_key = d.email_key)
           OR EXISTS (SELECT FROM mailings_listunsubscribe u WHERE u.list_id = m.list_id AND u.email_key = d.email_key)
         THEN '{Reason.UNSUBSCRIBED}'
         ELSE coalesce((SELECT CASE s.reason WHEN 'bounced' THEN '{Reason.BOUNCED}' ELSE '{Reason.SUPPRESSED}' END
                        FROM mailings_suppression s WHERE s.email_key = d.email_key),
                       CASE WHEN m.purpose_id IS NOT NULL AND NOT {HAS_CONSENT} THEN '{Reason.NO_CONSENT}' END,
                       (SELECT '{Reason.RECENT}' FROM mailings_delivery r WHERE r.email_key = d.email_key AND r.state = 'sent'
                        AND r.mailing_id <> m.id AND m.pause_days > 0
                        AND r.at > now() - make_interval(days => m.pause_days) LIMIT 1), '') END
"""
VERDICTS = f"""
    SELECT d.id, {VERDICT} FROM mailings_delivery d JOIN mailings_mailing m ON m.id = d.mailing_id WHERE d.id = ANY(%s)
"""
STILL = f"""
    SELECT m.state = 'sending' AND d.state = 'sending' AND d.taken_until = %s,
           CASE WHEN d.email_key = '' THEN '{Reason.HIDDEN}' ELSE {VERDICT} END
    FROM mailings_delivery d JOIN mailings_mailing m ON m.id = d.mailing_id WHERE d.id = %s
"""


def get_exclusion_reasons(mailing: Mailing, deliveries: list[Delivery]) -> dict[int, str]:
    """The reasons why some of these get nothing, by the ID of the delivery."""
    with connection.cursor() as cursor:
        cursor.execute(VERDICTS, [[one.pk for one in deliveries]])
        reasons = {pk: reason for pk, reason in cursor.fetchall() if reason}
    erased = _get_erased_reasons(mailing, [one.email_key for one in deliveries])
    for one in deliveries:
        if reason := erased.get(one.email_key):
            reasons[one.pk] = _get_higher_ranked_reason(reason, reasons.get(one.pk))
    return _get_deleted_reasons(deliveries) | reasons


def _get_higher_ranked_reason(reason: str, other: str | None) -> str:
    """Of two, the one that counts when the recipients are written (mailings/audience/audience.py)."""
    return min(reason, other or reason, key=Reason.values.index)


def check_right_before_sending(delivery: Delivery) -> tuple[bool, str]:
    """Right before it is sent: whether its mailing goes on and it is still this worker's, and the reason to leave it out, or ''."""
    with connection.cursor() as cursor:
        cursor.execute(STILL, [delivery.taken_until, delivery.pk])
        return cursor.fetchone()


def _get_erased_reasons(mailing: Mailing, keys: list[str]) -> dict[str, str]:
    """The reasons that are known only by a digest, because the address was erased before it came back."""
    by_digest = build_possible_digests(keys)
    rows = ForgottenAddress.objects.filter(digest__in=list(by_digest))
    found: dict[str, str] = {}
    for row in rows.filter(Q(list=None) | Q(list=mailing.list_id)):
        key = by_digest[row.digest]
        found[key] = _get_higher_ranked_reason(row.exclusion_reason, found.get(key))
    return found


def _get_deleted_reasons(deliveries: Iterable[Delivery]) -> dict[int, str]:
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
