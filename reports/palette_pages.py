"""Goals in the palette, and the shipped and saved reports for those who may see reports."""

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.platform.web.palette_pages import Place
from reports.models import Report
from reports.standard_reports import shipped_for

# A user with more finds them on the page of reports.
MOST = 50


def places(request: Any) -> Iterator[Place]:
    if request.user.has_perm("leads.view_lead"):
        yield Place(_("Goals"), "chart", reverse("reports:goals"))
    if not request.user.has_perm("reports.view_report"):
        return
    for shipped in shipped_for(request.user):
        label = _("Report: %(name)s") % {"name": shipped.title}
        yield Place(label, "chart", reverse("reports:report", args=[shipped.name]))
    for report in Report.objects.visible_to(request.user).by_name()[:MOST]:
        yield Place(
            _("Report: %(name)s") % {"name": report.name}, "chart", reverse("reports:saved", args=[report.pk])
        )
