"""The preview of a mailing for one recipient: an email of our own layout in a frame that may run and load nothing."""

from dataclasses import dataclass
from typing import Any

from mailings.content import Content
from mailings.content_forms import PreviewForm
from mailings.layout import hash_of
from mailings.models import Mailing
from mailings.sample import delivery_to, record_for

SCHEMES = ("light", "dark")


@dataclass(frozen=True)
class Preview:
    """`is_found` is False if the user sees no recipient with the words that were entered."""

    subject: str
    page: str
    plain: str
    width: str
    record: Any
    is_found: bool


def preview_of(mailing: Mailing, choices: PreviewForm, user: Any) -> Preview:
    words = choices.chosen("find")
    record = record_for(mailing, user, words)
    delivery = delivery_to(mailing, record)
    body = Content(mailing, tracked=False, scheme=choices.chosen("scheme"), reader=user).body(delivery)
    page = body.html.replace("<head>", f"<head>\n{_policy(choices.chosen('scheme'))}", 1)
    return Preview(body.subject, page, body.plain, choices.chosen("width"), record, bool(record) or not words)


def policy_of_page() -> dict[str, list[str]]:
    """What a page with a preview adds to its own policy, which the frame inherits: the styles of emails."""
    return {"style-src": [hash_of(scheme) for scheme in SCHEMES]}


def _policy(scheme: str) -> str:
    content = f"default-src 'none'; style-src {hash_of(scheme)}"
    return f'<meta http-equiv="Content-Security-Policy" content="{content}">'
