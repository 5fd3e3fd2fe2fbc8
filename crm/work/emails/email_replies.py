"""What an answer to an email starts with: whom it goes to, its subject, the quotation, and the emails that it refers to."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from crm.models import AttachedFile, EmailEnvelope
from crm.work.emails.email_addresses import get_own_addresses, remove_own_addresses
from crm.work.grouped_timeline.email_threads import remove_prefixes
from crm.work.models.activity import LONGEST_SUBJECT, Activity, split_addresses
from crm.work.models.email_envelope import get_envelope

# Programs find a thread by the first email and the last ones (RFC 5537, 3.4.4, keeps them too). So the header stays short.
MOST_REFERENCES = 20
LONGEST_QUOTATION = 12_000


class ReplyMode(models.TextChoices):
    REPLY = "reply", _lazy("Reply")
    ALL = "all", _lazy("Reply all")
    FORWARD = "forward", _lazy("Forward")


@dataclass(frozen=True)
class Recipients:
    to: list[str]
    cc: list[str]


def get_reply_recipients(mode: str, email: Activity, own: Iterable[str]) -> Recipients:
    """Reply-To counts more than the sender. Everyone else of "Reply all" is in Cc (RFC 5322, 3.6.3), except `own` addresses. An
    answer to an email of our own goes to those that it went to."""
    if mode == ReplyMode.FORWARD:
        return Recipients([], [])
    own = list(own)
    envelope = get_envelope(email)
    to, cc = split_addresses(envelope.to), split_addresses(envelope.cc)
    # An email that couldn't be read whole has no sender.
    author = [*filter(None, [envelope.reply_to or email.address])]
    if email.has_arrived and (not author or remove_own_addresses(author, own)):
        to, cc = author, [*to, *cc]
    to = remove_own_addresses(to, own) or author
    return Recipients(to, remove_own_addresses(cc, [*own, *to]) if mode == ReplyMode.ALL else [])


def build_reply_subject(mode: str, subject: str) -> str:
    """With one "Re: " or "Fwd: ", whatever other programs and languages have put before it."""
    prefix = "Fwd: " if mode == ReplyMode.FORWARD else "Re: "
    # A forwarded answer is "Fwd: Re: …" elsewhere; one prefix says enough.
    return (prefix + remove_prefixes(subject))[:LONGEST_SUBJECT]


def get_parent_id(email: Activity) -> str:
    return get_envelope(email).message_id or email.message_id


def build_references(parents: Sequence[str], parent: str) -> list[str]:
    """The References of an answer (RFC 5322, 3.6.4): those of the email that it answers, and that one last. Of many, the first and
    the last ones are kept."""
    found = [*dict.fromkeys(one for one in parents if one != parent), *filter(None, [parent])]
    return [*found[:1], *found[1:][1 - MOST_REFERENCES :]]


def find_thread_index(email: Activity, references: Sequence[str]) -> str:
    """The Thread-Index of the email, or else that of the newest email before it that has one: Gmail sends none."""
    if own := get_envelope(email).thread_index:
        return own
    known = EmailEnvelope.objects.filter(activity__message_id__in=references).exclude(thread_index="")
    return known.order_by("-activity").values_list("thread_index", flat=True).first() or ""


def build_quotation(mode: str, email: Activity) -> str:
    """The text of the email as a quotation in Markdown, below a line that says who wrote it and when."""
    envelope = get_envelope(email)
    here = timezone.localtime(email.at)
    name = envelope.sender_name if email.has_arrived else getattr(email.created_by, "name", "")
    words = {"day": date_format(here, "j F Y"), "time": f"{here:%H:%M}", "name": name or email.address}
    text = email.text[:LONGEST_QUOTATION].rstrip()
    if mode == ReplyMode.FORWARD:
        head = _("Forwarded email from %(name)s, %(day)s, %(time)s:") % words
        subject = _("Subject: %(subject)s") % {"subject": email.subject}
        return f"{head}\n{subject}\n\n{quote_lines(text)}"
    return _("On %(day)s, %(time)s, %(name)s wrote:") % words + f"\n\n{quote_lines(text)}"


def quote_lines(text: str) -> str:
    return "\n".join(re.sub(r"\s+$", "", f"> {line}") for line in text.split("\n"))


@dataclass(frozen=True)
class Reply:
    """What the form of an answer starts with."""

    email: Activity
    mode: str
    recipients: Recipients
    subject: str
    quotation: str
    references: list[str]
    # Of the email that it answers; '' for none.
    thread_index: str
    files: list[AttachedFile]


def build_reply(email: Activity, mode: str, user: Any) -> Reply:
    """A forwarded email takes the files along and answers nothing: References are for answers (RFC 5322, 3.6.4)."""
    is_forward = mode == ReplyMode.FORWARD
    recipients = get_reply_recipients(mode, email, get_own_addresses(user))
    references = build_references(get_envelope(email).references_list, get_parent_id(email))
    return Reply(
        email,
        mode,
        recipients,
        build_reply_subject(mode, email.subject),
        build_quotation(mode, email),
        [] if is_forward else references,
        "" if is_forward else find_thread_index(email, references),
        list(AttachedFile.objects.of_activities([email.pk])) if is_forward else [],
    )
