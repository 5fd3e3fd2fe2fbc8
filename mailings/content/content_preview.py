"""The preview of a mailing for one recipient: an email of our own layout in a frame that may run and load nothing."""

from dataclasses import dataclass
from typing import Any

from accounts.models import User
from mailings.audience.sample_records import build_sample_delivery, find_sample_record, get_example_values
from mailings.content.email_content import MailingContent
from mailings.content.email_layout import get_style_hash
from mailings.content.forms import PreviewForm
from mailings.models import Mailing
from mailings.sending.account_routes import get_sender_addresses

SCHEMES = ("light", "dark")


@dataclass(frozen=True)
class Preview:
    """`record` is None if the user sees no such recipient, and the values are then examples. `is_found` is False if words
    were entered that find none. `senders` are the addresses that it may be sent from."""

    sender: str
    senders: list[str]
    subject: str
    preheader: str
    page: str
    plain: str
    width: str
    record: Any
    is_found: bool


def build_preview(mailing: Mailing, choices: PreviewForm, user: User) -> Preview:
    words = choices.get_initial("find")
    record = find_sample_record(mailing, user, words)
    delivery = build_sample_delivery(mailing, record)
    content = MailingContent(mailing, tracked=False, scheme=choices.get_initial("scheme"), reader=user)
    body = content.build_body(delivery, None if record else get_example_values(content.fields, mailing))
    return Preview(
        sender=content.identity.name,
        senders=get_sender_addresses(mailing),
        subject=body.subject,
        preheader=body.preheader,
        page=body.html.replace("<head>", f"<head>\n{_build_policy(choices.get_initial('scheme'))}", 1),
        plain=body.plain,
        width=choices.get_initial("width"),
        record=record,
        is_found=bool(record) or not words,
    )


def build_page_policy() -> dict[str, list[str]]:
    """What a page with a preview adds to its own policy, which the frame inherits: the styles of emails."""
    return {"style-src": [get_style_hash(scheme) for scheme in SCHEMES]}


def _build_policy(scheme: str) -> str:
    content = f"default-src 'none'; style-src {get_style_hash(scheme)}"
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'
