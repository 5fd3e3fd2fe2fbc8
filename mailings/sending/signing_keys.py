"""The private keys that sign mailings: generated or pasted, kept encrypted, and read again to sign."""

from base64 import b64encode

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.second_factor.secret_encryption import UnreadableSecret, decrypt_secret, encrypt_secret
from mailings.models import SigningKey
from mailings.sending.dkim import DomainSigner

# Bits. Receivers ignore shorter keys (RFC 8301), and longer ones don't fit into the answers of many name servers.
SHORTEST, LONGEST, GENERATED = 2_048, 4_096, 2_048


class KeyUnreadable(Exception):
    """The key of this domain was encrypted with a secret key that this installation no longer has."""


def generate_key() -> RSAPrivateKey:
    return generate_private_key(public_exponent=65_537, key_size=GENERATED)


def parse_private_key(pem: str) -> RSAPrivateKey:
    """Raises ValidationError for anything other than a private RSA key without a password, of a size that receivers accept."""
    if "PUBLIC KEY" in pem:
        raise ValidationError(_("This is a public key. Enter the private key that belongs to it."))
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        raise ValidationError(_("This key is protected by a password. Enter it without one.")) from None
    except (ValueError, UnsupportedAlgorithm):
        words = _("Enter a private key in PEM format, which begins with -----BEGIN PRIVATE KEY-----.")
        raise ValidationError(words) from None
    if not isinstance(key, RSAPrivateKey) or not SHORTEST <= key.key_size <= LONGEST:
        raise ValidationError(_("Enter an RSA key of 2,048 to 4,096 bits."))
    return key


def write_key(row: SigningKey, key: RSAPrivateKey) -> None:
    """Put both halves of the key into the row."""
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    row.secret = encrypt_secret(private.decode())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    row.public = b64encode(public).decode()


def get_signer(address: str) -> DomainSigner | None:
    """What signs emails from this address, if its domain has a key in use. Raises KeyUnreadable."""
    row = SigningKey.objects.of_address(address).signing().first()
    if row is None:
        return None
    try:
        return DomainSigner(row.domain, row.selector, parse_private_key(decrypt_secret(row.secret)))
    except UnreadableSecret:
        raise KeyUnreadable(row.domain) from None
