"""Which groups of reports the head of a report's page offers: those with a report that the user may see, with the open one marked."""

from collections import Counter

import pytest

from reports import standard_reports
from reports.display.report_groups import SUBJECTS, build_report_groups
from reports.models import Report
from reports.standard_reports import BY_NAME, SHIPPED, may_view_report


def test_each_report_that_leadwell_comes_with_is_in_one_group():
    named = Counter(name for _label, names in SUBJECTS for name in names)
    assert named == Counter(report.name for report in SHIPPED)


def test_the_group_and_the_tab_of_the_open_report_are_marked(ada):
    groups = build_report_groups(ada, BY_NAME["moves"], "")
    assert [str(group.label) for group in groups if group.is_current] == ["Pipeline"]
    assert [str(tab.label) for group in groups for tab in group.tabs if tab.is_current] == ["Moves"]


def test_a_group_opens_with_its_first_report(ada):
    paths = {str(group.label): group.path for group in build_report_groups(ada, None, "")}
    assert paths["Pipeline"] == f"/admin/reports/{dict(SUBJECTS)['Pipeline'][0]}"


# The numbers of a report that the user may not see, and whether they see the report.
HIDDEN = {"none": (0, True), "one": (1, False), "all but one": (-1, False), "all": (None, False)}


@pytest.mark.parametrize(("hidden", "sees"), HIDDEN.values(), ids=HIDDEN)
def test_a_report_is_for_those_who_see_each_of_its_numbers(hidden, sees, ada, monkeypatch):
    report = BY_NAME["imports"]
    measures = sorted({name for section in report.sections for name in section.measures})
    offered = [] if hidden is None else measures[hidden:] if hidden >= 0 else measures[:1]
    monkeypatch.setattr(standard_reports, "get_viewable_measures", lambda user: offered)
    assert may_view_report(report, ada) is sees


def test_another_report_keeps_the_period_and_the_filters(ada):
    groups = build_report_groups(ada, BY_NAME["moves"], "period=last30")
    assert {tab.path.partition("?")[2] for group in groups for tab in group.tabs} == {"period=last30"}


def test_saved_reports_that_the_user_may_see_are_the_last_group_which_is_absent_without_any(ada, bob):
    assert "Saved" not in [str(group.label) for group in build_report_groups(ada, None, "")]
    own = Report.objects.create(name="Own", owner=ada, query="measure=leads")
    Report.objects.create(name="Of Bob", owner=bob, query="measure=leads")
    last = build_report_groups(ada, own, "period=last30")[-1]
    assert [(str(tab.label), tab.path, tab.is_current) for tab in last.tabs] == [
        ("Own", f"/admin/reports/saved/{own.pk}", True)
    ]


def test_a_user_sees_only_reports_whose_numbers_they_may_see(cast):
    """Bob may neither see mailings nor import."""
    groups = {str(group.label): group for group in build_report_groups(cast.bob, None, "")}
    assert [str(tab.label) for tab in groups["Marketing"].tabs] == ["Leads that came in", "Sources"]
    assert "Imports" in [
        str(tab.label) for group in build_report_groups(cast.ann, None, "") for tab in group.tabs
    ]
