"""Dashboards: reports of a user's choice on one page, in their order, private or shared with a role or a department."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.shareable import Shareable, ShareableQuerySet
from reports.models.shown_report import ShownReport, ShownReportQuerySet


class DashboardQuerySet(ShareableQuerySet):
    def with_part_counts(self):
        """`count` is the number of its parts, whoever may see them."""
        return self.annotate(count=models.Count("parts"))


class Dashboard(Shareable):
    """`version` increases with each change of its parts or their order."""

    version = models.PositiveIntegerField(default=1, db_default=1)

    objects = DashboardQuerySet.as_manager()

    class Meta:
        verbose_name = _("dashboard")
        verbose_name_plural = _("dashboards")
        default_permissions = ()


class DashboardPartQuerySet(ShownReportQuerySet):
    def visible_to(self, user: Any):
        """Those of the dashboards that the user sees, without saved reports that aren't shared with the user."""
        seen = Dashboard.objects.visible_to(user).values("pk")
        return self.of_viewable_reports(user).filter(dashboard__in=seen)

    def changeable_by(self, user: Any):
        return self.filter(dashboard__owner=user.pk)

    def of_dashboard(self, dashboard: Dashboard):
        return self.filter(dashboard=dashboard)

    def with_reports(self):
        """With the dashboard, and the saved report of each."""
        return self.select_related("dashboard", "report")

    def in_order(self):
        return self.order_by("position", "pk")


class DashboardPart(ShownReport):
    """A card of a dashboard, half as wide as the page unless it is `wide`."""

    dashboard = models.ForeignKey(
        Dashboard, models.CASCADE, verbose_name=_("dashboard"), related_name="parts"
    )
    wide = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)

    objects = DashboardPartQuerySet.as_manager()

    @property
    def is_hidden_from_readers(self) -> bool:
        """Whether the dashboard is shared, and its saved report isn't shared with the same role or department."""
        dashboard, report = self.dashboard, self.report
        return dashboard.shared and report is not None and report.audience != dashboard.audience

    class Meta:
        verbose_name = _("part of a dashboard")
        verbose_name_plural = _("parts of dashboards")
        default_permissions = ()
