"""Which signatures an incoming webhook accepts: each has one format, and a signed body of one format is nothing in another one."""

import hmac
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from intake.webhooks.call_verification import is_authentic, is_signature

SECRET, BODY = "secret of the program", b'{"email": "ana@x.example"}'
NOW = 1_795_000_000


def digest(text: bytes) -> bytes:
    return hmac.new(SECRET.encode(), text, sha256).digest()


def with_moment(moment: int | str, body: bytes = BODY) -> str:
    return f"t={moment},v1={digest(f'{moment}.'.encode() + body).hex()}"


HEX, BASE64 = digest(BODY).hex(), b64encode(digest(BODY)).decode()
# An attacker has heard a call of the format with a time, and sends "t.body" with its signature.
HEARD = f"{NOW - 86_400}.".encode() + BODY


class Case(NamedTuple):
    """The format of the webhook, the signature in the header, and whether the call is accepted."""

    chosen: str
    signature: str
    accepted: bool
    body: bytes = BODY


CASES = {
    "digits": Case("hex", HEX, True),
    "digits in capitals": Case("hex", HEX.upper(), True),
    "digits after sha256=": Case("prefixed", f"sha256={HEX}", True),
    "base64": Case("base64", BASE64, True),
    "the time and the body": Case("moment", with_moment(NOW), True),
    "a time ten minutes ago": Case("moment", with_moment(NOW - 600), True),
    "a time ten minutes from now": Case("moment", with_moment(NOW + 600), True),
    "a time more than ten minutes ago": Case("moment", with_moment(NOW - 601), False),
    "a time eleven minutes ago": Case("moment", with_moment(NOW - 660), False),
    "a time eleven minutes from now": Case("moment", with_moment(NOW + 660), False),
    "a time that is no number": Case("moment", with_moment("soon"), False),
    "a time longer than any number is read": Case("moment", with_moment("9" * 5000), False),
    "no time": Case("moment", with_moment(""), False),
    "digits where sha256= is the format": Case("prefixed", HEX, False),
    "sha256= where digits are the format": Case("hex", f"sha256={HEX}", False),
    "base64 where digits are the format": Case("hex", BASE64, False),
    "digits where base64 is the format": Case("base64", HEX, False),
    "digits where the time is signed too": Case("moment", HEX, False),
    "a time where only the body is signed": Case("hex", with_moment(NOW), False),
    "an old call with its time as the body, in digits": Case("hex", digest(HEARD).hex(), False, HEARD),
    "an old call with its time as the body, in base64": Case(
        "base64", b64encode(digest(HEARD)).decode(), False, HEARD
    ),
    "no format yet, digits": Case("", HEX, True),
    "no format yet, digits after sha256=": Case("", f"sha256={HEX}", True),
    "no format yet, base64": Case("", BASE64, True),
    "no format yet, the time and the body": Case("", with_moment(NOW), True),
    "no format yet, an old call with its time as the body": Case("", digest(HEARD).hex(), False, HEARD),
    "no format yet, the same after sha256=": Case("", f"sha256={digest(HEARD).hex()}", False, HEARD),
    "another body": Case("hex", HEX, False, BODY + b" "),
    "no signature": Case("hex", "", False),
    "not in ASCII": Case("hex", "pâté", False),
}


# Whether the secret is in the address, the one in the address, the signature in the header, and whether the call is accepted.
PROOFS = {
    "the secret in the address": (True, SECRET, "", True),
    "another one in the address": (True, "other", "", False),
    "none in the address": (True, "", "", False),
    "a signature where the secret is in the address": (True, "", HEX, False),
    "a signature": (False, "", HEX, True),
    "another signature": (False, "", "0" * 64, False),
    "no signature": (False, "", "", False),
    "a signature and a secret in the address": (False, SECRET, HEX, False),
    "the secret in the address where a signature is expected": (False, SECRET, "", False),
}


@pytest.mark.parametrize("shared", [SECRET, ""], ids=["", "a webhook without a secret"])
@pytest.mark.parametrize(("addressed", "given", "signature", "accepted"), PROOFS.values(), ids=PROOFS)
def test_how_a_call_shows_that_it_is_authentic(addressed, given, signature, accepted, shared):
    webhook: Any = SimpleNamespace(
        has_secret_address=addressed,
        is_secret=lambda text: bool(shared) and text == shared,
        get_decrypted_secret=lambda: shared,
        signature_format="hex",
    )
    assert is_authentic(webhook, given, BODY, signature) is (accepted and bool(shared))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_which_signatures_are_accepted(case, monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime.fromtimestamp(NOW, UTC))
    assert is_signature(case.signature, SECRET, case.body, case.chosen) is case.accepted
