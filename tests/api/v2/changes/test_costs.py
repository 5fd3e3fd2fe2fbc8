"""What a page of changes costs: few statements, however many records it has, and no more rows than it needs."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.api.v2.changes.changed_rows import read_changed_rows
from crm.api.v2.changes.feed_position import FeedPosition
from crm.models import Change
from crm.platform.sql.transaction_numbers import ID_BITS, TransactionSnapshot, get_current_snapshot
from crm.records.history.verb_execution import operation
from leads.models import Lead

# What a transaction has written itself isn't in its own snapshots, so these are committed.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])


def ask(follower, limit: int = 200) -> list[str]:
    """The statements of one call that read or write rows."""
    with CaptureQueriesContext(connection) as queries:
        answer = follower.ask(limit)
    assert len(answer["changes"]) == Lead.objects.count()
    return [query["sql"] for query in queries if query["sql"] not in ("BEGIN", "COMMIT")]


def test_a_page_reads_the_changes_and_the_leads_once_however_many_there_are(following, ann, make_lead):
    follower = following(ann)
    # The first call of a process also asks since when changes are kept, and reads the custom fields for the first lead.
    make_lead("Ion Rusu", owner=ann)
    follower.ask()
    make_lead("Eva Berg", owner=ann)
    one = ask(follower)
    for number in range(60):
        make_lead(f"Lead {number}", owner=ann)
    many = ask(follower)
    # The token, the limits of the transaction, the snapshot, the changes, the leads, the log and the audit.
    assert len(many) == len(one) <= 7
    assert len([sql for sql in many if 'FROM "leads_lead"' in sql]) == 1


def test_a_page_without_changes_reads_no_leads(following, ann, make_lead):
    make_lead("Eva Berg", owner=ann)
    follower = following(ann)
    with CaptureQueriesContext(connection) as queries:
        assert follower.ask()["changes"] == []
    assert not [query for query in queries if 'FROM "leads_lead"' in query["sql"]]


def test_a_page_that_looks_through_more_leads_than_it_has_room_for_reads_the_fields_of_those_it_sends(
    following, ann, make_lead
):
    leads = [make_lead(f"Lead {number}", owner=ann) for number in range(8)]
    follower = following(ann)
    with operation("test", by=None):
        for city in ("Cluj", "Arad"):
            Lead.objects.filter(pk=leads[0].pk).update(city=city)
    with operation("test", by=None):
        Lead.objects.filter(pk__gt=leads[0].pk).update(city="Iași")
    with CaptureQueriesContext(connection) as queries:
        answer = follower.ask(limit=2)
    assert [change["id"] for change in answer["changes"]] == [leads[0].pk, leads[1].pk]
    assert all(change["record"]["city"] for change in answer["changes"])
    read = [query["sql"] for query in queries if "row_to_json" in query["sql"]]
    assert len(read) == 2
    assert not [sql for sql in read if str(leads[5].pk) in sql.rpartition("ANY(")[2]]


def test_a_page_reads_no_more_changes_than_it_has_room_for_although_no_statistics_know_of_them():
    era = get_current_snapshot().era << ID_BITS
    now = get_current_snapshot().at
    Change.objects.bulk_create(
        Change(table="lead", row=row, version=2, kind="update", fields={}, transaction_number=era + row)
        for row in range(1, 3001)
    )
    plans = []

    def explain(execute, sql, parameters, many, context):
        before, read, _after = sql.split(";")
        with connection.cursor() as cursor:
            cursor.cursor.execute(f"{before}; EXPLAIN (ANALYZE, FORMAT JSON) {read}", parameters)
            cursor.nextset()
            plans.append(cursor.fetchone()[0][0]["Plan"])
        return execute(sql, parameters, many, context)

    since, until = TransactionSnapshot(era + 1, (), now), TransactionSnapshot(era + 5000, (), now)
    with connection.execute_wrapper(explain):
        found = read_changed_rows(["lead"], FeedPosition(since), until, 50)
    assert [row.row for row in found] == list(range(1, 51))
    counts = [
        int(part.partition(",")[0])
        for part in json.dumps(plans).replace(".0", "").split('"Actual Rows": ')[1:]
    ]
    assert max(counts) == 50


def test_the_statements_after_it_may_sort_again(transactional_db):
    now = get_current_snapshot()
    with connection.cursor() as cursor:
        cursor.execute("BEGIN")
        read_changed_rows(["lead"], FeedPosition(now), now, 50)
        cursor.execute("SHOW enable_sort")
        assert cursor.fetchone() == ("on",)
        cursor.execute("ROLLBACK")
