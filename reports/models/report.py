"""Saved reports: a question under a name, private or shared with a role or a department."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """The user's own reports, and those for one of their departments or roles."""
        return self.filter(
            models.Q(owner=user.pk)
            | models.Q(department__in=user.department_ids)
            | models.Q(role__in=Group.objects.filter(user=user.pk).values("pk"))
        )

    def changeable_by(self, user: User):
        return self.filter(owner=user)

    def shared_by(self, user: User):
        """Those of the user that others can open."""
        return self.filter(models.Q(role__isnull=False) | models.Q(department__isnull=False), owner=user)

    def by_name(self):
        return self.order_by("name", "pk")


class Report(models.Model):
    """`query` is the URL query of the builder; it is read through the same allow-lists as a URL."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("owner"), related_name="+"
    )
    name = models.CharField(_("name"), max_length=80)
    query = models.TextField(blank=True)
    role = models.ForeignKey(
        Group,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("role"),
        related_name="+",
        help_text=_("Users with this role can open the report. They only see the leads that they may see."),
    )
    department = models.ForeignKey(
        settings.DEPARTMENT_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        verbose_name=_("department"),
        related_name="+",
        help_text=_(
            "Users of this department can open the report. They only see the leads that they may see."
        ),
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.name

    @property
    def shared(self) -> bool:
        return bool(self.role_id or self.department_id)
