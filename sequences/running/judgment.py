"""Whether a sequence goes on for a record: the one place that says why it ends or waits, for one record as for all of them.

The worker asks before each step, the sweep asks once a minute for everyone, and an email asks once more right before it is sent.
"""

from collections.abc import Collection

from django.db import connection

from crm.records.kinds.kind_registry import KINDS
from sequences.models import Enrollment

# An email that was received so long before the start may be read by Leadwell only after it.
READ_LATE = "interval '1 day'"
# The verdict on a record whose last email hasn't gone out: neither may the next one.
UNSENT = "unsent"

# Emails and meetings may also be with another record of the same person.
_ACTIVITIES = """
    EXISTS (SELECT FROM crm_activity a WHERE a.deleted_at IS NULL AND {what} AND a.of = e.table_of AND a.record = e.record)
    OR EXISTS (SELECT FROM leads_lead p JOIN crm_activity a ON a.of = 'lead' AND a.record = p.id
               WHERE p.email_key = e.email_key AND p.email_key <> '' AND a.deleted_at IS NULL AND {what})
    OR EXISTS (SELECT FROM customers_contact p JOIN crm_activity a ON a.of = 'contact' AND a.record = p.id
               WHERE (p.email_key = e.email_key AND p.email_key <> '' OR p.second_email_key = e.email_key AND p.second_email_key <> '')
               AND p.deleted_at IS NULL AND a.deleted_at IS NULL AND {what})"""
_REPLIED = _ACTIVITIES.format(
    what=f"a.type = 'email' AND a.outcome = 'received' AND a.created_at > e.started_at AND a.at > e.started_at - {READ_LATE}"
)
_MEETING = _ACTIVITIES.format(what="a.type = 'meeting' AND a.created_at > e.started_at")
_OWN_EMAIL = """
    EXISTS (SELECT FROM sequences_enrollmentstep d JOIN crm_activity a ON a.id = d.activity
            WHERE d.enrollment_id = e.id AND a.deleted_at IS NULL AND {what})"""
# The mail server of the recipient has said no, at once or later.
_BOUNCED = _OWN_EMAIL.format(what="a.outcome = 'failed' AND a.problem ~ '^(bounced|refused)'")
# Our side couldn't send it, or hasn't yet. Someone can try again.
_UNSENT = _OWN_EMAIL.format(
    what="(a.outcome = 'sending' OR a.outcome = 'failed' AND a.problem ~ '^(unreachable|store|unknown|file)')"
)
_IS_CLOSED = """
    EXISTS (SELECT FROM leads_status z WHERE z.id = r.status_id AND z.kind IN ('won', 'lost', 'disqualified'))
    OR s.stop_statuses @> to_jsonb(r.status_id)"""
_SUPPRESSED = "EXISTS (SELECT FROM mailings_suppression u WHERE u.email_key = r.email_key AND u.reason {comparison} 'bounced')"
_UNSUBSCRIBED = "EXISTS (SELECT FROM leads_unsubscribe u WHERE u.email_key = r.email_key)"
_TAKEN = """
    EXISTS (SELECT FROM sequences_enrollment o WHERE o.state = 'running' AND o.email_key = r.email_key AND o.id <> e.id)"""

Reason = Enrollment.StopReason
# In this order, so a record that was deleted doesn't count as one whose owner changed. Those of leads alone are left out for others.
_CASES: list[tuple[str, str]] = [
    (Reason.RETIRED, "s.retired"),
    (
        Reason.MERGED,
        """r.deleted_at IS NOT NULL AND EXISTS (
            SELECT FROM crm_mergedrecord m WHERE m."table" = e.table_of AND m.record = e.record)""",
    ),
    (Reason.DELETED, "r.id IS NULL OR r.deleted_at IS NOT NULL"),
    (Reason.ERASED, "r.erased_at IS NOT NULL"),
    (Reason.REPLIED, _REPLIED),
    (Reason.MEETING, _MEETING),
    (Reason.CONVERTED, "r.client_id IS NOT NULL OR r.client_contact_id IS NOT NULL"),
    (Reason.STATUS, _IS_CLOSED),
    (Reason.NO_ADDRESS, "r.email_key = ''"),
    (Reason.UNSUBSCRIBED, _UNSUBSCRIBED),
    (Reason.BOUNCED, f"{_BOUNCED} OR {_SUPPRESSED.format(comparison='=')}"),
    (Reason.SUPPRESSED, _SUPPRESSED.format(comparison="<>")),
    (Reason.ADDRESS_TAKEN, f"r.email_key <> e.email_key AND {_TAKEN}"),
    (Reason.AUTHOR_GONE, "NOT w.is_active"),
    (Reason.OWNER_CHANGED, "s.sender = 'owner' AND r.owner_id IS DISTINCT FROM e.author_id"),
]
_OF_LEADS = (Reason.CONVERTED, Reason.STATUS)


def find_stop_reasons(ids: Collection[int] | None = None) -> dict[int, str]:
    """Why these enrollments end, one of StopReason by their ids; those that go on aren't in it. Without `ids`, all that are running."""
    found = judge_enrollments(ids)
    return {pk: verdict for pk, verdict in found.items() if verdict != UNSENT}


def judge_enrollments(ids: Collection[int] | None = None) -> dict[int, str]:
    """The same, and UNSENT for those that wait because their last email hasn't gone out. One statement for each record type that
    is in a sequence."""
    found: dict[int, str] = {}
    rows = Enrollment.objects.running() if ids is None else Enrollment.objects.filter(pk__in=ids)
    for table in rows.order_by().values_list("table_of", flat=True).distinct():
        with connection.cursor() as cursor:
            cursor.execute(_build_statement(table, ids is None), {"table": table, "ids": list(ids or [])})
            found.update(cursor.fetchall())
    return found


def _build_statement(table: str, every: bool) -> str:
    cases = [case for case in _CASES if table == "lead" or case[0] not in _OF_LEADS]
    whens = "\n".join(
        f"WHEN {condition} THEN '{reason}'" for reason, condition in [*cases, (UNSENT, _UNSENT)]
    )
    records = KINDS[table].model._meta.db_table
    which = "e.state = 'running'" if every else "e.id = ANY(%(ids)s)"
    return f"""
        SELECT id, verdict FROM (
            SELECT e.id, CASE {whens} END AS verdict
            FROM sequences_enrollment e
            JOIN sequences_sequence s ON s.id = e.sequence_id
            JOIN accounts_user w ON w.id = e.author_id
            LEFT JOIN {records} r ON r.id = e.record
            WHERE e.table_of = %(table)s AND {which}) judged
        WHERE verdict IS NOT NULL"""
