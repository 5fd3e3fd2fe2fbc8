"""What a user keeps for themselves or shares with a role or a department: saved reports and dashboards."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class ShareableQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """The user's own, and those for one of their departments or roles."""
        return self.filter(
            models.Q(owner=user.pk)
            | models.Q(department__in=user.department_ids)
            | models.Q(role__in=Group.objects.filter(user=user.pk).values("pk"))
        )

    def changeable_by(self, user: Any):
        return self.filter(owner=user.pk)

    def shared_by(self, user: Any):
        """Those of the user that others can open."""
        return self.filter(models.Q(role__isnull=False) | models.Q(department__isnull=False), owner=user)

    def with_names(self):
        """With the owner, and whom it is shared with."""
        return self.select_related("owner", "role__role", "department")

    def by_name(self):
        return self.order_by("name", "pk")


class Shareable(models.Model):
    """Who it is shared with sees it, and only its owner changes it. Numbers are always those that the reader may see."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("owner"), related_name="+"
    )
    name = models.CharField(_("name"), max_length=80)
    role = models.ForeignKey(
        Group, models.SET_NULL, null=True, blank=True, verbose_name=_("role"), related_name="+"
    )
    department = models.ForeignKey(
        settings.DEPARTMENT_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("department"),
        related_name="+",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def shared(self) -> bool:
        return bool(self.role_id or self.department_id)

    @property
    def shared_with(self) -> str:
        """The name of the role or the department; '' if only its owner sees it."""
        role: Any = self.role
        return str(self.department or (role.role.label if role else ""))

    @property
    def audience(self) -> tuple[int | None, int | None]:
        """The ids of the role and the department that it is shared with."""
        return self.role_id, self.department_id
