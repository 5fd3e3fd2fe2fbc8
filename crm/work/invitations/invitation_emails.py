"""The emails about a meeting: what a person reads, and the calendar file that programs read (iMIP, RFC 6047)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm.platform.configuration.company import get_company_language
from crm.platform.mail.message_ids import get_sender_domain
from crm.platform.web.rendering.html_building import html
from crm.work.emails.mime_messages import (
    SendingRoute,
    build_attachment,
    build_email_from,
    find_route,
    get_product_address,
    send_by_route,
)
from crm.work.invitations.itip_requests import build_invitation_file
from crm.work.models.activity import Activity
from crm.work.models.invitation import Invitation

NAME = "invite.ics"


@dataclass(frozen=True)
class InvitationReader:
    """Someone of whom more is known than their address: their language, the name of their time zone, and lines that are for them
    alone, in their language."""

    language: str
    zone: str
    lines: Callable[[], list[str]]


# Functions that know who gets an invitation, or None.
READERS: list[Callable[[Invitation], InvitationReader | None]] = []


def build_invitation_email(invitation: Invitation) -> EmailMultiAlternatives:
    """From the organizer, who is the author of the meeting, in the language of the reader, or else in theirs. The calendar file is there twice: calendar
    programs look for it among the alternatives, and others show it as a file that can be opened."""
    meeting = invitation.activity
    organizer: Any = meeting.created_by
    # Like emails of the same page, so that answers come back to the mailbox that they are sent through.
    route = find_route(meeting.of, meeting.record, organizer)
    own = InvitationReader(organizer.language or get_company_language(), str(organizer.zone), list)
    reader = next(filter(None, (find(invitation) for find in READERS)), own)
    with translation.override(reader.language):
        lines = [*get_text_lines(invitation, organizer, ZoneInfo(reader.zone)), *reader.lines()]
        mark = f"{invitation.pk}-{invitation.uid.partition('@')[0]}"
        letter = build_meeting_email(meeting, get_subject(invitation), lines, invitation.to, mark, route)
    file = build_invitation_file(invitation, organizer, route.sender if route else organizer.email)
    letter.attach_alternative(file, f"text/calendar; method={invitation.method}")
    letter.attach(build_attachment(NAME, file.encode(), "application/ics"))
    return letter


def build_meeting_email(
    meeting: Activity, subject: str, lines: list[str], to: list[str], mark: str, route: SendingRoute | None
) -> EmailMultiAlternatives:
    """From the author of the meeting. `mark` makes its Message-ID one of a kind."""
    sender = route.sender if route else get_product_address()
    written = "\n\n".join(lines), "".join(html("<p>{}</p>", line) for line in lines)
    message_id = f"<{mark}@{get_sender_domain(sender)}>"
    letter = build_email_from(meeting.created_by, subject, *written, to, message_id)
    if route:
        send_by_route(route, letter)
    return letter


def get_subject(invitation: Invitation) -> str:
    if not invitation.is_request:
        words = _("Canceled: %(subject)s")
    elif invitation.sequence:
        words = _("Updated invitation: %(subject)s")
    else:
        words = _("Invitation: %(subject)s")
    return words % {"subject": invitation.subject}


def get_text_lines(invitation: Invitation, organizer: Any, zone: ZoneInfo) -> list[str]:
    """With the time on the clock of this zone."""
    first = _("%(name)s invites you to a meeting.")
    if not invitation.is_request:
        first = _("%(name)s has canceled this meeting.")
    elif invitation.sequence:
        first = _("%(name)s has changed this meeting.")
    when = format_time_of_meeting(invitation.at, invitation.ends_at, zone)
    lines = [first % {"name": organizer.name}, invitation.subject, when, invitation.place]
    if invitation.is_request:
        lines.append(_("Answer the invitation in your calendar, or reply to this email."))
    return [line for line in lines if line]


def format_time_of_meeting(at: datetime, ends_at: datetime, zone: ZoneInfo) -> str:
    begins, ends = timezone.localtime(at, zone), timezone.localtime(ends_at, zone)
    return f"{date_format(begins, 'l, j F Y')}, {begins:%H:%M}–{ends:%H:%M} ({zone})"
