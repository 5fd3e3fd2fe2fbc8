"""Ann's dashboard."""

from types import SimpleNamespace

import pytest

from reports.models import Dashboard, DashboardPart, Report


@pytest.fixture
def monday(ann):
    """A dashboard with a report that Leadwell comes with, and one of Ann's own."""
    dashboard = Dashboard.objects.create(owner=ann, name="Monday")
    report = Report.objects.create(owner=ann, name="My owners", query="measure=leads&by=owner&period=all")
    shipped = DashboardPart.objects.create(dashboard=dashboard, shipped="funnel", query="period=all")
    saved = DashboardPart.objects.create(dashboard=dashboard, report=report, position=1)
    return SimpleNamespace(dashboard=dashboard, report=report, shipped=shipped, saved=saved)
