"""What people do to mailings: schedule, approve, pause, resume, cancel, delete, copy. Nothing else changes their state for them.

Each function locks the mailing, raises NotNow with a sentence if its state doesn't allow the step, and writes one operation.
"""

from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Operation
from crm.platform.web.security_log import write_security_line
from crm.records.editing.settings_change import record_settings_change
from mailings.audience.audience import FaultyFilter, write_recipients
from mailings.audience.recipient_counts import Funnel, preview_recipient_counts
from mailings.content.attachments import copy_files
from mailings.models import Mailing
from mailings.sending.approval import has_to_ask, notify_of_decision, request_approval
from mailings.sending.readiness_check import get_readiness_problems
from mailings.sending.recipient_states import update_recipients_of_mailings

State = Mailing.State
WEB = Operation.Channel.WEB
RUNNING = (State.SCHEDULED, State.SENDING)
# The worker alone writes more recipients than this, when sending begins.
WRITTEN_AT_ONCE = 20_000
# What a copy begins with.
COPIED = (
    "subject",
    "preheader",
    "text",
    "plain",
    "language",
    "list_id",
    "purpose_id",
    "department_id",
    "of",
    "query",
    "pause_days",
    "in_working_time",
    "skips_gaps",
    "tracks_opens",
    "tracks_clicks",
    "most_bounces",
)


class NotNow(Exception):
    """The step isn't possible now; the text says why."""


class RecipientsChanged(NotNow):
    """The recipients aren't those that the user has seen."""


def schedule_mailing(
    mailing: Mailing, *, by, at: datetime | None = None, seen: str, channel: str = WEB
) -> Operation:
    """Send it at that time, or now; or, above the set number, ask for approval first. `seen` is the digest of the funnel
    that the user has confirmed."""
    with _lock_in_state(mailing, State.DRAFT) as row:
        if found := get_readiness_problems(row):
            raise NotNow(" ".join(found))
        confirmed = _check_recipients_unchanged(row, seen)
        asks = has_to_ask(by, row, confirmed.receiving_count)
        row.state, row.send_at, row.why = (State.ASKED if asks else State.SCHEDULED), at, ""
        kind = "request_mailing" if asks else "schedule_mailing"
        record = _write_state(kind, row, by, confirmed, channel)
        about = {"table": Mailing.table, "record": row.pk, "rows": confirmed.receiving_count}
        if asks:
            request_approval(row, by, confirmed.receiving_count)
            write_security_line("mailing_asked", **about)
        else:
            write_security_line("mailing_scheduled", **about)
    return record


def approve_mailing(mailing: Mailing, *, by, seen: str) -> Operation:
    with _lock_in_state(mailing, State.ASKED) as row:
        confirmed = _check_recipients_unchanged(row, seen)
        row.state = State.SCHEDULED
        record = _write_state("approve_mailing", row, by, confirmed)
        write_security_line(
            "mailing_approved", table=Mailing.table, record=row.pk, rows=confirmed.receiving_count
        )
        notify_of_decision(row, "mailing_approved", by)
    return record


def decline_mailing(mailing: Mailing, *, by) -> Operation:
    """It is a draft again."""
    with _lock_in_state(mailing, State.ASKED) as row:
        row.state, row.send_at = State.DRAFT, None
        record = _write_state("decline_mailing", row, by)
        write_security_line("mailing_declined", table=Mailing.table, record=row.pk)
        notify_of_decision(row, "mailing_declined", by)
    return record


def pause_mailing(mailing: Mailing, *, by, channel: str = WEB) -> Operation:
    """Emails that a worker has just taken are still sent."""
    with _lock_in_state(mailing, *RUNNING) as row:
        row.state, row.why = State.PAUSED, "user"
        return _write_state("pause_mailing", row, by, channel=channel)


def resume_mailing(mailing: Mailing, *, by, channel: str = WEB) -> Operation:
    with _lock_in_state(mailing, State.PAUSED) as row:
        row.state, row.why = (State.SENDING if row.sent_at else State.SCHEDULED), ""
        return _write_state("resume_mailing", row, by, channel=channel)


def cancel_mailing(mailing: Mailing, *, by, channel: str = WEB) -> Operation:
    """Whoever hasn't got it yet is left out."""
    with _lock_in_state(mailing, State.ASKED, State.PAUSED, *RUNNING) as row:
        row.state, row.why = State.CANCELLED, ""
        write_security_line("mailing_canceled", table=Mailing.table, record=row.pk)
        return _write_state("cancel_mailing", row, by, channel=channel)


def delete_mailing(mailing: Mailing, *, by, channel: str = WEB) -> Operation:
    with (
        _lock_in_state(mailing, State.DRAFT) as row,
        record_settings_change(
            "delete_mailing", by=by, channel=channel, rows=[row.pk], name=row.subject
        ) as record,
    ):
        Mailing.objects.filter(pk=row.pk).delete()
    return record


def copy_mailing(mailing: Mailing, *, by) -> Mailing:
    """A draft with the same content, files, settings and records, sent by this user."""
    values: dict[str, Any] = {name: getattr(mailing, name) for name in COPIED}
    ids = Mailing.objects.filter(pk=mailing.pk).values_list("ids", flat=True).get()
    with record_settings_change("add_mailing", by=by) as record:
        made = Mailing.objects.create(by=by, ids=ids, **values)
        copy_files(mailing, made)
        record.parameters |= {"rows": [made.pk], "name": made.subject}
    return made


@contextmanager
def _lock_in_state(mailing: Mailing, *states: str):
    """The mailing as it is now, locked, if it is in one of these states."""
    with transaction.atomic():
        rows = Mailing.objects.select_for_update(no_key=True, of=("self",)).with_names()
        row = rows.filter(pk=mailing.pk).first()
        if row is None or row.state not in states:
            raise NotNow(_("Another user has changed this mailing in the meantime. Nothing was changed."))
        yield row


def _check_recipients_unchanged(row: Mailing, seen: str) -> Funnel:
    """Its recipients, if they are still those that the user has seen."""
    try:
        now = preview_recipient_counts(row)
    except FaultyFilter as faulty:
        raise NotNow(" ".join(faulty.args)) from faulty
    if now.digest != seen:
        raise RecipientsChanged(
            _("The recipients have changed since you opened this page. Check the new numbers and try again.")
        )
    if not now.receiving_count:
        raise NotNow(_("All recipients are skipped, so there’s no one to send this mailing to."))
    return now


def _write_state(
    kind: str, row: Mailing, by, confirmed: Funnel | None = None, channel: str = WEB
) -> Operation:
    with record_settings_change(kind, by=by, channel=channel, rows=[row.pk], name=row.subject) as record:
        row.save(update_fields=["state", "send_at", "why"])
        if confirmed and row.state == State.SCHEDULED and confirmed.total <= WRITTEN_AT_ONCE:
            write_recipients(row)
        update_recipients_of_mailings([row.pk])
    return record
