"""The codes of the second step: those of an authenticator app, and recovery codes. Each one is accepted once."""

import hmac
import re
import secrets

import pyotp
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils import timezone

from accounts.models import AuthenticatorApp, RecoveryCode, User
from accounts.second_factor.secret_encryption import UnreadableSecret, decrypt_secret, encrypt_secret
from crm.platform.configuration.company import get_company_name

SECONDS = 30
# A phone's clock may be one step ahead or behind (RFC 6238, 5.2 and 6).
DRIFT = (0, -1, 1)
RECOVERY_CODES = 10
# Without letters and digits that look alike. Ten of these have 49 bits.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
HALF = 5
APP, RECOVERY = "app", "recovery"


def generate_secret() -> str:
    """160 bits in base32, as the RFC recommends."""
    return pyotp.random_base32()


def build_authenticator_url(user: User, secret: str) -> str:
    """What the QR code says: the account, the company, and the key."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=get_company_name())


def find_code_step(secret: str, code: str) -> int | None:
    """The step for which the code is right, now or one step around it."""
    now = int(timezone.now().timestamp()) // SECONDS
    for step in (now + drift for drift in DRIFT):
        if hmac.compare_digest(pyotp.HOTP(secret).at(step), code):
            return step
    return None


def verify_and_consume_code(user: User, text: str) -> str:
    """Accept a code of this user and use it up; returns APP, RECOVERY, or '' for a wrong or used one.

    The rows are locked, so of two requests with the same code, one is accepted.
    """
    code = re.sub(r"[\s-]", "", text).lower()
    if re.fullmatch(r"[0-9]{6}", code):
        return APP if _verify_and_consume_app_code(user, code) else ""
    if len(code) == 2 * HALF and set(code) <= set(LETTERS):
        return RECOVERY if _verify_and_consume_recovery_code(user, code) else ""
    return ""


@transaction.atomic
def _verify_and_consume_app_code(user: User, code: str) -> bool:
    app = AuthenticatorApp.objects.select_for_update().of_user(user).first()
    if app is None:
        return False
    try:
        secret = decrypt_secret(app.secret)
    except UnreadableSecret:
        return False
    step = find_code_step(secret, code)
    if step is None or step <= app.last_step:
        return False
    # Encrypted again: after a change of the secret key, with the new one.
    app.secret, app.last_step, app.last_used_at = encrypt_secret(secret), step, timezone.now()
    app.save(update_fields=["secret", "last_step", "last_used_at"])
    return True


@transaction.atomic
def _verify_and_consume_recovery_code(user: User, code: str) -> bool:
    for row in RecoveryCode.objects.select_for_update().of_user(user).unused().order_by("id"):
        if check_password(code, row.hash):
            row.used_at = timezone.now()
            row.save(update_fields=["used_at"])
            return True
    return False


def make_recovery_codes(user: User) -> list[str]:
    """New codes in place of all earlier ones; they are never readable again."""
    codes = [
        "".join(secrets.choice(LETTERS) for _letter in range(2 * HALF)) for _code in range(RECOVERY_CODES)
    ]
    RecoveryCode.objects.of_user(user).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, hash=make_password(code)) for code in codes)
    return [f"{code[:HALF]}-{code[HALF:]}" for code in codes]
