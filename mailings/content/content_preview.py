"""The preview of a mailing for one recipient: an email of our own layout in a frame that may run and load nothing."""

from dataclasses import dataclass
from typing import Any

from mailings.audience.sample_records import delivery_to, examples_of, record_for
from mailings.content.email_content import Content
from mailings.content.email_layout import hash_of
from mailings.content.forms import PreviewForm
from mailings.models import Mailing
from mailings.sending.account_routes import senders_of

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


def preview_of(mailing: Mailing, choices: PreviewForm, user: Any) -> Preview:
    words = choices.chosen("find")
    record = record_for(mailing, user, words)
    delivery = delivery_to(mailing, record)
    content = Content(mailing, tracked=False, scheme=choices.chosen("scheme"), reader=user)
    body = content.body(delivery, None if record else examples_of(content.fields, mailing))
    return Preview(
        sender=content.identity.name,
        senders=senders_of(mailing),
        subject=body.subject,
        preheader=body.preheader,
        page=body.html.replace("<head>", f"<head>\n{_policy(choices.chosen('scheme'))}", 1),
        plain=body.plain,
        width=choices.chosen("width"),
        record=record,
        is_found=bool(record) or not words,
    )


def policy_of_page() -> dict[str, list[str]]:
    """What a page with a preview adds to its own policy, which the frame inherits: the styles of emails."""
    return {"style-src": [hash_of(scheme) for scheme in SCHEMES]}


def _policy(scheme: str) -> str:
    content = f"default-src 'none'; style-src {hash_of(scheme)}"
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'
