"""Receiving a message: its row and what it becomes are written in one transaction, so each message counts once.

A worker that is killed in between leaves neither. The next one fetches the message again, and finds the row if there is one.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crm.activities.verbs import lock_record
from crm.files.attaching import KeptFile, kept
from crm.files.disk import NotKept
from crm.files.limits import FILES
from crm.files.names import safe_name
from crm.files.refusals import code_of
from crm.models import Operation
from crm.models.activity import LONGEST_SUBJECT, LONGEST_TEXT, Activity
from crm.records.change import carry_out, operation
from crm.records.kinds import KINDS
from crm.records.results import Outcome, keep_verdicts
from crm.records.verbs.add import add
from crm.web.transactions import database_lost, disk_full
from customers.models import Request
from customers.models.request import LONGEST_TEXT as LONGEST_REQUEST
from mailboxes.finding import Place, place_of
from mailboxes.followers import ARRIVED, BOUNCED, COMPLAINED
from mailboxes.imap import Fetched
from mailboxes.letter import LONGEST_ID, Letter, letter_in
from mailboxes.loops import is_own
from mailboxes.models import Mailbox, MailboxFolder, Message
from mailboxes.models.message import key_of
from mailboxes.verbs import AddFiles, AddRequest, BounceEmail, ReceiveEmail

log = logging.getLogger(__name__)
Kind = Message.Outcome
SYSTEM = Operation.Channel.SYSTEM


@dataclass
class Arrival:
    """A message on its way in, and what is known of it so far."""

    folder: MailboxFolder
    fetched: Fetched
    letter: Letter | None = None
    files: list[SimpleUploadedFile] = field(default_factory=list)
    # The names of files that aren't kept.
    dropped: list[str] = field(default_factory=list)

    @property
    def mailbox(self) -> Mailbox:
        return self.folder.mailbox

    @property
    def at(self) -> datetime:
        """When the server received it; never in the future, whatever its clock says."""
        return min(self.fetched.at, timezone.now()).replace(microsecond=0)


def receive(folder: MailboxFolder, fetched: Fetched) -> None:
    """Whatever is wrong with the message, it is kept aside with the reason, and the next one follows.

    Raises only what isn't the message's fault: a lost database, a full disk.
    """
    arrival = Arrival(folder, fetched)
    if Message.objects.at(folder, fetched.uid).exists():
        # The position behind it was lost.
        _go_on(arrival)
        return
    try:
        arrival.letter = letter_in(fetched.raw)
        arrival.files, arrival.dropped = _files_of(arrival.letter)
        try:
            _receive(arrival)
        except IntegrityError:
            # Another worker has just received the same message.
            _receive(arrival)
    except Exception as error:
        if database_lost(error) or disk_full(error) or isinstance(error, NotKept):
            raise
        # The content stays out of the log.
        log.warning(
            "Mailbox %s: message %s can't be read: %s", folder.mailbox_id, fetched.uid, type(error).__name__
        )
        with transaction.atomic():
            _keep(arrival, Kind.UNREADABLE, reason=type(error).__name__)


def _files_of(letter: Letter) -> tuple[list[SimpleUploadedFile], list[str]]:
    """The files that may be attached, and the names of the others."""
    files: list[SimpleUploadedFile] = []
    dropped: list[str] = []
    for name, content in letter.files:
        upload = SimpleUploadedFile(safe_name(name), content)
        if len(files) < FILES and not code_of(upload):
            files.append(upload)
        else:
            dropped.append(safe_name(name))
    return files, dropped


def _receive(arrival: Arrival) -> None:
    letter: Any = arrival.letter
    with kept(arrival.files) as files, transaction.atomic(), translation.override(settings.LANGUAGE_CODE):
        if Message.objects.filter(key=key_of(letter.message_id)).exists():
            _keep(arrival, Kind.KNOWN)
        elif not arrival.fetched.is_whole:
            _keep(arrival, Kind.TOO_LARGE)
        elif letter.bounce is not None:
            _keep(arrival, Kind.BOUNCE, _bounce(arrival), reason=letter.bounce.why)
        elif letter.complaint is not None:
            _keep(arrival, Kind.AUTOMATIC, _first(COMPLAINED, letter.complaint.message_id, arrival.at))
        elif is_own(letter):
            _keep(arrival, Kind.OWN)
        elif letter.automatic:
            _keep(arrival, Kind.AUTOMATIC)
        elif not letter.sender:
            _keep(arrival, Kind.UNREADABLE, reason="From")
        elif place := place_of(letter, arrival.mailbox):
            _keep(arrival, Kind.TIMELINE, place)
            _add_email(arrival, place, tuple(files))
            _follow(arrival)
        else:
            row = _keep(arrival, Kind.REQUEST)
            row.of, row.record = Request.table, _add_request(arrival, files).pk
            row.save(update_fields=["of", "record"])
            _follow(arrival)


def _keep(arrival: Arrival, outcome: str, place: Place | None = None, reason: str = "") -> Message:
    """Its row, and the folder's position behind it. Raises IntegrityError if another worker was faster."""
    letter = arrival.letter
    is_first = letter is not None and outcome != Kind.KNOWN
    row = Message.objects.create(
        mailbox=arrival.mailbox,
        folder=arrival.folder.name,
        uid_validity=arrival.folder.uid_validity,
        uid=arrival.fetched.uid,
        key=key_of(letter.message_id) if letter and is_first else None,
        outcome=outcome,
        of=place[0] if place else "",
        record=place[1] if place else None,
        sender=letter.sender if letter else "",
        subject=letter.subject if letter else "",
        reason=reason[:300],
    )
    _go_on(arrival)
    return row


def _go_on(arrival: Arrival) -> None:
    arrival.folder.last_uid = arrival.fetched.uid
    arrival.folder.save(update_fields=["uid_validity", "last_uid"])


def _add_email(arrival: Arrival, place: Place, files: tuple[KeptFile, ...]) -> None:
    letter: Any = arrival.letter
    verb = ReceiveEmail(
        address=letter.sender,
        subject=letter.subject[:LONGEST_SUBJECT],
        text=_shortened(_with_dropped(letter.text, arrival.dropped), LONGEST_TEXT),
        message_id=letter.message_id if len(letter.message_id) <= LONGEST_ID else "",
        at=arrival.at,
        files=files,
    )
    model: Any = KINDS[place[0]].model
    rows = model._default_manager.present().filter(pk=place[1])
    carry_out(verb, rows, by=None, channel=SYSTEM)


def _add_request(arrival: Arrival, files: Sequence[KeptFile]) -> Request:
    """A new request; its files are on its timeline."""
    letter: Any = arrival.letter
    first, _space, last = letter.name.rpartition(" ")
    values = {
        "subject": letter.subject or _("(no subject)"),
        "text": _shortened(_with_dropped(letter.text, arrival.dropped), LONGEST_REQUEST),
        "channel": Request.Channel.EMAIL,
        "received_at": arrival.at,
        "first_name": first,
        "last_name": last,
        "email": letter.sender,
        "department_id": arrival.mailbox.department_id,
    }
    (made,) = add(AddRequest(Request, [values]), by=None, channel=SYSTEM)
    if files:
        verb = AddFiles(None, Activity.Type.FILE, files=tuple(files), at=arrival.at)
        carry_out(verb, Request.objects.filter(pk=made.pk), by=None, channel=SYSTEM)
    return made


def _follow(arrival: Arrival) -> None:
    for follow in ARRIVED:
        follow(arrival.letter, arrival.at)  # type: ignore[arg-type]


def _first(followers: list, *arguments: object) -> Place | None:
    return next((place for follower in followers if (place := follower(*arguments))), None)


def _bounce(arrival: Arrival) -> Place | None:
    """The email that came back is marked as failed on its record's timeline."""
    bounce: Any = arrival.letter.bounce  # type: ignore[union-attr]
    rows = Activity.objects.present().sent_as(bounce.message_id)
    activity = rows.with_author().first()
    if activity is None:
        return _first(BOUNCED, bounce, arrival.at)
    verb = BounceEmail(activity, bounce.why)
    values: dict[str, Any] = {"table": activity.of, "matched": 1, "changed": 1}
    with operation(verb.kind, by=activity.created_by, channel=SYSTEM, **values) as record:
        lock_record(activity)
        rows.update(**verb.values())
        keep_verdicts(record, Outcome(activity.of, changed=[activity.record]))
        verb.follow(record, [activity.record])
    return activity.of, activity.record


def _with_dropped(text: str, dropped: list[str]) -> str:
    if not dropped:
        return text
    return f"{text}\n\n" + _("Attachments that weren’t kept: %(names)s") % {"names": ", ".join(dropped)[:500]}


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
