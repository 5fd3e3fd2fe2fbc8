"""How a call proves that it comes from the program: a secret in its address, or a signature of its body in a header.

Formats of signatures, all HMAC-SHA256 with the shared secret: the hexadecimal digest of the body (Cal.com), the same after
"sha256=" (Meta, GitHub), its base64 (Shopify), and "t=…,v1=…", where v1 is the digest of t, a dot and the body (Calendly,
Stripe, and Leadwell's own outgoing webhooks).
"""

import hmac
from base64 import b64encode
from hashlib import sha256

from django.utils import timezone
from django.utils.crypto import constant_time_compare

from intake.models import IncomingWebhook

# Seconds that a signed moment may differ from now, so that a recorded call can't be sent again later.
TOLERANCE = 600


def proves_itself(webhook: IncomingWebhook, secret: str, body: bytes, signature: str) -> bool:
    if webhook.has_secret_address:
        return webhook.is_secret(secret)
    shared = webhook.opened_secret()
    return bool(shared) and not secret and is_signature(signature, shared, body)


def is_signature(signature: str, secret: str, body: bytes) -> bool:
    signature = signature.strip()
    if signature.startswith("t="):
        parts = dict(part.strip().partition("=")[::2] for part in signature.split(","))
        moment = parts.get("t", "")
        if not (moment.isdecimal() and len(moment) < 12 and _is_now(int(moment))):
            return False
        return constant_time_compare(
            parts.get("v1", ""), _digest(secret, moment.encode() + b"." + body).hex()
        )
    digest = _digest(secret, body)
    given = signature.removeprefix("sha256=")
    return constant_time_compare(given.lower(), digest.hex()) or constant_time_compare(
        given, b64encode(digest).decode()
    )


def _is_now(moment: int) -> bool:
    return abs(timezone.now().timestamp() - moment) <= TOLERANCE


def _digest(secret: str, message: bytes) -> bytes:
    return hmac.new(secret.encode(), message, sha256).digest()
