"""How Leadwell is registered at Google or Microsoft, by the company that uses it, and the accounts there that it may use."""

from datetime import datetime
from typing import ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.single_sign_on import printable

GOOGLE, MICROSOFT = "google", "microsoft"
tenant = RegexValidator(r"^[A-Za-z0-9.-]+$", _("Enter a tenant ID or a domain."))


class OAuthClient(models.Model):
    """`secret` is encrypted (accounts/second_factor/secret_encryption.py)."""

    class Provider(models.TextChoices):
        GOOGLE = GOOGLE, _("Google")
        MICROSOFT = MICROSOFT, _("Microsoft")

    provider = models.CharField(_("provider"), max_length=10, choices=Provider, unique=True)
    client_id = models.CharField(_("client ID"), max_length=255, validators=[printable])
    secret = models.TextField(editable=False)
    tenant = models.CharField(
        _("tenant"),
        max_length=100,
        blank=True,
        validators=[tenant],
        help_text=_(
            "Of Microsoft: the ID or domain of your company’s directory. If empty, any account can be used."
        ),
    )

    class Meta:
        default_permissions = ()
        verbose_name = "OAuth client"

    def __str__(self) -> str:
        return str(self.get_provider_display())

    @classmethod
    def get_for_provider(cls, provider: str) -> "OAuthClient | None":
        """The client at this provider."""
        return cls.objects.filter(provider=provider).first()


class OAuthAccount(models.Model):
    """An account at a provider that its user has given a permission for. The two tokens are encrypted."""

    # What the permission is for, in the words of each provider.
    oauth_scopes: ClassVar[dict[str, str]] = {}

    refresh_token = models.TextField(blank=True, default="", db_default="", editable=False)
    access_token = models.TextField(blank=True, default="", db_default="", editable=False)
    token_until = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    @property
    def oauth_provider(self) -> str:
        """Google or Microsoft, or something else for an account that has no permission."""
        raise NotImplementedError

    @property
    def uses_oauth(self) -> bool:
        return self.oauth_provider in self.oauth_scopes

    @property
    def login(self) -> str:
        """What the provider calls the account."""
        raise NotImplementedError

    def clear_fields(self, *names: str) -> None:
        """Something that Leadwell signs in with is no longer needed, or belongs to another account."""
        for name in names:
            setattr(self, name, "")
        if "access_token" in names:
            self.token_until = None

    def save_tokens(self, access: str, refresh: str, until: datetime) -> None:
        """Encrypted ones. Without a new `refresh` token the last one goes on. Those of an account that isn't saved yet are kept with it."""
        self.access_token, self.token_until = access, until
        self.refresh_token = refresh or self.refresh_token
        if self.pk:
            self.save(update_fields=["access_token", "token_until", "refresh_token"])
