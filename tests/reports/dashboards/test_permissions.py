"""Who sees a dashboard, which of its parts, and who changes it."""

import re

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from reports.dashboards.arrangement import get_viewable_parts
from reports.models import Dashboard, DashboardPart, Report
from reports.permissions import VIEW_PERMISSION


def share(row, audience: str, departments) -> None:
    values = {
        "no one": {},
        "the role": {"role": Group.objects.get(role__key="manager")},
        "their department": {"department": departments.export},
        "another department": {"department": departments.sales},
    }
    type(row).objects.filter(pk=row.pk).update(**values[audience])


# Whom the dashboard and its saved report are shared with, and what Carla, a manager of Export, sees of it.
SHARED = {
    "shared with no one": ("no one", "no one", None),
    "shared with another department": ("another department", "no one", None),
    "only its report is shared": ("no one", "the role", None),
    "shared with the role": ("the role", "no one", ["Funnel"]),
    "shared with the department": ("their department", "no one", ["Funnel"]),
    "its report is shared with another department": ("the role", "another department", ["Funnel"]),
    "its report is shared with the role": ("their department", "the role", ["Funnel", "My owners"]),
    "its report is shared with the department": ("the role", "their department", ["Funnel", "My owners"]),
}


@pytest.mark.parametrize("case", SHARED)
def test_a_reader_sees_the_parts_whose_reports_are_shared_with_them(
    case, carla, monday, departments, sign_in
):
    audience, of_report, expected = SHARED[case]
    share(monday.dashboard, audience, departments)
    share(monday.report, of_report, departments)
    browser = sign_in(carla)
    for part, title in ((monday.shipped, "Funnel"), (monday.saved, "My owners")):
        path = reverse("reports:dashboard_part", args=[monday.dashboard.pk, part.pk])
        assert browser.get(path).status_code == (200 if title in (expected or []) else 404)
    answer = browser.get(reverse("reports:dashboard", args=[monday.dashboard.pk]))
    assert answer.status_code == (200 if expected else 404)
    if expected:
        assert [card.title for card in answer.context["cards"]] == expected
        assert 'id="order"' not in answer.text


WRITES = ["dashboard_edit", "dashboard_delete", "dashboard_add", "dashboard_order"]
WRITES_PARTS = ["dashboard_width", "dashboard_remove"]


@pytest.mark.parametrize("name", [*WRITES, *WRITES_PARTS])
def test_who_a_dashboard_is_shared_with_does_not_change_it(name, carla, monday, departments, sign_in):
    share(monday.dashboard, "the role", departments)
    arguments = [monday.dashboard.pk, *([monday.shipped.pk] if name in WRITES_PARTS else [])]
    data = {"name": "Mine", "report": "people", "later": monday.shipped.pk, "version": 1, "wide": "1"}
    answer = sign_in(carla).post(reverse(f"reports:{name}", args=arguments), data)
    assert answer.status_code == 404
    dashboard = Dashboard.objects.get()
    assert (dashboard.name, dashboard.version, dashboard.parts.count()) == ("Monday", 1, 2)


def test_a_part_of_another_dashboard_is_not_found(ann, carla, monday, sign_in):
    own = Dashboard.objects.create(owner=carla, name="Mine")
    browser = sign_in(carla)
    for name in ("dashboard_width", "dashboard_remove"):
        path = reverse(f"reports:{name}", args=[own.pk, monday.shipped.pk])
        assert browser.post(path, {"wide": "1"}).status_code == 404
    path = reverse("reports:dashboard_part", args=[own.pk, monday.shipped.pk])
    assert browser.get(path).status_code == 404


def test_a_report_with_numbers_that_the_reader_may_not_see_is_not_there(
    ann, monday, departments, manager_without, sign_in
):
    DashboardPart.objects.create(dashboard=monday.dashboard, shipped="forecast", position=2)
    part = DashboardPart.objects.get(shipped="forecast")
    share(monday.dashboard, "the role", departments)
    browser = manager_without("view_deal")
    page = browser.get(reverse("reports:dashboard", args=[monday.dashboard.pk]))
    assert [card.title for card in page.context["cards"]] == ["Funnel"]
    assert (
        browser.get(reverse("reports:dashboard_part", args=[monday.dashboard.pk, part.pk])).status_code == 404
    )


def test_a_deleted_report_is_no_longer_on_the_dashboard(ann, monday):
    monday.report.delete()
    assert [part.shipped for part in get_viewable_parts(monday.dashboard, ann)] == ["funnel"]


def test_a_report_that_leadwell_no_longer_has_is_not_on_the_dashboard(ann, monday, sign_in):
    DashboardPart.objects.filter(pk=monday.shipped.pk).update(shipped="weather")
    page = sign_in(ann).get(reverse("reports:dashboard", args=[monday.dashboard.pk]))
    assert [card.title for card in page.context["cards"]] == ["My owners"]


def test_the_owner_reads_which_report_others_do_not_see(ann, monday, departments, sign_in):
    path = reverse("reports:dashboard", args=[monday.dashboard.pk])
    words = "Readers with whom this report isn’t shared don’t see it here."
    browser = sign_in(ann)
    assert words not in browser.get(path).text
    share(monday.dashboard, "the role", departments)
    shown = browser.get(path).text
    assert shown.count(words) == 1
    assert f'href="{reverse("reports:edit", args=[monday.report.pk])}"' in shown
    # Whom the report is shared with aren't those who read the dashboard.
    share(monday.report, "another department", departments)
    assert words in browser.get(path).text
    Report.objects.update(department=None)
    share(monday.report, "the role", departments)
    assert words not in browser.get(path).text


def test_the_numbers_of_a_shared_dashboard_are_those_that_the_reader_may_see(
    carla, monday, departments, make_lead, sign_in
):
    make_lead("Jan Novák", department=departments.sales)
    make_lead("Eva Malá", department=departments.export)
    query = "measure=leads&by=department&picture=table&period=all"
    report = Report.objects.create(owner=monday.dashboard.owner, name="Teams", query=query)
    part = DashboardPart.objects.create(dashboard=monday.dashboard, report=report, position=2)
    share(monday.dashboard, "the role", departments)
    share(report, "the role", departments)
    contents = sign_in(carla).get(reverse("reports:dashboard_part", args=[monday.dashboard.pk, part.pk])).text
    rows = re.findall(r'<th scope="row">([^<]*)</th>', contents)
    assert rows[0] == departments.export.name
    assert departments.sales.name not in rows


def test_users_who_may_not_view_reports_have_no_dashboards(bob, monday, sign_in):
    assert not bob.has_perm(VIEW_PERMISSION)
    browser = sign_in(bob)
    for name in ("dashboards", "dashboard_new"):
        assert browser.get(reverse(f"reports:{name}")).status_code == 403
