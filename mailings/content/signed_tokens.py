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


def token_of(delivery: Delivery, purpose: str) -> str:
    return _signer(purpose).sign(str(delivery.pk or TEST))


def delivery_of(token: str, purpose: str) -> Delivery | None:
    """The recipient with its mailing, or None for a token of another purpose, a forged one, or that of a test email."""
    word = _word_in(token, purpose)
    if not word.isdecimal():
        return None
    rows = Delivery.objects.select_related("mailing__list", "mailing__by").defer("mailing__ids")
    return rows.filter(pk=int(word)).first()


def is_of_test(token: str, purpose: str) -> bool:
    return _word_in(token, purpose) == TEST


def message_id_of(delivery: Delivery, domain: str) -> str:
    """The same one whenever the email is sent, so that mail servers and programs recognize a second copy. `domain` is that of the
    sender; answers are recognized by what stands before it."""
    return f"<mailing.{token_of(delivery, MESSAGE)}@{domain}>"


def delivery_named_in(message_ids: str) -> Delivery | None:
    """The recipient that a header such as In-Reply-To or References, or a returned email, names; the last one counts."""
    for token in reversed(MESSAGE_ID.findall(message_ids)):
        if found := delivery_of(token, MESSAGE):
            return found
    return None


def address_of(delivery: Delivery, purpose: str) -> str:
    """The public page for this purpose."""
    url = {VIEW: "mailing_view", UNSUBSCRIBE: "mailing_unsubscribe", OPEN: "mailing_open"}[purpose]
    return f"{settings.SITE_URL}{reverse(url, args=[token_of(delivery, purpose)])}"


def click_address_of(delivery: Delivery) -> str:
    """The ID of a link goes after it."""
    return address_of(delivery, VIEW).rpartition("/m/")[0] + f"/m/{token_of(delivery, CLICK)}/to/"


def _word_in(token: str, purpose: str) -> str:
    try:
        return _signer(purpose).unsign(token)
    except BadSignature:
        return ""


def _signer(purpose: str) -> Signer:
    return Signer(sep=".", salt=f"mailings.{purpose}")
