"""How a user has arranged their start page."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _


class StartPage(models.Model):
    """The names of its parts (crm/platform/web/start_page/start_page_parts.py): `order` from the top, and those that are `hidden`.

    Names of parts that the user doesn't see now are kept, and mean nothing until the user sees them again.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    order = ArrayField(models.CharField(max_length=40), default=list)
    hidden = ArrayField(models.CharField(max_length=40), default=list)

    class Meta:
        verbose_name = _("arrangement of Today")
        verbose_name_plural = _("arrangements of Today")
        default_permissions = ()

    @classmethod
    def get_for_user(cls, user) -> "StartPage":
        """One that isn't stored, if the user has never arranged anything."""
        return cls.objects.filter(user=user).first() or cls(user=user)
