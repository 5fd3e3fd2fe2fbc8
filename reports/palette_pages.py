"""Goals in the palette, and the shipped and saved reports and the dashboards for those who may see reports."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.platform.web.palette_pages import PalettePage
from reports.models import Dashboard, Report
from reports.standard_reports import get_viewable_reports

# A user with more finds them on the page of reports.
MOST = 50


def generate_report_pages(request: Any) -> Iterator[PalettePage]:
    if request.user.has_perm("leads.view_lead"):
        yield PalettePage(_("Goals"), "chart", reverse("reports:goals"))
    if not request.user.has_perm("reports.view_report"):
        return
    for shipped in get_viewable_reports(request.user):
        label = _("Report: %(name)s") % {"name": shipped.title}
        address = reverse("reports:report", args=[shipped.name])
        yield PalettePage(label, "chart", address, str(shipped.other_names))
    for report in Report.objects.visible_to(request.user).by_name()[:MOST]:
        yield PalettePage(
            _("Report: %(name)s") % {"name": report.name}, "chart", reverse("reports:saved", args=[report.pk])
        )
    for dashboard in Dashboard.objects.visible_to(request.user).by_name()[:MOST]:
        label = _("Dashboard: %(name)s") % {"name": dashboard.name}
        yield PalettePage(label, "board", reverse("reports:dashboard", args=[dashboard.pk]))
