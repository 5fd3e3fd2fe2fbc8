"""Keys and hashes: long enough, from libraries, each for one purpose, and replaceable."""

import json
from base64 import b64decode

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.hashers import PBKDF2PasswordHasher, check_password, get_hasher, identify_hasher
from django.core import signing

import crm.settings
from accounts import sign_in
from accounts.models import User
from accounts.push import devices
from accounts.second_factor import secret_encryption
from accounts.second_factor.codes import generate_secret
from crm.models import Token, Webhook
from tests.accounts.second_factor.stepping import signed_in_as
from tests.api.conftest import make_token
from tests.conftest import PASSWORD

MEBIBYTE = 1024


@pytest.fixture
def as_in_production(settings):
    """Tests use a quick hash for passwords."""
    settings.PASSWORD_HASHERS = crm.settings.PASSWORD_HASHERS


def test_passwords_are_hashed_with_argon2id_as_recommended(as_in_production):
    hasher = get_hasher("default")
    found = hasher.decode(hasher.encode(PASSWORD, hasher.salt()))
    assert (found["algorithm"], found["variety"]) == ("argon2", "argon2id")
    # OWASP's minimum: 19 MiB and 2 iterations; the salt has 128 bits.
    assert found["memory_cost"] >= 19 * MEBIBYTE
    assert found["time_cost"] >= 2
    assert len(hasher.salt()) >= 22


def test_a_password_hashed_in_an_older_way_is_hashed_again_at_the_next_sign_in(client, bob, as_in_production):
    User.objects.filter(pk=bob.pk).update(password=PBKDF2PasswordHasher().encode(PASSWORD, "salt"))
    client.post("/login", {"email": bob.email, "password": PASSWORD})
    assert signed_in_as(client) == str(bob.pk)
    bob.refresh_from_db()
    assert identify_hasher(bob.password).algorithm == "argon2"
    assert check_password(PASSWORD, bob.password)


def test_generated_secrets_have_at_least_128_bits(bob):
    """A letter or digit has 5.95 bits, a letter of base32 5, one of base64url 6."""
    assert len(make_token(bob)) - len("lw_") >= 22
    assert len(Webhook().set_new_secret()) >= 22
    assert len(generate_secret()) * 5 >= 128
    assert len({make_token(bob) for _number in range(50)}) == 50


def test_a_token_is_stored_as_a_hash_of_256_bits(bob):
    secret = make_token(bob)
    stored = Token.objects.get().hash
    assert secret not in stored
    assert len(stored) == 64


def test_what_is_encrypted_cannot_be_changed_unnoticed():
    text = secret_encryption.encrypt_secret("JBSWY3DPEHPK3PXP")
    assert "JBSWY3" not in text
    assert secret_encryption.encrypt_secret("JBSWY3DPEHPK3PXP") != text
    for place in range(0, len(text), 7):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(secret_encryption.UnreadableSecret):
            secret_encryption.decrypt_secret(changed)


def test_the_key_of_what_is_encrypted_has_256_bits_and_serves_no_other_purpose(settings):
    key = secret_encryption._derive_encryption_key(settings.SECRET_KEY)
    assert isinstance(key, Fernet)
    assert len(key._signing_key) == len(key._encryption_key) == 16
    text = secret_encryption.encrypt_secret("x")
    with pytest.raises(signing.BadSignature):
        signing.loads(text, salt="page")


SALTS = {"browser": sign_in.SALT, "device": devices.SALT, "page": "page"}


@pytest.mark.parametrize("purpose", SALTS)
@pytest.mark.parametrize("other", SALTS)
def test_what_is_signed_for_one_purpose_is_not_accepted_for_another(purpose, other):
    text = signing.dumps(["bob@example.com", 7], salt=SALTS[purpose])
    if purpose == other:
        assert signing.loads(text, salt=SALTS[other]) == ["bob@example.com", 7]
    else:
        with pytest.raises(signing.BadSignature):
            signing.loads(text, salt=SALTS[other])


def test_what_is_signed_names_no_algorithm_and_is_worth_nothing_without_its_signature():
    text = signing.dumps({"alg": "none"}, salt="page")
    payload, *_rest = text.split(":")
    assert json.loads(b64decode(payload + "=" * (-len(payload) % 4))) == {"alg": "none"}
    for forged in (payload, f"{payload}:", f"{payload}::", text.rpartition(":")[0] + ":"):
        with pytest.raises(signing.BadSignature):
            signing.loads(forged, salt="page")


def test_what_another_installation_signed_is_not_accepted(settings):
    text = signing.dumps(["bob@example.com", 7], salt=sign_in.SALT)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key " * 6, []
    with pytest.raises(signing.BadSignature):
        signing.loads(text, salt=sign_in.SALT)
