"""Web push as its RFCs say: the encryption, and the signature that push services check."""

import time

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec

from crm.platform.push.push_encryption import (
    LONGEST,
    RECORD,
    decode_base64url,
    encode_base64url,
    encrypt_message,
    get_public_key_bytes,
    is_point,
)
from crm.platform.push.vapid_signature import build_authorization_header, is_ours, public_key
from tests.accounts.push.pushing import SubscribedBrowser, decrypted, signed

# The example of RFC 8291, section 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
BROWSER_KEY = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
BROWSER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
OWN_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SECRET, SALT = "BTBZMqHH6r4Tts7J_aSIgg", "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
    "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode_base64url(text), "big"), ec.SECP256R1())


def test_a_message_is_encrypted_as_in_the_example_of_the_rfc():
    keys = {"own": private(OWN_PRIVATE), "salt": decode_base64url(SALT)}
    assert (
        encode_base64url(
            encrypt_message(TEXT, decode_base64url(BROWSER_KEY), decode_base64url(SECRET), **keys)
        )
        == BODY
    )
    assert decrypted(decode_base64url(BODY), private(BROWSER_PRIVATE), decode_base64url(SECRET)) == TEXT


def test_the_longest_text_fills_one_record_and_a_longer_one_is_not_sent():
    browser = SubscribedBrowser()
    body = encrypt_message(b"x" * LONGEST, get_public_key_bytes(browser.key), browser.secret)
    assert len(body) == RECORD
    assert decrypted(body, browser.key, browser.secret) == b"x" * LONGEST
    with pytest.raises(ValueError, match="fit"):
        encrypt_message(b"x" * (LONGEST + 1), get_public_key_bytes(browser.key), browser.secret)


def test_each_message_has_its_own_key_and_salt():
    browser = SubscribedBrowser()
    first, second = (
        encrypt_message(TEXT, get_public_key_bytes(browser.key), browser.secret) for _number in range(2)
    )
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]


@pytest.mark.parametrize(
    "key", [b"", b"\x04" + b"\0" * 64, b"\x04" + b"\x01" * 64, b"\x02" + b"\x01" * 32, b"x" * 65]
)
def test_what_is_not_a_point_on_the_curve_is_not_a_key(key):
    assert not is_point(key)


@pytest.mark.parametrize("text", ["a b", "a+/b", "å", "a\nb", "abcde"])
def test_what_is_not_base64url_is_not_read(text):
    with pytest.raises(ValueError, match=r".*"):
        decode_base64url(text)


def test_a_call_is_signed_for_its_push_service_and_for_less_than_a_day(settings):
    settings.SITE_URL = "https://crm.example.com"
    claims = signed(build_authorization_header("https://push.example.com:444/send/1?x=2", public_key()))
    assert (claims["aud"], claims["sub"]) == ("https://push.example.com:444", "https://crm.example.com")
    assert time.time() + 60 < claims["exp"] < time.time() + 24 * 60 * 60


def test_without_https_the_contact_is_an_email(settings):
    settings.SITE_URL, settings.DEFAULT_FROM_EMAIL = "http://localhost:8000", "Leadwell <crm@example.com>"
    assert (
        signed(build_authorization_header("https://push.example.com/1", public_key()))["sub"]
        == "mailto:crm@example.com"
    )


def test_the_check_of_a_signature_can_fail(settings):
    header = build_authorization_header("https://push.example.com/1", public_key())
    before, dot, signature = header.rpartition(".")
    settings.SECRET_KEY = "another secret key of the installation, fifty characters or so"
    with pytest.raises(InvalidSignature):
        signed(f"{before}{dot}{signature.partition(',')[0]}, k={public_key()}")


def test_all_processes_with_the_same_secret_key_have_the_same_key(settings):
    settings.SECRET_KEY = "a" * 50
    first = public_key()
    settings.SECRET_KEY = "b" * 50
    assert public_key() != first
    settings.SECRET_KEY = "a" * 50
    assert public_key() == first


def test_a_previous_secret_key_still_signs_for_its_devices_until_it_is_removed(settings):
    before = public_key()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "b" * 50, [settings.SECRET_KEY]
    assert f"k={before}" in build_authorization_header("https://push.example.com/1", before)
    signed(build_authorization_header("https://push.example.com/1", before))
    settings.SECRET_KEY_FALLBACKS = []
    assert not is_ours(before)
    with pytest.raises(KeyError):
        build_authorization_header("https://push.example.com/1", before)
