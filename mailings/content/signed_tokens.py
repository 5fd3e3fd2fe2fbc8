"""Signed tokens in the links and the Message-ID of an email: each names one recipient, for one purpose."""

import re

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from mailings.models import Delivery

VIEW, UNSUBSCRIBE, CLICK, OPEN, MESSAGE = "view", "unsubscribe", "click", "open", "message"
# In the place of a number: previews and test emails have no recipient.
TEST = "test"
MESSAGE_ID = re.compile(r"<mailing\.([^<>@\s]{1,100})@[^<>@\s]+>")


def build_token(delivery: Delivery, purpose: str) -> str:
    return _build_signer(purpose).sign(str(delivery.pk or TEST))


def find_delivery(token: str, purpose: str) -> Delivery | None:
    """The recipient with its mailing, or None for a token of another purpose, a forged one, or that of a test email."""
    word = _read_token_word(token, purpose)
    if not word.isdecimal():
        return None
    rows = Delivery.objects.select_related("mailing__list", "mailing__by").defer("mailing__ids")
    return rows.filter(pk=int(word)).first()


def is_of_test(token: str, purpose: str) -> bool:
    return _read_token_word(token, purpose) == TEST


def build_message_id(delivery: Delivery, domain: str) -> str:
    """The same one whenever the email is sent, so that mail servers and programs recognize a second copy. `domain` is that of the
    sender; answers are recognized by what stands before it."""
    return f"<mailing.{build_token(delivery, MESSAGE)}@{domain}>"


def find_delivery_in_headers(message_ids: str) -> Delivery | None:
    """The recipient that a header such as In-Reply-To or References, or a returned email, names; the last one counts."""
    for token in reversed(MESSAGE_ID.findall(message_ids)):
        if found := find_delivery(token, MESSAGE):
            return found
    return None


def get_public_url(delivery: Delivery, purpose: str) -> str:
    """The public page for this purpose."""
    url = {VIEW: "mailing_view", UNSUBSCRIBE: "mailing_unsubscribe", OPEN: "mailing_open"}[purpose]
    return f"{settings.SITE_URL}{reverse(url, args=[build_token(delivery, purpose)])}"


def get_click_url(delivery: Delivery) -> str:
    """The ID of a link goes after it."""
    return get_public_url(delivery, VIEW).rpartition("/m/")[0] + f"/m/{build_token(delivery, CLICK)}/to/"


def _read_token_word(token: str, purpose: str) -> str:
    try:
        return _build_signer(purpose).unsign(token)
    except BadSignature:
        return ""


def _build_signer(purpose: str) -> Signer:
    return Signer(sep=".", salt=f"mailings.{purpose}")
