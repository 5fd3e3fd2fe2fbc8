"""What people do to mailings: schedule, approve, pause, resume, cancel, delete, copy. Nothing else changes their state for them.

Each function locks the mailing, raises NotNow with a sentence if its state doesn't allow the step, and writes one operation.
"""

from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.models import Operation
from crm.platform.web.notifications import tell
from crm.platform.web.security_log import note
from crm.records.editing.settings_change import recorded
from mailings.audience.audience import write_recipients
from mailings.audience.recipient_counts import Funnel, preview
from mailings.content.attachments import copy_files
from mailings.models import Mailing
from mailings.sending.approval import ask, has_to_ask
from mailings.sending.readiness_check import problems
from mailings.sending.recipient_states import follow_state

State = Mailing.State
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


class Different(NotNow):
    """The recipients aren't those that the user has seen."""


def schedule(mailing: Mailing, *, by, at: datetime | None = None, seen: str) -> Operation:
    """Send it at that time, or now; or, above the set number, ask for approval first. `seen` is the digest of the funnel
    that the user has confirmed."""
    with _changed(mailing, State.DRAFT) as row:
        if found := problems(row):
            raise NotNow(" ".join(found))
        confirmed = _confirmed(row, seen)
        asks = has_to_ask(by, row, confirmed.receiving)
        row.state, row.send_at, row.why = (State.ASKED if asks else State.SCHEDULED), at, ""
        record = _written("request_mailing" if asks else "schedule_mailing", row, by, confirmed)
        about = {"table": Mailing.table, "record": row.pk, "rows": confirmed.receiving}
        if asks:
            ask(row, by, confirmed.receiving)
            note("mailing_asked", **about)
        else:
            note("mailing_scheduled", **about)
    return record


def approve(mailing: Mailing, *, by, seen: str) -> Operation:
    with _changed(mailing, State.ASKED) as row:
        confirmed = _confirmed(row, seen)
        row.state = State.SCHEDULED
        record = _written("approve_mailing", row, by, confirmed)
        note("mailing_approved", table=Mailing.table, record=row.pk, rows=confirmed.receiving)
        tell(row.by, "mailing_approved", path=row.get_absolute_url(), by=by.name, mailing=row.subject)
    return record


def decline(mailing: Mailing, *, by) -> Operation:
    """It is a draft again."""
    with _changed(mailing, State.ASKED) as row:
        row.state, row.send_at = State.DRAFT, None
        record = _written("decline_mailing", row, by)
        note("mailing_declined", table=Mailing.table, record=row.pk)
        tell(row.by, "mailing_declined", path=row.get_absolute_url(), by=by.name, mailing=row.subject)
    return record


def pause(mailing: Mailing, *, by) -> Operation:
    """Emails that a worker has just taken are still sent."""
    with _changed(mailing, *RUNNING) as row:
        row.state, row.why = State.PAUSED, "user"
        return _written("pause_mailing", row, by)


def resume(mailing: Mailing, *, by) -> Operation:
    with _changed(mailing, State.PAUSED) as row:
        row.state, row.why = (State.SENDING if row.sent_at else State.SCHEDULED), ""
        return _written("resume_mailing", row, by)


def cancel(mailing: Mailing, *, by) -> Operation:
    """Whoever hasn't got it yet is left out."""
    with _changed(mailing, State.ASKED, State.PAUSED, *RUNNING) as row:
        row.state, row.why = State.CANCELLED, ""
        note("mailing_canceled", table=Mailing.table, record=row.pk)
        return _written("cancel_mailing", row, by)


def delete(mailing: Mailing, *, by) -> Operation:
    with (
        _changed(mailing, State.DRAFT) as row,
        recorded("delete_mailing", by=by, rows=[row.pk], name=row.subject) as record,
    ):
        Mailing.objects.filter(pk=row.pk).delete()
    return record


def copy(mailing: Mailing, *, by) -> Mailing:
    """A draft with the same content, files, settings and records, sent by this user."""
    values: dict[str, Any] = {name: getattr(mailing, name) for name in COPIED}
    ids = Mailing.objects.filter(pk=mailing.pk).values_list("ids", flat=True).get()
    with recorded("add_mailing", by=by) as record:
        made = Mailing.objects.create(by=by, ids=ids, **values)
        copy_files(mailing, made)
        record.parameters |= {"rows": [made.pk], "name": made.subject}
    return made


@contextmanager
def _changed(mailing: Mailing, *states: str):
    """The mailing as it is now, locked, if it is in one of these states."""
    with transaction.atomic():
        rows = Mailing.objects.select_for_update(no_key=True, of=("self",)).with_names()
        row = rows.filter(pk=mailing.pk).first()
        if row is None or row.state not in states:
            raise NotNow(_("Another user has changed this mailing in the meantime. Nothing was changed."))
        yield row


def _confirmed(row: Mailing, seen: str) -> Funnel:
    """Its recipients, if they are still those that the user has seen."""
    now = preview(row)
    if now.digest != seen:
        raise Different(
            _("The recipients have changed since you opened this page. Check the new numbers and try again.")
        )
    if not now.receiving:
        raise NotNow(_("All recipients are skipped, so there’s no one to send this mailing to."))
    return now


def _written(kind: str, row: Mailing, by, confirmed: Funnel | None = None) -> Operation:
    with recorded(kind, by=by, rows=[row.pk], name=row.subject) as record:
        row.save(update_fields=["state", "send_at", "why"])
        if confirmed and row.state == State.SCHEDULED and confirmed.total <= WRITTEN_AT_ONCE:
            write_recipients(row)
        follow_state([row.pk])
    return record
