"""The follower of the audit log: sends the entries that wait to the receiver of LEADWELL_AUDIT_LOG, in batches, in order.

Requests only add a row to a table, so no receiver delays them. A batch is deleted after the receiver has it: if the
worker is killed in between, it is sent again, so an entry arrives at least once.
"""

import logging
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext

from crm.models import AuditEntry
from crm.platform.audit.audit_stream import is_receiver
from crm.platform.audit.receivers import Line, NotReceived, deliver_lines
from crm.platform.jobs.housekeeping import every_hour, every_moment
from crm.platform.models.audit_stream import AuditStream, AuditWaiting

log = logging.getLogger(__name__)

BATCH = 500
# Seconds after which a step leaves the rest to the next one.
LONGEST = 20


@every_moment
def send_waiting_audit_entries() -> int:
    """Send what waits; returns how many entries. Two workers don't do so at once, so the order stays."""
    if not is_receiver(settings.AUDIT_LOG) or not _lock_stream():
        return 0
    state, sent, ends = AuditStream.objects.get_or_create_state(), 0, time.monotonic() + LONGEST
    if state.pauses:
        return 0
    while time.monotonic() < ends and (ids := _get_next_ids()):
        try:
            if lines := render_waiting_entries(ids):
                deliver_lines(lines)
        except NotReceived as error:
            _save_failure(state, error)
            return sent
        AuditWaiting.objects.filter(pk__in=ids).delete()
        sent += len(ids)
    if sent:
        _save_success(state)
    return sent


@every_hour
def delete_entries_without_receiver() -> int:
    """If there is no receiver any more, nothing waits. Entries of dropped months don't either."""
    waiting = AuditWaiting.objects.all()
    if is_receiver(settings.AUDIT_LOG):
        waiting = waiting.filter(at__lt=timezone.now() - timedelta(days=31 * (settings.AUDIT_MONTHS + 1)))
    return waiting.delete()[0]


def _lock_stream() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('stream of the audit log', 0))")
        return bool(cursor.fetchone()[0])


def _get_next_ids() -> list[int]:
    return list(AuditWaiting.objects.order_by("pk").values_list("pk", flat=True)[:BATCH])


def render_waiting_entries(ids: list[int]) -> list[Line]:
    """The entries with these ids as they are sent, in order; those of dropped months are missing."""
    times = AuditWaiting.objects.filter(pk__in=ids).values_list("at", flat=True)
    # The times name the months that have to be read.
    rows = AuditEntry.objects.filter(pk__in=ids, at__range=(min(times), max(times))).order_by("pk")
    return [
        {
            "id": row.pk,
            "at": str(row.at),
            "user": row.user_id,
            "name": row.user_name,
            "via": row.via,
            "address": row.address,
            "request": row.request,
            "event": row.kind,
            "table": row.table,
            "record": row.record,
            "details": row.details,
        }
        for row in rows
    ]


def _save_failure(state: AuditStream, error: NotReceived) -> None:
    problem = str(error)
    if state.failing_since is None or state.problem != problem:
        log.warning(
            "The audit log can't be sent to %s: %s %s", _describe_receiver(), problem, error.__cause__ or ""
        )
    state.record_failure(problem, timezone.now())
    state.save()


def _save_success(state: AuditStream) -> None:
    if state.failing_since is not None:
        log.warning("The audit log is being sent to %s again", _describe_receiver())
    state.record_success(timezone.now())
    state.save()


def _describe_receiver() -> str:
    """Without the path and the query, which may be secret."""
    parts = urlsplit(settings.AUDIT_LOG)
    return f"{parts.scheme}://{parts.netloc}"


def get_follower_status() -> dict[str, Any] | None:
    """For the page: the receiver, its state, and how many entries wait; None without a receiver."""
    if not is_receiver(settings.AUDIT_LOG):
        return None
    state = AuditStream.objects.filter(pk=1).first()
    problem = gettext(state.problem) if state and state.problem else ""
    return {
        "place": _describe_receiver(),
        "state": state,
        "problem": problem,
        "waiting": AuditWaiting.objects.count(),
    }
