"""The job that makes and removes the indexes of quick custom fields: it can be killed, canceled and run again."""

import pytest
from django.db import OperationalError, connection, connections, transaction

from crm.fields.custom.indexes import index_building as made
from crm.fields.custom.indexes.index_building import (
    NAME,
    build_index,
    describe_index_state,
    get_existing_indexes,
    has_exactly_wanted_indexes,
    restart_failed_index_jobs,
    start_index_job,
)
from crm.models import CustomField, Job, Operation
from crm.platform import jobs
from crm.platform.jobs import outside_transaction
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import operation
from leads.models import LeadValues
from tests.crossing import cancelled_once_it_waits

# An index is made outside of transactions, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
FIELDS = "/admin/leads/fields"


@pytest.fixture(autouse=True)
def without_indexes():
    yield
    with connection.cursor() as cursor:
        for table in ("lead", "company"):
            for index in get_existing_indexes(table):
                cursor.execute(f'DROP INDEX "{index.name}"')
                cursor.execute(f'DROP STATISTICS IF EXISTS "{index.name}"')


def run_all() -> list[str]:
    """Run the waiting jobs; returns how each ended."""
    found = Job.objects.filter(kind=NAME, state=Job.State.WAITING).order_by("pk")
    ended = []
    for job in list(found):
        jobs.run_job(job_id=job.pk)
        job.refresh_from_db()
        ended.append(job.state)
    return ended


def mark(field, **values) -> CustomField:
    with operation("test", by=None):
        CustomField.objects.filter(pk=field.definition.pk).update(**{"quick": True, **values})
    return CustomField.objects.get(pk=field.definition.pk)


def save(browser, row: CustomField, **values):
    data = {"name": row.name, "decimals": str(row.decimals), "quick": "on", **values}
    return browser.post(f"{FIELDS}/{row.pk}", {key: value for key, value in data.items() if value})


def valid(table: str = "lead") -> list[bool]:
    return [index.valid for index in get_existing_indexes(table)]


def test_marking_a_field_prepares_its_index_and_clearing_the_mark_removes_it(ada, make_field, sign_in):
    row = make_field("Course").definition
    browser = sign_in(ada)
    assert save(browser, row).status_code == 302
    assert not valid()
    page = browser.get(f"{FIELDS}/{row.pk}").text
    assert "Being prepared, 0% done." in page
    assert run_all() == ["finished"]
    assert valid() == [True]
    row.refresh_from_db()
    assert row.indexed
    assert "Ready. The index takes" in browser.get(f"{FIELDS}/{row.pk}").text
    assert save(browser, row, quick="").status_code == 302
    assert run_all() == ["finished"]
    row.refresh_from_db()
    assert (valid(), row.indexed) == ([], False)


def test_the_planner_learns_how_frequent_the_values_of_a_quick_field_are(ada, make_field, make_lead, sign_in):
    row = make_field("Course", "choice", choices=["Maths", "Music"]).definition
    leads = [make_lead(f"Lead {number}").pk for number in range(40)]
    with connection.cursor() as cursor, operation("test", by=None):
        cursor.execute(
            f"""INSERT INTO leads_leadvalues (record_id, values)
                SELECT id, jsonb_build_object('{row.key}', 'o' || 1 + id %% 2) FROM unnest(%s::bigint[]) AS id""",
            [leads],
        )
    save(sign_in(ada), row)
    run_all()
    with connection.cursor() as cursor:
        cursor.execute(
            f"EXPLAIN (FORMAT JSON) SELECT FROM leads_leadvalues WHERE values ->> '{row.key}' = 'o1'"
        )
        assert cursor.fetchone()[0][0]["Plan"]["Plan Rows"] == 20
        cursor.execute("SELECT stxname FROM pg_statistic_ext WHERE stxrelid = 'leads_leadvalues'::regclass")
        assert [name for (name,) in cursor.fetchall()] == [
            index.name for index in get_existing_indexes("lead")
        ]
    save(sign_in(ada), row, quick="")
    run_all()
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_statistic_ext WHERE stxrelid = 'leads_leadvalues'::regclass")
        assert not cursor.fetchall()


def test_the_mark_can_be_undone_and_the_undo_can_be_undone(ada, make_field, sign_in):
    row = make_field("Course").definition
    save(sign_in(ada), row)
    marked = Operation.objects.latest("pk")
    run_all()
    undone = revert_operation(marked, by=ada).operation
    assert run_all() == ["finished"]
    assert not valid()
    revert_operation(undone, by=ada)
    assert run_all() == ["finished"]
    assert valid() == [True]


def test_a_retired_or_deleted_field_has_no_index_and_gets_it_back_with_an_undo(ada, make_field, sign_in):
    row = make_field("Course").definition
    browser = sign_in(ada)
    save(browser, row)
    run_all()
    save(browser, row, retired="on")
    retired = Operation.objects.latest("pk")
    run_all()
    assert not valid()
    revert_operation(retired, by=ada)
    run_all()
    assert valid() == [True]
    browser.post(f"{FIELDS}/{row.pk}/delete")
    deleted = Operation.objects.latest("pk")
    run_all()
    assert not valid()
    revert_operation(deleted, by=ada)
    run_all()
    assert valid() == [True]


def test_other_decimal_places_are_another_index(ada, make_field, sign_in):
    row = make_field("Price", "number").definition
    browser = sign_in(ada)
    save(browser, row)
    run_all()
    (before,) = get_existing_indexes("lead")
    save(browser, row, decimals="2")
    assert run_all() == ["finished"]
    (after,) = get_existing_indexes("lead")
    assert before.name != after.name


def test_an_index_that_a_killed_job_left_invalid_is_made_again(ada, make_field):
    row = mark(make_field("Course"))
    with connection.schema_editor(collect_sql=True) as editor:
        statement = str(build_index(row).create_sql(LeadValues, editor, concurrently=True))
    other = connections["default"].copy()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK leads_leadvalues IN ROW EXCLUSIVE MODE")
        with (
            other.cursor() as killed,
            pytest.raises(OperationalError, match="user request"),
            cancelled_once_it_waits(),
        ):
            killed.execute(statement)
    other.close()
    assert valid() == [False]
    assert not has_exactly_wanted_indexes("lead")
    assert start_index_job("lead", ada)
    assert run_all() == ["finished"]
    assert valid() == [True]


def test_a_job_killed_before_it_marked_the_field_is_completed_by_the_next_run(ada, make_field, monkeypatch):
    row = mark(make_field("Course"))
    job = start_index_job("lead", ada)

    def killed(table, ids, *, ready):
        if ready and ids:
            raise jobs.job_runner.JobInterrupted

    with monkeypatch.context() as patched:
        patched.setattr(made, "_mark_fields", killed)
        with pytest.raises(jobs.job_runner.JobInterrupted):
            jobs.run_job(job_id=job.pk)
    row.refresh_from_db()
    assert (valid(), row.indexed) == ([True], False)
    jobs.run_job(job_id=job.pk)
    row.refresh_from_db()
    assert (valid(), row.indexed) == ([True], True)


def test_a_canceled_job_leaves_no_index_behind(ada, make_field, make_lead, monkeypatch):
    row = mark(make_field("Course"))
    job = start_index_job("lead", ada)
    monkeypatch.setattr(outside_transaction, "PAUSE", 0.05)
    other = connections["default"].copy()
    # While another transaction writes values, PostgreSQL waits with the index.
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("LOCK leads_leadvalues IN ROW EXCLUSIVE MODE")

    def watched(pid):
        Job.objects.using("progress").filter(pk=job.pk).update(cancel_asked=True)
        other.rollback()
        raise jobs.job_runner.JobCancelled

    monkeypatch.setattr(made, "_get_build_percentage", watched)
    jobs.run_job(job_id=job.pk)
    other.close()
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    assert not valid()
    assert "isn’t ready" in describe_index_state(row)
    assert restart_failed_index_jobs() == 0


def test_a_failed_job_is_started_again_within_the_hour(ada, make_field):
    mark(make_field("Course"))
    Job.objects.filter(pk=start_index_job("lead", ada).pk).update(state=Job.State.FAILED)
    assert restart_failed_index_jobs() == 1
    assert run_all() == ["finished"]
    assert restart_failed_index_jobs() == 0


def test_companies_have_quick_fields_of_their_own(ada, make_field):
    mark(make_field("Course", "date", of="company"))
    assert start_index_job("lead", ada) is None
    start_index_job("company", ada)
    assert run_all() == ["finished"]
    assert (valid("lead"), valid("company")) == ([], [True])


def test_twelve_fields_can_be_quick(ada, make_field, sign_in):
    for number in range(12):
        mark(make_field(f"Extra {number}"))
    one_more = make_field("One more").definition
    answer = save(sign_in(ada), one_more)
    assert answer.status_code == 422
    assert "Up to 12 fields can be quick" in answer.text
    one_more.refresh_from_db()
    assert not one_more.quick


def test_an_undo_makes_no_thirteenth_field_quick(ada, make_field, sign_in):
    fields = [make_field(f"Extra {number}") for number in range(13)]
    for field in fields[:12]:
        mark(field)
    browser = sign_in(ada)
    save(browser, fields[0].definition, quick="")
    cleared = Operation.objects.latest("pk")
    assert save(browser, fields[12].definition).status_code == 302
    revert_operation(cleared, by=ada)
    assert not CustomField.objects.get(pk=fields[0].definition.pk).quick


def test_a_long_text_cannot_be_quick(ada, make_field, sign_in):
    answer = save(sign_in(ada), make_field("Notes", "long_text").definition)
    assert answer.status_code == 422
    assert "Long texts can’t be quick" in answer.text
