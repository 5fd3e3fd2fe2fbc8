"""A call from its arrival to its outcome: logged once for each delivery, then made into a record."""

import hashlib
import hmac
import logging
from collections.abc import Mapping

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction

from crm.web.transactions import Busy
from intake.models import IncomingCall, IncomingWebhook
from intake.webhooks.bodies import KEPT, Unreadable, texts_of
from intake.webhooks.making import Result, make
from intake.webhooks.shapes import delivery_of

log = logging.getLogger(__name__)
State = IncomingCall.State
# The headers that the log keeps; none of them carries a secret.
OF_INTEREST = (
    "content-type", "user-agent", "webhook-id", "idempotency-key", "x-delivery-id", "x-webhook-id", "x-event-id",
    "x-event-type",
)  # fmt: skip

# What Google Ads sends along, so that its calls can be told from others.
KEY = "google_key"


class Repeated(Exception):
    """The delivery with this ID is in the log already."""


class WrongKey(Exception):
    """The key in the body isn't the one of the webhook."""


def headers_of_interest(headers: Mapping[str, str]) -> dict[str, str]:
    found = {name.lower(): value for name, value in headers.items()}
    return {name: found[name][:200].replace("\0", "") for name in OF_INTEREST if found.get(name)}


def hashed(address: str) -> str:
    """The address of a caller: the same address has the same hash, and the hash doesn't tell it."""
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:16]


def take(webhook: IncomingWebhook, body: str, headers: Mapping[str, str], address: str) -> IncomingCall:
    """Log a call and process it. Raises Repeated for a delivery that was taken before, and WrongKey."""
    kept = headers_of_interest(headers)
    content_type = kept.get("content-type", "")
    try:
        texts, problem = texts_of(body, content_type), ""
    except Unreadable as error:
        texts, problem = {}, str(error)
    if (key := texts.pop(KEY, "")) and webhook.key:
        if not webhook.is_key(key):
            raise WrongKey
        body = body.replace(key, "…")
    call = IncomingCall(
        webhook=webhook,
        address=hashed(address),
        headers=kept,
        content_type=content_type[:100],
        body=body.replace("\0", "")[:KEPT],
        cut=len(body) > KEPT,
        delivery=delivery_of(kept, texts, webhook.mapping).replace("\0", ""),
    )
    with transaction.atomic():
        try:
            with transaction.atomic():
                call.save(force_insert=True)
        except IntegrityError as error:
            raise Repeated from error
        _keep(call, _result(webhook, texts, problem))
    return call


def repeat(call: IncomingCall) -> None:
    """Process a call of the log again, with the present mapping."""
    try:
        texts, problem = texts_of(call.body, call.content_type), ""
    except Unreadable as error:
        texts, problem = {}, str(error)
    _keep(call, _result(call.webhook, texts, problem))


def _result(webhook: IncomingWebhook, texts: Mapping[str, str], problem: str) -> Result:
    if problem:
        return Result(State.ATTENTION, problems=[{"code": problem}])
    if texts.get("is_test") == "true":
        return Result(State.SKIPPED, problems=[{"code": "test"}])
    try:
        with transaction.atomic():
            return make(webhook, texts)
    except Busy:
        return Result(State.ATTENTION, problems=[{"code": "busy"}])
    except OperationalError:
        # Locked rows: the answer asks the program to send the call again.
        raise
    except Exception:
        log.exception("Incoming webhook %s", webhook.pk)
        return Result(State.ATTENTION, problems=[{"code": "fault"}])


def _keep(call: IncomingCall, result: Result) -> None:
    call.state, call.record, call.problems = result.state, result.record, result.problems
    call.of = call.webhook.makes if result.record else ""
    call.save(update_fields=["state", "record", "problems", "of"])
