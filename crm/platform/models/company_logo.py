"""The pictures that a company has had as its logo, each once, as they are sent to browsers."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class CompanyLogo(models.Model):
    """A row never changes and isn't deleted: undoing a change of the company brings the name of an earlier picture back.

    Pictures are small and few, and the sign-in page shows one even if the store of files can't be reached, so they are in the
    database.
    """

    table: ClassVar[str] = "company_logo"

    name = models.CharField(_("name"), max_length=48, primary_key=True)
    content = models.BinaryField(_("content"))

    class Meta:
        default_permissions = ()
        verbose_name = _("logo")
        verbose_name_plural = _("logos")
