"""An OAuth client: how Leadwell is registered at Google or Microsoft, by the company that uses it."""

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
