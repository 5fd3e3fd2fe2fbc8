"""Slow queries are logged with the route or job that asked, and without values."""

import logging

import pytest
from django.db import DataError, connection

from crm.platform.monitoring import current_task as at_work
from crm.platform.monitoring.slow_queries import get_anonymous_sql
from tests.crm.platform.monitoring.test_metrics import Context

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_ann(ann, client):
    client.force_login(ann)
    return client


@pytest.fixture
def slow(settings, caplog):
    """The log lines about slow queries, and every query is slow."""
    settings.SLOW_MS = 0.000_001
    caplog.set_level(logging.WARNING, logger="leadwell.slow")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "leadwell.slow"]


def test_a_slow_query_names_its_route_and_its_milliseconds(client_of_ann, slow):
    client_of_ann.get("/admin/leads?q=secretword")
    lines = [line for line in slow() if 'FROM "leads_lead"' in line]
    assert lines
    assert all(" ms, route leads:list: " in line for line in lines), lines
    assert "secretword" not in str(slow())


def test_the_query_of_the_middleware_names_the_route_too(client_of_ann, slow):
    client_of_ann.get("/admin/jobs")
    assert ", route jobs: " in slow()[0]


def test_a_slow_query_of_a_job_names_its_kind(slow):
    def work():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(%s)", [0.01])

    at_work.run_tracked_task(work, Context, None)
    assert slow()[0].endswith(" ms, job run_job: SELECT pg_sleep(%s)")


def test_a_query_that_fails_after_a_long_time_is_logged(slow):
    def work():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    with pytest.raises(DataError, match="division by zero"):
        at_work.run_tracked_task(work, Context, None)
    (line,) = slow()
    assert line.endswith("job run_job: SELECT 1 / 0")


def test_queries_of_migrations_and_commands_are_not_logged(slow):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.01)")
    assert slow() == []


def test_fast_queries_are_not_logged_and_zero_turns_the_log_off(client_of_ann, slow, settings):
    settings.SLOW_MS = 60_000
    client_of_ann.get("/admin/jobs")
    settings.SLOW_MS = 0
    client_of_ann.get("/admin/jobs")
    assert slow() == []


def test_texts_in_a_query_are_not_logged_and_long_lists_of_columns_are_cut():
    assert get_anonymous_sql("SELECT 'ann@example.com',\n  $$it's$$, 'it''s'") == "SELECT '…', '…', '…'"
    columns = ", ".join(f'"a"."c{number}"' for number in range(50))
    assert get_anonymous_sql(f"SELECT {columns} FROM a") == 'SELECT "a"."c0", …, "a"."c49" FROM a'
