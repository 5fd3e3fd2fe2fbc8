"""What an export does for each row doesn't grow with what the rows have in common: time zones and linked records."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.fields.widgets import link_widgets
from customers.models import Company
from leads.excel import LeadResource
from leads.kind import LEAD
from leads.models import Lead

NAMES = ["id", "created_at", "client"]


@pytest.fixture
def rows(ann):
    """rows(): the rows of all leads."""

    def written() -> list[list]:
        resource = LeadResource(LEAD, ann)
        records = Lead.objects.order_by("pk").values_list(*resource.get_attributes(NAMES))
        return list(resource.iterate_rows(records, NAMES))

    return written


def test_the_time_zone_is_looked_up_once(rows, make_lead, monkeypatch):
    at = datetime(2026, 7, 1, 21, 30, tzinfo=UTC)
    for number in range(5):
        make_lead(f"Ana {number}", created_at=at)
    asked = []
    zone = ZoneInfo("Europe/Bucharest")
    monkeypatch.setattr(timezone, "get_current_timezone", lambda: asked.append(1) or zone)
    found = rows()
    assert len(asked) == 1
    assert [row[1] for row in found] == [datetime(2026, 7, 2, 0, 30)] * 5


def test_more_linked_records_than_are_remembered_are_forgotten_before_the_next_rows_and_not_between_two(
    rows, make_lead, make_company, monkeypatch
):
    companies = [make_company(f"Omnia {number}") for number in range(6)]
    for company in companies:
        make_lead(f"Lead of {company.name}", client=company)
    monkeypatch.setattr(link_widgets, "REMEMBERED", 3)
    with CaptureQueriesContext(connection) as captured:
        found = rows()
    assert [row[2] for row in found] == [f"{company.name} (#{company.pk})" for company in companies]
    table = Company._meta.db_table
    assert sum(1 for query in captured if f'FROM "{table}"' in query["sql"]) == 1
