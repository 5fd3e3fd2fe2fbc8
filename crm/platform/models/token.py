"""A token: a key with which a program calls the APIs in the name of a user. Only its hash is stored."""

from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from crm.platform.configuration.company import get_company_zone

MARK = "lw_"
# The mark of a secret that its program renews by itself.
RENEWED_MARK = "lwa_"
SHOWN = 6


def hash_secret(secret: str) -> str:
    """A secret of 40 random letters needs no slow hash."""
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class TokenQuerySet(models.QuerySet):
    def of_user(self, user):
        return self.filter(user=user)

    def in_force(self):
        return self.filter(revoked_at=None)

    def of_assistants(self):
        return self.filter(purpose=Token.Purpose.ASSISTANT)

    def with_names(self):
        return self.select_related("user", "use", "created_by", "department")

    def visible_to(self, user):
        """Those of the user and their colleagues."""
        return self.filter(user__in=get_user_model()._default_manager.visible_to(user).values("pk"))

    def changeable_by(self, user):
        """Those of users whom this user may edit: rotating a token means acting as its user from then on."""
        return self.filter(user__in=get_user_model()._default_manager.changeable_by(user).values("pk"))

    def newest_first(self):
        return self.order_by("-id")

    def revoke(self) -> int:
        """How many were active until now."""
        return self.in_force().update(revoked_at=timezone.now())


class Token(models.Model):
    """`rights` are names such as "leads.post" (crm/api/token_scopes.py); a token never has more permissions than its user.

    A token works for its purpose only, so a program can't manage accounts, an identity provider can't read records, and an
    assistant can't go round its limits by calling an API.
    """

    class Purpose(models.TextChoices):
        API = "api", _("API")
        SCIM = "scim", _("users and groups (SCIM)")
        ASSISTANT = "assistant", _("assistant (MCP)")

    purpose = models.CharField(
        max_length=10, choices=Purpose, default=Purpose.API, db_default=Purpose.API, editable=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("user"), related_name="tokens"
    )
    name = models.CharField(_("name"), max_length=100, help_text=_("The program that uses this token."))
    prefix = models.CharField(max_length=20, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)
    rights = ArrayField(
        models.CharField(max_length=40),
        verbose_name=_("permissions"),
        default=list,
        blank=True,
    )
    department = models.ForeignKey(
        settings.DEPARTMENT_MODEL,
        models.PROTECT,
        verbose_name=_("department for new leads"),
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Leave empty to use the user’s first department."),
    )
    expires_on = models.DateField(
        _("expires on"), null=True, blank=True, help_text=_("The last day this token works.")
    )
    addresses = ArrayField(
        models.CharField(max_length=50),
        verbose_name=_("allowed IP addresses"),
        default=list,
        blank=True,
        help_text=_("IP addresses or networks, such as 203.0.113.0/24. Leave empty to allow any address."),
    )
    calls_a_minute = models.PositiveIntegerField(
        _("calls per minute"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1_000_000)],
        help_text=_("Calls above this limit get a 429 response. Leave empty for no limit."),
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = TokenQuerySet.as_manager()
    # With replicas, what `use` had when the call was let in, and the server that was asked (crm/api/api_middleware.py).
    minute, calls, changed_until, primary = None, 0, 0, None

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return self.name

    def set_new_secret(self, mark: str = MARK) -> str:
        """Set and return a new secret; it is never shown again, and the previous one stops working."""
        secret = mark + get_random_string(40)
        self.prefix, self.hash = secret[: len(mark) + SHOWN], hash_secret(secret)
        return secret

    @property
    def is_renewed(self) -> bool:
        """Whether its program renews the secret, which no one has seen, by itself."""
        return self.prefix.startswith(RENEWED_MARK)

    @property
    def is_scim(self) -> bool:
        return self.purpose == self.Purpose.SCIM

    @property
    def is_assistant(self) -> bool:
        return self.purpose == self.Purpose.ASSISTANT

    @property
    def expired(self) -> bool:
        return self.expires_on is not None and self.expires_on < timezone.localdate(
            timezone=get_company_zone()
        )

    @property
    def in_force(self) -> bool:
        return self.revoked_at is None and not self.expired

    def can_be_used_from(self, address: str) -> bool:
        """Whether calls may come from this IP address."""
        if not self.addresses:
            return True
        try:
            caller = ip_address(address)
        except ValueError:
            return False
        return any(caller in ip_network(network) for network in self.addresses)


class TokenUse(models.Model):
    """What every call writes about its token, in a separate row: the last use, and the calls of this minute."""

    token = models.OneToOneField(Token, models.CASCADE, primary_key=True, related_name="use")
    used_at = models.DateTimeField(null=True)
    address = models.GenericIPAddressField(null=True)
    minute = models.DateTimeField(null=True)
    calls = models.PositiveIntegerField(default=0)
    # With replicas: how far the database was after the last change (crm/platform/database/log_positions.py).
    changed_until = models.BigIntegerField(default=0, db_default=0)


def end_of_minute(now: datetime) -> datetime:
    return now.replace(second=0, microsecond=0) + timedelta(minutes=1)
