"""What others changed on a user's leads is found in few rows, also right after a change of many leads."""

import json
from collections.abc import Iterator

from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Change
from leads.start_page import recent_changes
from leads.start_page.recent_changes import get_recent_changes, get_start_of_yesterday

MANY = 50_000


def test_of_a_change_of_many_leads_only_the_newest_rows_are_read(bob, old_lead, acted_on):
    lead = old_lead()
    acted_on(lead)
    latest = Change.objects.latest("pk")
    with connection.cursor() as cursor:
        # As many more have an operation of their own, as in most companies.
        cursor.execute(
            """INSERT INTO crm_change (operation_id, "table", row, version, at, kind, fields)
               SELECT CASE WHEN n <= %(many)s THEN %(operation)s ELSE -n END, 'lead', 1000000 + n, 2, %(at)s, 'update',
                   '{"vip": [false, true]}'
               FROM generate_series(1, 2 * %(many)s) n""",
            {"many": MANY, "operation": latest.operation_id, "at": latest.at},
        )
        cursor.execute("ANALYZE crm_change")
    with CaptureQueriesContext(connection) as queries:
        get_recent_changes(bob, get_start_of_yesterday(), 10)
    (found,) = [query["sql"] for query in queries if "others AS MATERIALIZED" in query["sql"]]
    assert count_changes_read(found) < 2 * recent_changes.CHANGES_OF_ONE


def count_changes_read(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return sum(
        round(node["Actual Rows"] * node["Actual Loops"])
        for node in nodes_of(plan[0]["Plan"])
        if node.get("Relation Name", "").startswith("crm_change")
    )


def nodes_of(plan: dict) -> Iterator[dict]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes_of(part)
