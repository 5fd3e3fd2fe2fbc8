"""What users sign in with after their password: an authenticator app, passkeys, and recovery codes."""

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MOST_PASSKEYS = 20
# Two weeks of holiday and a month's notice fit; a longer time would never end.
longest_time = MaxValueValidator(90, _("Enter at most 90 days."))


class OfUser(models.QuerySet):
    def of_user(self, user):
        return self.filter(user=user)


class AuthenticatorApp(models.Model):
    """An app that shows a new code every 30 seconds (TOTP, RFC 6238). `secret` is encrypted (accounts/second_factor/secret_encryption.py)."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="authenticator_app")
    secret = models.TextField()
    added_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)
    # The step of the last accepted code: a code of this step or an earlier one isn't accepted any more.
    last_step = models.BigIntegerField(default=0)

    objects = OfUser.as_manager()

    class Meta:
        verbose_name = "authenticator app"


class RecoveryCodeQuerySet(OfUser):
    def unused(self):
        return self.filter(used_at=None)


class RecoveryCode(models.Model):
    """A code that works once, stored like a password."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes")
    hash = models.CharField(max_length=200)
    made_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        verbose_name = "recovery code"


class PasskeyQuerySet(OfUser):
    def newest_first(self):
        return self.order_by("-id")

    def with_credential(self, text: str):
        return self.filter(credential_id=text)


class Passkey(models.Model):
    """A passkey (WebAuthn). Binary values are in base64url; `handle` is the same for all passkeys of a user."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="passkeys")
    name = models.CharField(
        _("name"), max_length=60, help_text=_("So that you recognize it, such as “Work laptop”.")
    )
    # A credential ID has at most 1,023 bytes (WebAuthn Level 3, 4).
    credential_id = models.CharField(max_length=1_400, unique=True, editable=False)
    public_key = models.TextField(editable=False)
    handle = models.CharField(max_length=100, editable=False)
    sign_count = models.BigIntegerField(default=0, editable=False)
    transports = models.JSONField(default=list, editable=False)
    # The same signed challenge isn't accepted again, even by two requests at once.
    last_challenge = models.CharField(max_length=100, editable=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)

    objects = PasskeyQuerySet.as_manager()

    class Meta:
        verbose_name = "passkey"
