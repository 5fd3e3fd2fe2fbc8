"""Passkeys (WebAuthn): the browser signs a challenge of this session, for our address and no other.

A challenge is accepted once, for what it was made for, and for five minutes. Without a password before it, the device
must check its user too: by fingerprint, face, or PIN.
"""

import ipaddress
import json
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from accounts.models import Passkey, User
from accounts.sign_in_state import get_sign_in_state
from accounts.single_sign_on.sign_in_policy import may_sign_in_without_provider
from crm.platform.configuration.company import get_company_name

KEY = "passkey_challenge"
LASTS = timedelta(minutes=5)
# What a challenge is for.
ALONE, SECOND, CONFIRM, ADD = "alone", "second", "confirm", "add"
HANDLE_BYTES = 32
# The status of an answer without options, at an address for which browsers make no passkeys.
NO_NAME = 409
# What browsers may say about how a passkey is reached; more are ignored.
MOST_TRANSPORTS = 10


class NotAccepted(Exception):
    """The browser's answer isn't right; the text says why, for the log and not for the person."""


def get_relying_party_id() -> str:
    """The host that passkeys belong to, their RP ID."""
    return urlsplit(settings.SITE_URL).hostname or ""


def can_use_passkeys() -> bool:
    """Browsers make passkeys for names only, not for IP addresses."""
    try:
        ipaddress.ip_address(get_relying_party_id())
    except ValueError:
        return True
    return False


def build_registration_options(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the browser is asked for when a passkey is added. It stays on the device, so that it works alone."""
    known = list(Passkey.objects.of_user(user).newest_first())
    handle = base64url_to_bytes(known[0].handle) if known else secrets.token_bytes(HANDLE_BYTES)
    options = generate_registration_options(
        rp_id=get_relying_party_id(),
        rp_name=get_company_name(),
        user_id=handle,
        user_name=user.email,
        user_display_name=user.name,
        challenge=_create_challenge(request, ADD, handle=bytes_to_base64url(handle)),
        exclude_credentials=_build_descriptors(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
    )
    return json.loads(options_to_json(options))


def build_sign_in_options(request: HttpRequest, purpose: str, user: User | None = None) -> dict[str, Any]:
    """What the browser is asked to sign: with any passkey of ours, or with one of this user."""
    alone = purpose == ALONE
    verification = UserVerificationRequirement.REQUIRED if alone else UserVerificationRequirement.PREFERRED
    options = generate_authentication_options(
        rp_id=get_relying_party_id(),
        challenge=_create_challenge(request, purpose),
        allow_credentials=_build_descriptors(Passkey.objects.of_user(user)) if user else None,
        user_verification=verification,
    )
    return json.loads(options_to_json(options))


def build_passkey(request: HttpRequest, user: User, text: str) -> Passkey:
    """The passkey that the browser made, not yet saved or named. Raises NotAccepted."""
    kept = _consume_challenge(request, ADD)
    credential = _parse_credential(text)
    try:
        proven = verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(kept["challenge"]),
            expected_rp_id=get_relying_party_id(),
            expected_origin=settings.SITE_URL,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise NotAccepted(str(error)) from error
    identity = bytes_to_base64url(proven.credential_id)
    if Passkey.objects.with_credential(identity).exists():
        raise NotAccepted("This passkey is already known.")
    found = credential.get("response", {}).get("transports") or []
    transports = (
        [one for one in found if isinstance(one, str)][:MOST_TRANSPORTS] if isinstance(found, list) else []
    )
    return Passkey(
        user=user,
        credential_id=identity,
        public_key=bytes_to_base64url(proven.credential_public_key),
        handle=kept["handle"],
        sign_count=proven.sign_count,
        transports=transports,
    )


@transaction.atomic
def verify_passkey(request: HttpRequest, purpose: str, text: str, user: User | None = None) -> User:
    """Whose passkey signed the challenge; if `user` is given, it must be theirs. Raises NotAccepted.

    The passkey's row is locked, so of two requests with the same answer, one is accepted.
    """
    challenge = _consume_challenge(request, purpose)["challenge"]
    credential = _parse_credential(text)
    rows = Passkey.objects.select_for_update(of=("self",)).select_related("user")
    passkey = rows.with_credential(str(credential.get("id", ""))).first()
    if passkey is None or not passkey.user.is_active or (user is not None and passkey.user_id != user.pk):
        raise NotAccepted("An unknown passkey, or one of another user.")
    if purpose != CONFIRM and not may_sign_in_without_provider(passkey.user):
        raise NotAccepted("Only single sign-on is turned on.")
    if passkey.last_challenge == challenge:
        raise NotAccepted("This challenge was already answered.")
    passkey.sign_count = _verify_sign_count(credential, passkey, challenge, alone=purpose == ALONE)
    passkey.last_challenge, passkey.last_used_at = challenge, timezone.now()
    passkey.save(update_fields=["sign_count", "last_challenge", "last_used_at"])
    get_sign_in_state(request).used_factor = "passkey"
    return passkey.user


def _verify_sign_count(credential: dict[str, Any], passkey: Passkey, challenge: str, *, alone: bool) -> int:
    handle = credential.get("response", {}).get("userHandle")
    if (alone or handle) and handle != passkey.handle:
        raise NotAccepted("A passkey with the mark of another user.")
    try:
        proven = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=get_relying_party_id(),
            expected_origin=settings.SITE_URL,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=alone,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise NotAccepted(str(error)) from error
    return proven.new_sign_count


def _create_challenge(request: HttpRequest, purpose: str, **more: str) -> bytes:
    challenge = secrets.token_bytes(32)
    until = (timezone.now() + LASTS).timestamp()
    kept = {"challenge": bytes_to_base64url(challenge), "purpose": purpose, "until": until, **more}
    request.session[KEY] = kept
    return challenge


def _consume_challenge(request: HttpRequest, purpose: str) -> dict[str, Any]:
    """The challenge of this session, which is used up. Raises NotAccepted."""
    kept = request.session.pop(KEY, None)
    if not kept or kept["purpose"] != purpose or kept["until"] < timezone.now().timestamp():
        raise NotAccepted("No challenge, or an expired one.")
    return kept


def _parse_credential(text: str) -> dict[str, Any]:
    try:
        credential = json.loads(text)
    except ValueError as error:
        raise NotAccepted("Not an answer of a browser.") from error
    if not isinstance(credential, dict) or not isinstance(credential.get("response"), dict):
        raise NotAccepted("Not an answer of a browser.")
    return credential


def _build_descriptors(passkeys) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id)) for row in passkeys]
