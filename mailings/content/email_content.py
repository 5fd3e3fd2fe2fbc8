"""The email of a mailing to one recipient: its headers, both bodies and its files.

What is the same for all recipients is compiled once (`Content`), because a worker sends a hundred emails a second.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from html import unescape
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.files.store import read_file
from crm.work.emails.mime_messages import FileGone, build_attachment
from mailings.content.compiled_templates import MergeField, Pattern, TextMergeFields
from mailings.content.email_layout import render_style
from mailings.content.mailing_headers import Letter, build_headers, build_sender_header
from mailings.content.markdown import HREF, convert_to_plain_text, render_email_html
from mailings.content.merge_fields import MergeFields, attach_records, get_recipient_kinds
from mailings.content.sender_identity import SenderIdentity, get_reader_notes
from mailings.content.signed_tokens import OPEN, UNSUBSCRIBE, VIEW, get_click_url, get_public_url
from mailings.models import Delivery, Mailing, MailingLink

__all__ = ["EmailBody", "FileGone", "MailingContent", "build_mailing_email"]

TRACKED = re.compile(r"https?://", re.IGNORECASE)
# Django redirects to no longer ones.
LONGEST_TRACKED = 2_000


@dataclass(frozen=True)
class EmailBody:
    subject: str
    preheader: str
    html: str
    plain: str


def build_mailing_email(delivery: Delivery) -> EmailMultiAlternatives:
    """The email to this recipient, without a connection. Deliveries that share one Mailing object share its compiled content,
    and `attach_records` (mailings/content/merge_fields.py) fetches their records at once. Raises FileGone and
    StoreAway."""
    known: Any = delivery.mailing
    if not hasattr(known, "compiled"):
        known.compiled = MailingContent(known)
    return known.compiled.build_letter(delivery)


class MailingContent:
    """The compiled content of a mailing. `scheme` is "light" or "dark" for a preview. `tracked` says whether opens and
    clicks are recorded if the mailing wants that; the links to be recorded are then added to the database. For a `reader`,
    values that this user may not see are empty."""

    def __init__(
        self, mailing: Mailing, *, tracked: bool = True, scheme: str = "", reader: User | None = None
    ) -> None:
        self.mailing, self.scheme = mailing, scheme
        self.opens, self.clicks = tracked and mailing.tracks_opens, tracked and mailing.tracks_clicks
        self.fields = MergeFields(get_recipient_kinds(mailing), mailing.by, *([reader] if reader else []))
        self.identity = SenderIdentity.for_mailing(mailing)
        self.notes = get_reader_notes(mailing)

    def build_letter(self, delivery: Delivery) -> EmailMultiAlternatives:
        body, sender = self.build_body(delivery), build_sender_header(delivery, self.identity)
        letter = Letter(
            body.subject,
            body.plain,
            sender.named,
            [delivery.address],
            reply_to=[sender.reply_to],
            headers=build_headers(delivery, sender.domain),
        )
        letter.attach_alternative(body.html, "text/html")
        for part in self._attachments:
            letter.attach(part)
        return letter

    def build_body(self, delivery: Delivery, examples: Mapping[str, str] | None = None) -> EmailBody:
        """`examples` are the values of merge fields for a preview without a record."""
        values = self.get_merge_values(delivery) | dict(examples or {})
        subject, preheader, html, plain = (pattern.fill(values) for pattern in self._patterns)
        return EmailBody(" ".join(subject.split()), preheader, html, plain)

    def get_merge_values(self, delivery: Delivery) -> dict[str, str]:
        if not hasattr(delivery, "the_record"):
            attach_records([delivery])
        record: Any = delivery.the_record  # type: ignore[attr-defined]
        values = self.fields.get_values(record, self.mailing.by) if record else {}
        return values | {
            "email": delivery.address,
            ".view": get_public_url(delivery, VIEW),
            ".unsubscribe": get_public_url(delivery, UNSUBSCRIBE),
            ".open": get_public_url(delivery, OPEN),
            ".click": get_click_url(delivery),
        }

    @cached_property
    def _patterns(self) -> tuple[Pattern, Pattern, Pattern, Pattern]:
        """The subject, the preview text, the HTML and the plain text."""
        gaps, mailing = TextMergeFields(), self.mailing
        with translation.override(mailing.language):
            subject, preheader = gaps.mark_fields(mailing.subject), gaps.mark_fields(mailing.preheader)
            body = render_email_html(gaps.mark_fields(mailing.text))
            written = (
                gaps.mark_fields(mailing.plain) if mailing.plain.strip() else convert_to_plain_text(body)
            )
            common = {
                "mailing": mailing,
                "notes": self.notes,
                "why": self._describe_reason(gaps),
                "view": gaps.add_word(MergeField(".view", is_ours=True)),
                "unsubscribe": gaps.add_word(MergeField(".unsubscribe", is_ours=True)),
            }
            signature = render_email_html(self.identity.signature)
            page = render_to_string(
                "mailings/email.html",
                common
                | {
                    "language": mailing.language,
                    "subject": subject,
                    "preheader": preheader,
                    "style": render_style(self.scheme),
                    # They have just been sanitized.
                    "body": SafeString(self._track_links(body, gaps)),  # nosec
                    "signature": SafeString(signature),  # nosec
                    "pixel": gaps.add_word(MergeField(".open", is_ours=True)) if self.opens else "",
                },
            )
            text = render_to_string(
                "mailings/email.txt",
                common | {"body": written.strip(), "signature": convert_to_plain_text(signature)},
            )
        plain = gaps.build_plain_pattern(text.strip() + "\n")
        return (
            gaps.build_plain_pattern(subject),
            gaps.build_plain_pattern(preheader),
            gaps.build_html_pattern(page),
            plain,
        )

    def _describe_reason(self, gaps: TextMergeFields) -> str:
        words = {"sender": self.identity.name, "email": gaps.add_word(MergeField("email"))}
        return _("%(sender)s sent this email to %(email)s.") % words

    def _track_links(self, page: str, gaps: TextMergeFields) -> str:
        """The HTML with links that lead through Leadwell. Those with merge fields differ for each recipient and stay."""
        if not self.clicks:
            return page
        rows = get_or_create_tracked_links(self.mailing, page, gaps)
        if not rows:
            return page
        word = gaps.add_word(MergeField(".click", is_ours=True))

        def track_link(link: re.Match[str]) -> str:
            pk = rows.get(unescape(link[2]))
            return f"{link[1]}{word}{pk}{link[3]}" if pk else link[0]

        return HREF.sub(track_link, page)

    @cached_property
    def _attachments(self) -> list[Any]:
        parts = []
        for file in self.mailing.files.order_by("pk") if self.mailing.pk else ():
            try:
                content = read_file(file.file)
            except FileNotFoundError:
                raise FileGone(file.name) from None
            parts.append(build_attachment(file.name, content, file.content_type))
        return parts


def get_or_create_tracked_links(mailing: Mailing, page: str, gaps: TextMergeFields) -> dict[str, int]:
    """The rows of the links whose clicks are recorded, by address."""
    urls = {unescape(found[2]) for found in HREF.finditer(page)}
    urls = {url for url in urls if _is_tracked(url) and not gaps.words.search(url)}
    MailingLink.objects.bulk_create(
        [MailingLink(mailing=mailing, url=url) for url in sorted(urls)], ignore_conflicts=True
    )
    return dict(MailingLink.objects.filter(mailing=mailing, url__in=urls).values_list("url", "pk"))


def _is_tracked(url: str) -> bool:
    return bool(TRACKED.match(url)) and len(url) <= LONGEST_TRACKED
