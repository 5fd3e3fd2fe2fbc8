"""The reports that can be added to a dashboard with one click, those that a manager opens on Monday morning first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.models import User
from reports.display.report_cards import get_card_title
from reports.models import DashboardPart, Report
from reports.standard_reports import SHIPPED, get_viewable_reports

# What a week begins with: the name of the report, and its period.
SUGGESTED = {
    "funnel": "period=last90",
    "people": "period=this_month",
    "forecast": "period=this_year",
    "first_contact": "period=this_month",
    "untouched": "",
    "incoming": "period=last7",
}


@dataclass(frozen=True)
class AddableReport:
    """`name` is what a form sends: "funnel", or "saved-12"."""

    name: str
    part: DashboardPart
    definition: str = ""

    @property
    def title(self) -> str:
        return get_card_title(self.part)


def get_addable_reports(user: User, present: Iterable[DashboardPart]) -> dict[str, AddableReport]:
    """By name, without those that the dashboard has already. Those of Leadwell come in the order of SUGGESTED."""
    present = list(present)
    shipped, saved = {part.shipped for part in present}, {part.report_id for part in present}
    places = list(dict.fromkeys([*SUGGESTED, *(one.name for one in SHIPPED)]))
    viewable = sorted(get_viewable_reports(user), key=lambda one: places.index(one.name))
    found = [
        AddableReport(
            one.name,
            DashboardPart(shipped=one.name, query=SUGGESTED.get(one.name, "")),
            str(one.definition),
        )
        for one in viewable
        if one.name not in shipped
    ]
    found += [
        AddableReport(f"saved-{report.pk}", DashboardPart(report=report))
        for report in Report.objects.visible_to(user).by_name()
        if report.pk not in saved
    ]
    return {one.name: one for one in found}


def get_suggested_reports(addable: Mapping[str, AddableReport]) -> list[AddableReport]:
    return [one for name, one in addable.items() if name in SUGGESTED]
