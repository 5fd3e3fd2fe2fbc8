"""The job that writes the search words of custom values: it can be killed, canceled and run again, while people work."""

import pytest
from django.db import connection, connections, transaction

from crm.fields.custom.search import search_word_jobs
from crm.fields.custom.search.search_word_jobs import (
    NAME,
    describe_search_progress,
    restart_failed_search_jobs,
    start_search_word_job,
)
from crm.models import CustomField, Job, Operation
from crm.platform import jobs
from crm.platform.jobs.job_runner import InOtherHands
from crm.records.history.history_check import find_history_differences
from crm.records.history.undo.field_reversal import revert_operation
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from leads.verbs import Edit
from tests.crossing import crossed

# The words are written in transactions of their own, so these tests commit.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "progress"])
FIELDS = "/admin/leads/fields"


def run_all() -> list[str]:
    found = Job.objects.filter(kind=NAME, state=Job.State.WAITING).order_by("pk")
    ended = []
    for job in list(found):
        jobs.run_job(job_id=job.pk)
        job.refresh_from_db()
        ended.append(job.state)
    return ended


def found(text: str) -> list[int]:
    return sorted(Lead.objects.filter(KINDS["lead"].search(text)[0]).values_list("pk", flat=True))


def edit(lead, by, **changes):
    return carry_out(Edit(changes), Lead.objects.filter(pk=lead.pk), by=by).operation


def mark(field, **values) -> CustomField:
    with operation("test", by=None):
        CustomField.objects.filter(pk=field.definition.pk).update(**{"searched": True, **values})
    return CustomField.objects.get(pk=field.definition.pk)


def words_of(lead) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT words::text FROM leads_leadsearch WHERE record_id = %s", [lead.pk])
        return cursor.fetchone()[0]


@pytest.fixture
def leads(ada, make_lead, make_field):
    """A field and three leads with a value in it."""
    field = make_field("Course", "choice", choices=["Botany", "Law"])
    rows = [make_lead(f"Lead {place}") for place in range(3)]
    carry_out(Edit({field.name: "o1"}), Lead.objects.filter(pk__in=[row.pk for row in rows]), by=ada)
    return field, rows


def test_search_is_turned_on_and_a_choice_renamed_and_undone_with_words_written_by_jobs(ada, leads, sign_in):
    field, rows = leads
    all_of_them, row, browser = [lead.pk for lead in rows], field.definition, sign_in(ada)
    data = {"name": "Course", "decimals": "0", "searched": "on"}
    browser.post(f"{FIELDS}/{row.pk}", data)
    assert found("botany") == []
    assert "Search is being prepared, 0% done." in browser.get(f"{FIELDS}/{row.pk}").text
    assert run_all() == ["finished"]
    assert found("botany") == all_of_them
    assert "Ready. Search finds its values." in browser.get(f"{FIELDS}/{row.pk}").text
    browser.post(f"{FIELDS}/{row.pk}/choices/o1", {"act": "save", "name": "Zoology"})
    renamed = Operation.objects.latest("pk")
    assert run_all() == ["finished"]
    assert (found("botany"), found("zoology")) == ([], all_of_them)
    revert_operation(renamed, by=ada)
    assert run_all() == ["finished"]
    assert (found("botany"), found("zoology")) == (all_of_them, [])


def test_limiting_a_field_removes_its_words_and_the_undo_writes_them_again(ada, leads, sign_in):
    field, rows = leads
    all_of_them, row, browser = [lead.pk for lead in rows], field.definition, sign_in(ada)
    data = {"name": "Course", "decimals": "0", "searched": "on"}
    mark(field)
    start_search_word_job("lead", ada)
    run_all()
    browser.post(f"{FIELDS}/{row.pk}", {**data, "roles": [str(ada.groups.get().pk)]})
    limited = Operation.objects.latest("pk")
    assert found("botany") == []
    assert run_all() == ["finished"]
    assert "botany" not in words_of(rows[0])
    revert_operation(limited, by=ada)
    assert run_all() == ["finished"]
    assert found("botany") == all_of_them
    assert list(find_history_differences()) == []


def test_new_choices_do_not_write_all_words_again(ada, leads, sign_in):
    field, _rows = leads
    mark(field)
    start_search_word_job("lead", ada)
    run_all()
    data = {"name": "Course", "decimals": "0", "searched": "on", "new_choices": "Art"}
    sign_in(ada).post(f"{FIELDS}/{field.definition.pk}", data)
    assert run_all() == []


def test_a_job_killed_in_the_middle_is_completed_by_the_next_run_or_by_the_hourly_one(
    ada, leads, monkeypatch
):
    field, rows = leads
    row = mark(field)
    job = start_search_word_job("lead", ada)
    monkeypatch.setattr(search_word_jobs, "PART", 1)
    write = search_word_jobs._write_search_words

    def killed(table, keys, progress):
        with connections["progress"].cursor() as cursor:
            cursor.execute("SELECT leadwell_reword(%s, %s, 0, 1)", [table, keys])
        raise RuntimeError

    monkeypatch.setattr(search_word_jobs, "_write_search_words", killed)
    jobs.run_job(job_id=job.pk)
    assert CustomField.objects.get(pk=row.pk).searched_as == "changing"
    assert found("botany") == [rows[0].pk]
    assert "Search isn’t ready." in describe_search_progress(CustomField.objects.get(pk=row.pk))
    # Limited before the next run: the words that are there already find nothing.
    mark(field, roles=[ada.groups.get().pk])
    assert found("botany") == []
    mark(field, roles=[])
    monkeypatch.setattr(search_word_jobs, "_write_search_words", write)
    assert restart_failed_search_jobs() == 1
    assert run_all() == ["finished"]
    assert found("botany") == [lead.pk for lead in rows]
    assert restart_failed_search_jobs() == 0


def test_a_field_that_changes_while_its_words_are_written_is_written_again(ada, leads, monkeypatch):
    field, rows = leads
    mark(field)
    job, write, runs = start_search_word_job("lead", ada), search_word_jobs._write_search_words, []

    def changing(*arguments):
        write(*arguments)
        runs.append(1)
        if len(runs) == 1:
            with transaction.atomic("progress"), connections["progress"].cursor() as cursor:
                cursor.execute("SELECT set_config('leadwell.strict', '', true)")
                cursor.execute("UPDATE crm_customfield SET roles = '{1}'")

    monkeypatch.setattr(search_word_jobs, "_write_search_words", changing)
    jobs.run_job(job_id=job.pk)
    assert len(runs) == 2
    assert CustomField.objects.get().searched_as == ""
    assert "botany" not in words_of(rows[0])


def test_the_job_waits_for_those_who_began_to_write_values_before_it(ada, leads, monkeypatch):
    field, _rows = leads
    mark(field)
    job, other = start_search_word_job("lead", ada), connections["default"].copy()
    monkeypatch.setattr(search_word_jobs, "PATIENCE", 0.1)
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext('leadwell.types'), 0)")
        with pytest.raises(InOtherHands):
            jobs.run_job(job_id=job.pk)
        cursor.execute("ROLLBACK")
    other.close()
    jobs.run_job(job_id=job.pk)
    assert len(found("botany")) == 3


def test_a_change_of_the_same_moment_is_not_lost(ada, leads):
    """Someone changes the company of a lead while the job writes its words: the job waits for it."""
    field, rows = leads
    mark(field)
    job = start_search_word_job("lead", ada)
    crossed(lambda: edit(rows[0], ada, company="Acme"), lambda: jobs.run_job(job_id=job.pk))
    assert found("acme botany") == [rows[0].pk]
    assert list(find_history_differences()) == []
