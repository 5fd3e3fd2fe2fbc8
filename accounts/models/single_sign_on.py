"""Single sign-on: identity providers, which of their values give which role, who signs in with them, and the mode."""

import re
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.department import Department
from accounts.models.role import Role
from accounts.models.second_factor import OfUser

DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
# An ID token is refused long before a nonce is forgotten.
NONCES_KEPT = timedelta(days=1)
# The header that carries them takes no others.
printable = RegexValidator(r"^[\x21-\x7e]+$", _("Enter letters, digits and signs without spaces."))


def split_domains(text: str) -> list[str]:
    return [part.removeprefix("@") for part in re.split(r"[\s,;]+", text.lower()) if part]


def known_domains(text: str) -> None:
    wrong = [part for part in split_domains(text) if not DOMAIN.fullmatch(part)]
    if wrong or not split_domains(text):
        raise ValidationError(_("Enter domains like example.com, separated by commas."))


class IdentityProviderQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)

    def by_name(self):
        return self.order_by(models.Func("name", function="leadwell_fold"), "id")

    def with_heir(self, user):
        return self.filter(heir=user)

    def linked_with(self, user):
        return self.active().filter(identities__user=user).distinct()


class IdentityProvider(models.Model):
    """`secret` is encrypted (accounts/second_factor/secret_encryption.py); `document` and `keys` are the last ones that the provider published."""

    name = models.CharField(
        _("name"),
        max_length=60,
        unique=True,
        help_text=_("The sign-in page has a button with this name, such as “Sign in with Google”."),
    )
    issuer = models.CharField(
        _("issuer address"),
        max_length=300,
        unique=True,
        help_text=_("Such as https://accounts.google.com. Its settings are read from there when you save."),
    )
    client_id = models.CharField(_("client ID"), max_length=255, validators=[printable])
    secret = models.TextField(editable=False)
    scopes = models.CharField(
        _("scopes"),
        max_length=300,
        default="openid email profile",
        help_text=_("Separated by spaces. “openid” and “email” are required."),
    )
    groups_claim = models.CharField(
        _("claim with the groups"),
        max_length=100,
        default="groups",
        help_text=_(
            "A claim of the ID token: a text or a list of texts. Use dots for claims inside of others."
        ),
    )
    domains = models.CharField(
        _("email domains"),
        max_length=500,
        validators=[known_domains],
        help_text=_("Only users with an email of these domains can sign in, such as example.com."),
    )
    trusts_emails = models.BooleanField(
        _("accept emails that aren’t marked as verified"),
        default=False,
        help_text=_(
            "Microsoft doesn’t say whether an email is verified. Select this only if your own administrators decide "
            "which emails the provider’s accounts have."
        ),
    )
    trusts_sessions = models.BooleanField(
        _("accept sign-ins without their time as confirmation"),
        default=False,
        help_text=_(
            "Before something sensitive, users sign in again at the provider, which has to say when they did. Google says so "
            "only for verified apps. If you select this, someone at an unlocked computer can confirm without a password."
        ),
    )
    method = models.CharField(
        _("required authentication method"),
        max_length=60,
        blank=True,
        help_text=_(
            "Leadwell’s own second step isn’t asked for. To accept only sign-ins with a second step at the provider, "
            "enter the value of “amr” or “acr” that stands for it, such as mfa."
        ),
    )
    default_role = models.ForeignKey(
        Role,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("role without a match"),
        help_text=_("For users whose groups match no row. If empty, they get no account."),
    )
    default_department = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="+",
        verbose_name=_("department without a match"),
        help_text=_("For users whose groups match no row with a department."),
    )
    heir = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("new owner of open records"),
        help_text=_(
            "When a user is deactivated because no role is left. If empty, their records are unassigned."
        ),
    )
    active = models.BooleanField(_("offered on the sign-in page"), default=True)
    document = models.JSONField(default=dict, editable=False)
    keys = models.JSONField(default=dict, editable=False)
    read_at = models.DateTimeField(null=True, editable=False)
    # Automatic changes of users are recorded as theirs.
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = IdentityProviderQuerySet.as_manager()

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        self.issuer = self.issuer.strip()
        missing = {"openid", "email"} - set(self.scopes.split())
        if missing:
            raise ValidationError({"scopes": _("Add “openid” and “email”.")})


class ClaimRule(models.Model):
    """Users with this value in the claim get the role, if no earlier row gives one, and the department."""

    provider = models.ForeignKey(IdentityProvider, models.CASCADE, related_name="rules")
    position = models.PositiveSmallIntegerField(_("order"))
    value = models.CharField(_("value of the claim"), max_length=200)
    role = models.ForeignKey(
        Role, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("role")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("department")
    )

    class Meta:
        verbose_name = _("mapping row")
        ordering = ["position", "id"]


class IdentityQuerySet(OfUser):
    def with_subject(self, provider, subject: str):
        return self.filter(provider=provider, subject=subject)

    def with_people(self):
        return self.select_related("user", "provider").order_by("user__name", "id")


class Identity(models.Model):
    """Who an account of a provider is here. `values` are those of the groups claim at the last sign-in."""

    provider = models.ForeignKey(IdentityProvider, models.CASCADE, related_name="identities")
    subject = models.CharField(max_length=255)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="identities")
    values = models.JSONField(default=list)
    linked_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True)

    objects = IdentityQuerySet.as_manager()

    class Meta:
        verbose_name = "identity"
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="accounts_identity_subject"),
            # Another account with the same email doesn't get in.
            models.UniqueConstraint(fields=["provider", "user"], name="accounts_identity_user"),
        ]


class SpentNonceQuerySet(models.QuerySet):
    def over(self):
        return self.filter(at__lt=timezone.now() - NONCES_KEPT)


class SpentNonce(models.Model):
    """An ID token was accepted for this nonce, so no other one is: not even by two requests at once."""

    nonce = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=timezone.now)

    objects = SpentNonceQuerySet.as_manager()

    class Meta:
        verbose_name = "spent nonce"


class SignOnPolicy(models.Model):
    """The only row. If `only` is set, `keepers` are the only users who sign in without a provider."""

    only = models.BooleanField(_("only single sign-on"), default=False)
    keepers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)

    class Meta:
        verbose_name = "sign-on policy"
