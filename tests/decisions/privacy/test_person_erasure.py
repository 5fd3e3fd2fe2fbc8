"""What an erasure does and leaves alone: records that were merged meanwhile, files of exports, tasks, and the queue."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from crm.models import Export, MergedRecord, Operation, Task, Verdict
from crm.records.history.verb_execution import operation
from leads.models import Lead
from privacy.models import Erasure
from privacy.person import Person
from privacy.person_erasure import ErasureCause, MergedMeanwhile, erase_person

pytestmark = pytest.mark.django_db
EMAIL = "zq@quixmail.example"
HOUR = timedelta(hours=1)


@pytest.fixture
def lead(make_lead) -> Lead:
    return make_lead("Zeb Quix", email=EMAIL)


def test_a_record_of_any_type_that_was_merged_meanwhile_ends_the_erasure(lead, make_contact, make_lead, ada):
    contact, other = make_contact("Zeb Quix"), make_contact("Z. Quix")
    shown = {"lead": [lead.pk], "contact": [contact.pk]}
    with operation("test", by=None):
        MergedRecord.objects.create(table="contact", record=other.pk, into=contact.pk)
    person = Person({"lead": [lead.pk], "contact": [contact.pk]})
    with pytest.raises(MergedMeanwhile):
        erase_person(person, by=ada, shown=shown)
    assert not Erasure.objects.exists()
    more = {**shown, "contact": [contact.pk, other.pk], "request": [1]}
    assert erase_person(person, by=ada, shown=more) is not None


def test_a_job_that_shows_no_records_asks_for_none(lead, ada, make_lead):
    other = make_lead()
    with operation("test", by=None):
        MergedRecord.objects.create(table="lead", record=other.pk, into=lead.pk)
    assert erase_person(Person({"lead": [lead.pk]}), by=ada) is not None


def test_without_a_cause_any_more_nothing_is_erased(lead):
    cause = ErasureCause(still=lambda: False)
    assert erase_person(Person({"lead": [lead.pk]}), by=None, cause=cause) is None
    lead.refresh_from_db()
    assert (lead.email, lead.erased_at) == (EMAIL, None)


def test_of_several_records_those_that_were_not_erased_yet_are(lead, make_lead, ada):
    second, other = make_lead("Zeb Quix", email=EMAIL), make_lead("Ana Albu")
    assert erase_person(Person({"lead": [lead.pk]}), by=ada) is not None
    third = make_lead("Zeb Quix", email="zq3@quixmail.example", second_email="zq4@quixmail.example")
    found = erase_person(Person({"lead": [third.pk, second.pk, lead.pk, third.pk + 999]}), by=ada)
    assert found is not None
    assert found.records == {"lead": [second.pk, third.pk, third.pk + 999]}
    assert len(found.digests) == 3
    assert found.digests == sorted(found.digests)
    record = Operation.objects.latest("pk")
    assert (record.matched, record.changed) == (3, 3)
    assert Verdict.objects.get(operation=record).ids == [second.pk, third.pk]
    assert record.milliseconds < 600_000
    assert not Lead.objects.get(pk=other.pk).is_erased
    assert erase_person(Person({"lead": [second.pk, lead.pk]}), by=ada) is None


def test_open_tasks_of_the_person_alone_are_closed_for_good(lead, make_lead, make_task, ada):
    done_at = timezone.now() - HOUR
    own = {
        "open": make_task("Call", lead, repeat="weekly", due_on=timezone.localdate()),
        "done": make_task("Call", lead, done_at=done_at),
        "deleted": make_task("Call", lead, deleted_at=done_at),
        "another": make_task("Call", make_lead("Ana Albu"), repeat="weekly", due_on=timezone.localdate()),
    }
    erase_person(Person({"lead": [lead.pk]}), by=ada)
    left = {name: Task.objects.get(pk=task.pk) for name, task in own.items()}
    assert left["open"].done_at is not None
    assert (left["open"].done_by, left["open"].repeat) == (ada, "")
    assert (left["done"].done_at, left["done"].done_by) == (done_at, None)
    assert left["deleted"].done_at is None
    assert (left["another"].done_at, left["another"].repeat) == (None, "weekly")


# Of exports that the erasure didn't see yet: when they began and ended, and whether their file goes once it is done.
EXPORTS: dict[str, tuple[dict[str, Any], bool]] = {
    "one that is being written": ({"at": -HOUR, "state": "writing"}, True),
    "one that ended before": ({"at": -2 * HOUR, "finished_at": -HOUR}, False),
    "one that ended since": ({"at": -HOUR, "finished_at": HOUR}, True),
    "one that began and ended at this moment": ({"at": 0 * HOUR, "finished_at": 0 * HOUR}, True),
    "one that began since": ({"at": HOUR, "finished_at": 2 * HOUR}, False),
}


@pytest.mark.parametrize(("times", "goes"), EXPORTS.values(), ids=EXPORTS)
def test_which_exports_lose_their_file(
    lead, ada, times, goes, monkeypatch, django_capture_on_commit_callbacks
):
    now, removed = timezone.now(), []
    monkeypatch.setattr("privacy.person_erasure.timezone.now", lambda: now)
    monkeypatch.setattr("privacy.person_erasure.remove_unnamed_file", removed.append)
    with django_capture_on_commit_callbacks() as callbacks:
        erase_person(Person({"lead": [lead.pk]}), by=ada)
    values = {name: now + value if isinstance(value, timedelta) else value for name, value in times.items()}
    given = {"user": ada, "table": "lead", "state": "finished", "file": "x.xlsx", "columns": ["last_name"]}
    export = Export.objects.create(**given | values)
    Export.objects.create(**given | values | {"file": ""})
    with django_capture_on_commit_callbacks(execute=True):
        for call in callbacks:
            call()
    export.refresh_from_db()
    assert (export.file, removed) == (("", ["x.xlsx"]) if goes else ("x.xlsx", []))


@pytest.mark.parametrize("email", [EMAIL, ""], ids=["a person with an address", "one without"])
def test_tasks_in_the_queue_that_name_the_person_forget_it(make_lead, ada, email):
    lead = make_lead("Zeb Quix", email=email)
    with connection.cursor() as cursor:
        for address in (EMAIL, "ana@x.example"):
            cursor.execute(
                "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES (%s, %s, %s)",
                ["test", "test", json.dumps({"to": address})],
            )
    erase_person(Person({"lead": [lead.pk]}), by=ada)
    rows = ProcrastinateJob.objects.filter(queue_name="test").order_by("pk")
    left = list(rows.values_list("args", flat=True))
    assert left == [{} if email else {"to": EMAIL}, {"to": "ana@x.example"}]


def test_what_an_erasure_has_cleared_is_counted_without_what_it_has_not(lead, ada):
    found = erase_person(Person({"lead": [lead.pk]}), by=ada)
    assert found is not None
    assert set(found.cleared.values()) == {1}
