"""A report that is shown as a card, on Today or on a dashboard."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from reports.models.report import Report


class ShownReportQuerySet(models.QuerySet):
    def of_viewable_reports(self, user: Any):
        """Without saved reports that aren't shared with the user."""
        seen = Report.objects.visible_to(user).values("pk")
        return self.filter(models.Q(report=None) | models.Q(report__in=seen))

    def of_report(self, report: Report | None, shipped: str):
        return self.filter(report=report, shipped=shipped)


class ShownReport(models.Model):
    """Of a saved report, or of one that Leadwell comes with: then `shipped` is its name and `query` its period and filters."""

    report = models.ForeignKey(Report, models.CASCADE, null=True, verbose_name=_("report"), related_name="+")
    shipped = models.CharField(max_length=40, blank=True, default="")
    query = models.TextField(blank=True, default="")

    class Meta:
        abstract = True
