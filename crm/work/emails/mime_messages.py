"""The emails that users write, as MIME messages: from whom, to whom, and with which files."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from email.encoders import encode_base64
from email.mime.base import MIMEBase
from email.utils import formataddr, parseaddr
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import EmailAlternative

from crm.models import AttachedFile
from crm.platform.files.content_detection import UNKNOWN_TYPE
from crm.platform.files.file_names import clean_file_name
from crm.platform.files.store import read_file
from crm.platform.mail.header_lines import WrittenEmail
from crm.work.activities.markdown import render_markdown
from crm.work.grouped_timeline.email_threads import remove_prefixes
from crm.work.models.activity import Activity, split_addresses
from crm.work.models.email_envelope import get_envelope

LONGEST_NAME = 255
END = "</body></html>"


@dataclass(frozen=True)
class SendingRoute:
    """Another way to send an email than the mail server of the settings: from which address, and where replies go."""

    connection: Any
    sender: str
    reply_to: str
    headers: dict[str, str]
    # What a form sends for it.
    key: str = ""


# Functions that know the routes of emails to a record, given its kind and ID, and their author; the first one is the default.
ROUTES: list[Callable[[str, int, Any], Sequence[SendingRoute]]] = []


def find_routes(table: str, pk: int, author: Any) -> list[SendingRoute]:
    return [route for known in ROUTES for route in known(table, pk, author)]


def find_route(table: str, pk: int, author: Any, key: str = "") -> SendingRoute | None:
    """The route with this key, or else the first one. None without any."""
    routes = find_routes(table, pk, author)
    return next((route for route in routes if route.key == key), routes[0] if routes else None)


def get_product_address() -> str:
    """The address that emails without a route are sent from."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def get_shown_product_address() -> str:
    """The same for users; '' before an administrator has set one, because no one can write to it."""
    address = get_product_address()
    return "" if address.endswith("@localhost") else address


@dataclass(frozen=True)
class EmailFooter:
    """What an email has below its text, and headers that belong to it. It's added for the mail server alone, so no text that is
    kept has it: a link in it is the recipient's own."""

    text: str
    html: str
    headers: dict[str, str]


# Functions that know the footer of an email, or None.
FOOTERS: list[Callable[[Activity], EmailFooter | None]] = []


class FileGone(Exception):
    """An attached file is no longer in the store; the text is its name."""


def build_email_from(
    author: Any, subject: str, text: str, html: str, to: list[str], message_id: str
) -> EmailMultiAlternatives:
    """From the product's address, because other addresses may not be sent from here; replies go to the author."""
    name = " ".join(author.name.split())
    letter = WrittenEmail(
        subject,
        text,
        formataddr((name, get_product_address())),
        to,
        reply_to=[formataddr((name, author.email))],
        headers={"Message-ID": message_id},
    )
    letter.attach_alternative(f"<html><body>{html}{END}", "text/html")
    return letter


def build_email(activity: Activity) -> EmailMultiAlternatives:
    """An email to a record, with its files. Raises FileGone and StoreAway."""
    envelope = get_envelope(activity)
    written = activity.subject, activity.text, render_markdown(activity.text)
    to = split_addresses(envelope.to) or [activity.address]
    letter = build_email_from(activity.created_by, *written, to, activity.message_id)
    # Django names Bcc in no header: they are only told to the mail server.
    letter.cc, letter.bcc = split_addresses(envelope.cc), split_addresses(envelope.bcc)
    for footer in filter(None, (find(activity) for find in FOOTERS)):
        add_footer(footer, letter)
    if references := envelope.references_list:
        letter.extra_headers |= {"In-Reply-To": references[-1], "References": " ".join(references)}
    if envelope.thread_index:
        topic = remove_prefixes(activity.subject)
        letter.extra_headers |= {"Thread-Index": envelope.thread_index, "Thread-Topic": topic}
    if route := find_route(activity.of, activity.record, activity.created_by, envelope.route):
        send_by_route(route, letter)
    attach_files(letter, AttachedFile.objects.of_activities([activity.pk]))
    return letter


def add_footer(footer: EmailFooter, letter: EmailMultiAlternatives) -> None:
    letter.body = f"{letter.body}\n\n{footer.text}\n"
    page, kind = letter.alternatives[0]
    letter.alternatives[0] = EmailAlternative(f"{str(page).removesuffix(END)}{footer.html}{END}", kind)
    letter.extra_headers |= footer.headers


def send_by_route(route: SendingRoute, letter: EmailMultiAlternatives) -> None:
    name, _product = parseaddr(letter.from_email)
    letter.connection = route.connection
    letter.from_email = formataddr((name, route.sender))
    letter.reply_to = [formataddr((name, route.reply_to))]
    letter.extra_headers |= route.headers


def attach_files(letter: EmailMultiAlternatives, files: Iterable[AttachedFile]) -> None:
    """Raises FileGone and StoreAway."""
    for file in files:
        try:
            content = read_file(file.file)
        except FileNotFoundError:
            raise FileGone(file.name) from None
        letter.attach(build_attachment(file.name, content, file.content_type))


def build_attachment(name: str, content: bytes, content_type: str) -> MIMEBase:
    """An attachment whose bytes arrive as they are. Django's own decodes texts and changes the ends of their lines.

    The name is encoded as RFC 2231 says, because other headers can't have letters beyond ASCII in a parameter.
    """
    main, _slash, sub = content_type.partition("/")
    part = MIMEBase(main, sub) if main and sub else MIMEBase(*UNKNOWN_TYPE.split("/"))
    part.set_payload(content)
    encode_base64(part)
    # A line end in a name would begin another header.
    name = _shorten_file_name(clean_file_name(name))
    value = name if name.isascii() else ("utf-8", "", name)
    part.add_header("Content-Disposition", "attachment", filename=value)
    return part


def _shorten_file_name(name: str) -> str:
    """At most 255 bytes, as on a disk, so that its header fits into a line; the extension stays."""
    extension = PurePath(name).suffix
    stem = name.removesuffix(extension)
    room = LONGEST_NAME - len(extension.encode())
    if room < 1:
        stem, extension, room = name, "", LONGEST_NAME
    return stem.encode()[:room].decode(errors="ignore") + extension
