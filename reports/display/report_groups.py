"""The reports by what they are about, as the head of each report's page offers them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from reports.display.report_sections import StandardReport, Text
from reports.models import Report
from reports.standard_reports import get_viewable_reports

# Each report that Leadwell comes with is in one of them, in the order in which they are shown.
SUBJECTS: list[tuple[Text, list[str]]] = [
    (pgettext_lazy("reports", "Results"), ["funnel", "conversion", "forecast", "lost"]),
    (pgettext_lazy("reports", "Pipeline"), ["changes", "moves", "stays", "stuck"]),
    (pgettext_lazy("reports", "Follow-up"), ["untouched", "first_contact", "times"]),
    (pgettext_lazy("reports", "Marketing"), ["incoming", "sources", "mailings", "imports"]),
    (pgettext_lazy("reports", "Team"), ["reps", "people", "work"]),
]
SAVED = _("Saved")


@dataclass(frozen=True)
class ReportTab:
    label: Text
    path: str
    is_current: bool


@dataclass(frozen=True)
class ReportGroup:
    label: Text
    tabs: Sequence[ReportTab]

    @property
    def path(self) -> str:
        """A group opens with its first report."""
        return self.tabs[0].path

    @property
    def is_current(self) -> bool:
        return any(tab.is_current for tab in self.tabs)


def build_report_groups(user: User, current: StandardReport | Report | None, query: str) -> list[ReportGroup]:
    """The groups with a report that the user may see. `query` is what the reports of Leadwell share: period and filters."""
    ending = f"?{query}" if query else ""
    tabs = {
        one.name: ReportTab(one.title, reverse("reports:report", args=[one.name]) + ending, one == current)
        for one in get_viewable_reports(user)
    }
    saved = [
        ReportTab(one.name, reverse("reports:saved", args=[one.pk]), one == current)
        for one in Report.objects.visible_to(user).by_name()
    ]
    groups = [ReportGroup(label, [tabs[name] for name in names if name in tabs]) for label, names in SUBJECTS]
    return [group for group in [*groups, ReportGroup(SAVED, saved)] if group.tabs]
