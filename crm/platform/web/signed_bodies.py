"""The signature of a body that Leadwell sends to a webhook or a receiver."""

import hashlib
import hmac
import time


def build_signature_headers(secret: str, delivery: str, body: bytes) -> dict[str, str]:
    """The headers of a body that is sent: its type, its delivery, and its signature with this secret."""
    moment = str(int(time.time()))
    signature = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "Leadwell",
        "Leadwell-Delivery": delivery,
        "Leadwell-Signature": f"t={moment},v1={signature}",
    }
