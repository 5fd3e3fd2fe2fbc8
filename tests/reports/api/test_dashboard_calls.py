"""API v2: a user's dashboards, with the numbers of each report that the user may see."""

from functools import partial

import pytest

from crm.platform.web.transactions import CountedLater
from reports.api import dashboard_calls
from reports.models import Dashboard, DashboardPart, Report
from tests.api.conftest import umbra
from tests.reports.dashboards.conftest import monday

__all__ = ["monday", "umbra"]
pytestmark = pytest.mark.django_db
DASHBOARDS = "/api/v2/dashboards"


def test_the_dashboards_are_those_of_the_page(monday, ann, bob, departments, umbra):
    Dashboard.objects.create(owner=bob, name="Bob’s own")
    shared = Dashboard.objects.create(owner=bob, name="All", department=departments.sales)
    found = umbra(ann).get(DASHBOARDS)["dashboards"]
    assert [(row["name"], row["owner_name"], row["department"]) for row in found] == [
        ("All", "Bob", departments.sales.pk),
        ("Monday", "Ann", None),
    ]
    assert umbra(ann).get(f"{DASHBOARDS}/{shared.pk}")["parts"] == []


def test_a_part_has_the_numbers_of_its_report(monday, ann, bob, make_lead, umbra):
    for number in range(3):
        make_lead(f"Lead {number}", owner=bob)
    program = umbra(ann)
    shipped, saved = program.get(f"{DASHBOARDS}/{monday.dashboard.pk}")["parts"]
    assert (shipped["report"], shipped["query"]) == ("funnel", "period=all")
    assert (saved["report"], saved["title"]) == (f"saved-{monday.report.pk}", "My owners")
    numbers = program.get(f"{DASHBOARDS}/{monday.dashboard.pk}/parts/{saved['id']}")
    whole = program.get(f"/api/v2/reports/{saved['report']}")
    assert numbers["tables"] == whole["tables"]
    assert (numbers["id"], numbers["title"]) == (saved["report"], "My owners")
    (row,) = numbers["tables"][0]["rows"]
    assert (row["labels"], row["values"][0]["value"]) == (["Bob"], 3)
    funnel = program.get(f"{DASHBOARDS}/{monday.dashboard.pk}/parts/{shipped['id']}")
    whole = program.get("/api/v2/reports/funnel?period=all")
    assert [table["total"] for table in funnel["tables"]] == [whole["tables"][0]["total"]]


def test_a_report_that_the_user_may_not_see_is_missing(monday, ann, carla, departments, umbra):
    """The dashboard is shared with Export, Ann's own report isn't."""
    Dashboard.objects.filter(pk=monday.dashboard.pk).update(department=departments.export)
    program = umbra(carla)
    parts = program.get(f"{DASHBOARDS}/{monday.dashboard.pk}")["parts"]
    assert [part["id"] for part in parts] == [monday.shipped.pk]
    program.get(f"{DASHBOARDS}/{monday.dashboard.pk}/parts/{monday.saved.pk}", expect=404)
    gone = DashboardPart.objects.create(dashboard=monday.dashboard, shipped="no_longer", position=2)
    program.get(f"{DASHBOARDS}/{monday.dashboard.pk}/parts/{gone.pk}", expect=404)


def test_a_dashboard_of_someone_else_is_not_found(monday, carla, umbra):
    path = f"{DASHBOARDS}/{monday.dashboard.pk}"
    umbra(carla).get(path, expect=404)
    umbra(carla).get(f"{path}/parts/{monday.shipped.pk}", expect=404)
    assert umbra(carla).get(DASHBOARDS)["dashboards"] == []


def test_a_part_belongs_to_its_dashboard(monday, ann, umbra):
    other = Dashboard.objects.create(owner=ann, name="Other")
    umbra(ann).get(f"{DASHBOARDS}/{other.pk}/parts/{monday.shipped.pk}", expect=404)


def test_dashboards_take_the_right_to_read_reports(monday, ann, bob, umbra):
    part = f"{DASHBOARDS}/{monday.dashboard.pk}/parts/{monday.shipped.pk}"
    for program in (umbra(ann, ["leads.get", "goals.get"]), umbra(bob)):
        for path in (DASHBOARDS, f"{DASHBOARDS}/{monday.dashboard.pk}", part):
            program.get(path, expect=403)


def test_a_report_that_can_not_be_counted_says_why(monday, ann, umbra):
    broken = Report.objects.create(owner=ann, name="Broken", query="measure=nonsense&period=all")
    part = DashboardPart.objects.create(dashboard=monday.dashboard, report=broken, position=2)
    umbra(ann).get(f"{DASHBOARDS}/{monday.dashboard.pk}/parts/{part.pk}", expect=422)


def test_numbers_that_take_longer_are_counted_by_the_worker(monday, ann, umbra, monkeypatch):
    queued: list[str] = []

    def count(*arguments):
        raise CountedLater(partial(queued.append, "counted"))

    monkeypatch.setattr(dashboard_calls, "build_panel", count)
    program = umbra(ann)
    program.get(f"{DASHBOARDS}/{monday.dashboard.pk}/parts/{monday.shipped.pk}", expect=503)
    assert program.last["Retry-After"] == "60"
    assert queued == ["counted"]
