"""A change to a user's account: email, roles, departments, what they sign in with, or an API token, and who
made it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AccountChangeQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by("-id")


class AccountChange(models.Model):
    """`before` and `after` are emails, or names of roles, departments, a token, or a passkey; of wrong
    codes, their number; before a changed assistant, the names of the fields that changed.

    `program` is the token of the identity provider that made the change; `by` is empty then.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", _("email")
        ROLES = "roles", _("roles")
        DEPARTMENTS = "departments", _("departments")
        PASSWORD = "password", _("password")
        TOKEN_ADDED = "token_added", _("API token created")
        TOKEN_RENEWED = "token_renewed", _("new secret for an API token")
        TOKEN_REVOKED = "token_revoked", _("API token revoked")
        ASSISTANT_CONNECTED = "assistant_connected", _("assistant connected")
        ASSISTANT_CHANGED = "assistant_changed", _("assistant changed")
        ASSISTANT_DISCONNECTED = "assistant_removed", _("assistant disconnected")
        APP_ADDED = "app_added", _("authenticator app added")
        APP_REMOVED = "app_removed", _("authenticator app removed")
        PASSKEY_ADDED = "passkey_added", _("passkey added")
        PASSKEY_REMOVED = "passkey_removed", _("passkey removed")
        CODES_MADE = "codes_made", _("new recovery codes")
        CODE_USED = "code_used", _("recovery code used")
        CODES_WRONG = "codes_wrong", _("wrong codes entered")
        FACTORS_OFF = "factors_off", _("two-step verification turned off")
        FACTORS_RESET = "factors_reset", _("two-step verification reset")

    # What a user signs in with, after the password.
    SECOND_FACTOR = (
        Kind.APP_ADDED,
        Kind.APP_REMOVED,
        Kind.PASSKEY_ADDED,
        Kind.PASSKEY_REMOVED,
        Kind.CODES_MADE,
        Kind.CODE_USED,
        Kind.CODES_WRONG,
        Kind.FACTORS_OFF,
        Kind.FACTORS_RESET,
    )
    # Each of these lets someone sign in or call the API as the user, so the user is always notified by email.
    KEYS = (
        Kind.EMAIL,
        Kind.PASSWORD,
        Kind.TOKEN_ADDED,
        Kind.TOKEN_RENEWED,
        Kind.ASSISTANT_CONNECTED,
        *SECOND_FACTOR,
    )

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="account_changes")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    program = models.CharField(max_length=100, blank=True, default="", db_default="")
    at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=20, choices=Kind)
    before = models.JSONField(default=list)
    after = models.JSONField(default=list)

    objects = AccountChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("account change")
        verbose_name_plural = _("account changes")

    @property
    def actor_name(self) -> str:
        """The name of who made it; '' for the system."""
        return self.by.name if self.by else self.program
