"""Reports that users have pinned to their start page."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.shown_report import ShownReport, ShownReportQuerySet


class PinQuerySet(ShownReportQuerySet):
    def visible_to(self, user: Any):
        """The user's own, without saved reports that are no longer shared with them."""
        return self.of_viewable_reports(user).filter(user=user.pk)

    def changeable_by(self, user: Any):
        return self.filter(user=user.pk)

    def in_order(self):
        return self.order_by("pk")


class Pin(ShownReport):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("user"), related_name="+"
    )

    objects = PinQuerySet.as_manager()

    class Meta:
        verbose_name = _("pinned report")
        verbose_name_plural = _("pinned reports")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint("user", "report", "shipped", name="pin_once", nulls_distinct=False),
        ]
