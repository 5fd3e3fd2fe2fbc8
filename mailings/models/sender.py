"""How the mailings of a department are signed."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Sender(models.Model):
    """A department without one sends as itself, without a signature."""

    department = models.OneToOneField(settings.DEPARTMENT_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(
        _("sender name"), max_length=100, help_text=_("Recipients see it in front of the address.")
    )
    signature = models.TextField(
        _("signature"),
        max_length=2_000,
        blank=True,
        default="",
        help_text=_("Markdown, below every mailing."),
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name
