"""How a call proves that it comes from the program: a secret in its address, or a signature of its body in a header.

Formats of signatures, all HMAC-SHA256 with the shared secret: the hexadecimal digest of the body (Cal.com), the same after
"sha256=" (Meta, GitHub), its base64 (Shopify), and "t=…,v1=…", where v1 is the digest of t, a dot and the body (Calendly,
Stripe, and Leadwell's own outgoing webhooks).
"""

import hmac
import re
from base64 import b64encode
from hashlib import sha256

from django.utils import timezone
from django.utils.crypto import constant_time_compare

from crm.platform.web.id_parsing import parse_number
from intake.models import IncomingWebhook

Format = IncomingWebhook.Format
# The formats of programs that always use the same header.
OF_HEADERS = {
    "x-hub-signature-256": Format.PREFIXED,
    "x-cal-signature-256": Format.HEX,
    "x-shopify-hmac-sha256": Format.BASE64,
    "x-wc-webhook-signature": Format.BASE64,
    "calendly-webhook-signature": Format.MOMENT,
    "stripe-signature": Format.MOMENT,
    "leadwell-signature": Format.MOMENT,
}
# A body that begins like the signed text of the format with a time: it was taken from a call of that format.
WITH_MOMENT = re.compile(rb"\s*[0-9]{1,12}\.")
# Seconds that a signed moment may differ from now, so that a recorded call can't be sent again later.
TOLERANCE = 600


def is_authentic(webhook: IncomingWebhook, secret: str, body: bytes, signature: str) -> bool:
    if webhook.has_secret_address:
        return webhook.is_secret(secret)
    shared = webhook.get_decrypted_secret()
    return bool(shared) and not secret and is_signature(signature, shared, body, webhook.signature_format)


def is_signature(signature: str, secret: str, body: bytes, chosen: str = "") -> bool:
    """`chosen` is the Format of the webhook; '' accepts each format, because an older webhook has none."""
    signature = signature.strip()
    written = get_signature_format(signature)
    if chosen and written != chosen:
        return False
    if written == Format.MOMENT:
        return _is_with_moment(signature, secret, body)
    # What was signed with a time would pass for a body of another format, without its time.
    if WITH_MOMENT.match(body):
        return False
    digest, given = _compute_digest(secret, body), signature.removeprefix("sha256=")
    return constant_time_compare(given.lower(), digest.hex()) or constant_time_compare(
        given, b64encode(digest).decode()
    )


def get_signature_format(signature: str) -> str:
    """In which format a signature is written, right or wrong."""
    if signature.startswith("t="):
        return Format.MOMENT
    if signature.startswith("sha256="):
        return Format.PREFIXED
    # 32 bytes are 64 digits, or 44 letters in base64.
    return Format.BASE64 if len(signature) == 44 else Format.HEX


def _is_with_moment(signature: str, secret: str, body: bytes) -> bool:
    parts = dict(part.strip().partition("=")[::2] for part in signature.split(","))
    moment = parts.get("t", "")
    seconds = parse_number(moment)
    if seconds is None or not _is_recent(seconds):
        return False
    return constant_time_compare(
        parts.get("v1", ""), _compute_digest(secret, moment.encode() + b"." + body).hex()
    )


def _is_recent(moment: int) -> bool:
    return abs(timezone.now().timestamp() - moment) <= TOLERANCE


def _compute_digest(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, sha256).digest()
