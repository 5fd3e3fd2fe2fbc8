"""Reports that users have pinned to their start page."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.report import Report


class PinQuerySet(models.QuerySet):
    def visible_to(self, user: Any):
        """The user's own, without saved reports that are no longer shared with them."""
        seen = Report.objects.visible_to(user).values("pk")
        return self.filter(models.Q(report=None) | models.Q(report__in=seen), user=user.pk)

    def changeable_by(self, user: Any):
        return self.filter(user=user.pk)

    def of_report(self, report: Report | None, shipped: str):
        return self.filter(report=report, shipped=shipped)

    def in_order(self):
        return self.order_by("pk")


class Pin(models.Model):
    """Of a saved report, or of one that Leadwell comes with: then `shipped` is its name and `query` its period and filters."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="+"
    )
    report = models.ForeignKey(
        Report, models.CASCADE, null=True, verbose_name=_("report"), related_name="pins"
    )
    shipped = models.CharField(max_length=40, blank=True, default="")
    query = models.TextField(blank=True, default="")

    objects = PinQuerySet.as_manager()

    class Meta:
        verbose_name = _("pinned report")
        verbose_name_plural = _("pinned reports")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("user", "report", "shipped", name="pin_once", nulls_distinct=False),
        ]
