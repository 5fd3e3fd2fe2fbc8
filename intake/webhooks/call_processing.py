"""A call from its arrival to its outcome: logged once for each delivery, then made into a record."""

import hashlib
import hmac
import logging
from collections.abc import Mapping
from dataclasses import replace

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction

from crm.platform.web.transactions import Busy
from crm.records.kinds.kind_registry import KINDS
from intake.failure_notifications import notify_of_call
from intake.models import IncomingCall, IncomingWebhook
from intake.webhooks.body_paths import KEPT
from intake.webhooks.call_splitting import CallPart, split_call
from intake.webhooks.known_programs import HEADERS, get_delivery_id
from intake.webhooks.record_creation import CallResult, add_or_update_record

log = logging.getLogger(__name__)
State = IncomingCall.State
# The headers that the log keeps; none of them carries a secret.
OF_INTEREST = ("content-type", "user-agent", *HEADERS, "x-event-type")

# What Google Ads sends along, so that its calls can be told from others.
KEY = "google_key"
# Takes the place of a key in the log.
HIDDEN = "…"


class WrongKey(Exception):
    """The key in the body isn't the one of the webhook."""


def filter_headers(headers: Mapping[str, str]) -> dict[str, str]:
    found = {name.lower(): value for name, value in headers.items()}
    return {name: found[name][:200].replace("\0", "") for name in OF_INTEREST if found.get(name)}


def hash_caller_address(address: str) -> str:
    """The address of a caller: the same address has the same hash, and the hash doesn't tell it."""
    return hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:16]


def receive_call(
    webhook: IncomingWebhook, body: str, content_type: str, headers: Mapping[str, str], address: str
) -> list[IncomingCall | None]:
    """Log a call and process it, each of its records for itself; None is one that was taken before. Raises WrongKey."""
    common = {
        "webhook": webhook,
        "address": hash_caller_address(address),
        "headers": filter_headers(headers),
    }
    common["content_type"] = content_type[:100]
    parts = _split_body(webhook, body, content_type)
    if webhook.key and any(part.key and not webhook.is_key(part.key) for part in parts):
        raise WrongKey
    return [
        _process_part(IncomingCall(**common), part, place, len(parts)) for place, part in enumerate(parts, 1)
    ]


def repeat_call(call: IncomingCall) -> list[IncomingCall]:
    """Process a call of the log again, with the present mapping. If it turns out to have several records, the others are
    logged too."""
    first, *others = _split_body(call.webhook, call.body, call.content_type)
    same = ("webhook", "at", "address", "headers", "content_type")
    common = {name: getattr(call, name) for name in same}
    if others:
        _set_call_details(call, first, 1, 1 + len(others))
        call.save()
    _save_result(call, _process_call_part(call.webhook, first))
    rest = [
        _process_part(IncomingCall(**common), part, place, 1 + len(others))
        for place, part in enumerate(others, 2)
    ]
    return [call, *filter(None, rest)]


def _split_body(webhook: IncomingWebhook, body: str, content_type: str) -> list[CallPart]:
    """The records of a body, and the key in it, which isn't logged."""
    found = split_call(body, content_type, webhook.mapping, KINDS[webhook.makes])
    keys = [part.texts.pop(KEY, "") if webhook.key else "" for part in found]
    return [
        replace(part, key=key, body=part.body.replace(key, HIDDEN)) if key else part
        for part, key in zip(found, keys, strict=True)
    ]


def _process_part(call: IncomingCall, part: CallPart, place: int, places: int) -> IncomingCall | None:
    _set_call_details(call, part, place, places)
    # Calls of a webhook are taken one after the other, so of many at once the first one is found here.
    if IncomingCall.objects.equal_lately(call).exists():
        return None
    try:
        with transaction.atomic():
            call.save(force_insert=True)
    except IntegrityError:
        # A delivery with this ID is in the log.
        return None
    _save_result(call, _process_call_part(call.webhook, part))
    return call


def _set_call_details(call: IncomingCall, part: CallPart, place: int, places: int) -> None:
    call.body, call.cut = part.body.replace("\0", "")[:KEPT], len(part.body) > KEPT
    call.place, call.places = place, places
    mapping = call.webhook.mapping
    found = get_delivery_id(call.headers, part.texts, mapping, item=part.item, place=place)
    # What can't be read hasn't been taken, so it may come again.
    call.delivery = "" if part.problem else found
    has_id = bool(found or part.problem)
    call.digest = "" if has_id else hashlib.sha256(f"{place} {part.body}".encode()).hexdigest()


def _process_call_part(webhook: IncomingWebhook, part: CallPart) -> CallResult:
    if part.problem:
        return CallResult(State.ATTENTION, problems=[{"code": part.problem}])
    if part.texts.get("is_test") == "true":
        return CallResult(State.SKIPPED, problems=[{"code": "test"}])
    try:
        with transaction.atomic():
            return add_or_update_record(webhook, part.texts)
    except Busy:
        return CallResult(State.ATTENTION, problems=[{"code": "busy"}])
    except OperationalError:
        # Locked rows: the answer asks the program to send the call again.
        raise
    except Exception:
        log.exception("Incoming webhook %s", webhook.pk)
        return CallResult(State.ATTENTION, problems=[{"code": "fault"}])


def _save_result(call: IncomingCall, result: CallResult) -> None:
    call.state, call.record, call.problems = result.state, result.record, result.problems
    call.of = call.webhook.makes if result.record else ""
    call.save(update_fields=["state", "record", "problems", "of"])
    notify_of_call(call)
