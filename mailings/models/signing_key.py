"""The key that signs the mailings of a domain (DKIM, RFC 6376)."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.encoding import punycode
from django.utils.translation import gettext_lazy as _

LABEL = RegexValidator(
    r"\A[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\Z",
    _("Enter letters, digits and hyphens, such as leadwell2."),
)


class SigningKeyQuerySet(models.QuerySet):
    def of_address(self, address: str):
        """That of the domain of an email address."""
        return self.filter(domain=get_domain(address))

    def signing(self):
        return self.filter(signs=True)


class SigningKey(models.Model):
    """A domain has at most one. `secret` is the private key as PEM, encrypted (accounts/second_factor/secret_encryption.py); `public` is the other half, as
    base64 of its DER form (SubjectPublicKeyInfo). `domain` is as in DNS: in lower case, and in ASCII."""

    domain = models.CharField(max_length=255, unique=True)
    selector = models.CharField(
        _("selector"),
        max_length=63,
        default="leadwell",
        validators=[LABEL],
        help_text=_("The first part of the name of the DNS record. A new key needs a new selector."),
    )
    secret = models.TextField(editable=False)
    public = models.TextField(editable=False)
    # Only when its DNS record is published: other servers look for it.
    signs = models.BooleanField(default=False)

    objects = SigningKeyQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.record_name

    @property
    def record_name(self) -> str:
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record_value(self) -> str:
        return f"v=DKIM1; k=rsa; p={self.public}"


def get_domain(address: str) -> str:
    """As in DNS; '' for an address with a domain that can't exist."""
    try:
        return punycode(address.rpartition("@")[2].lower())
    except UnicodeError:
        return ""
