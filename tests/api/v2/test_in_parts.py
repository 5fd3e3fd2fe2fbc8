"""API v2 with more records than one transaction changes: previews judge what they can, and the ids stay in the database."""

import pytest

from crm.models import FrozenSet, Job, Operation
from crm.records.history import multi_part_changes
from leads.models import Lead
from tests.crm.records.history.multi_part_changes.parting import (
    meeting,
    run,
    small_parts,
    stopped_after,
    vip,
    whole,
)
from tests.hard.at_once.test_bulk_changes import in_threads

__all__ = ["meeting", "small_parts"]

# A job looks on its own connection whether it was canceled.
pytestmark = pytest.mark.django_db(databases=["default", "progress"])

BULK = "/api/v2/leads/bulk"
OPERATIONS = "/api/v2/operations"
ALL = {"action": "vip", "filter": "all=1"}


@pytest.fixture
def program(umbra, ann, small_parts, make_lead, monkeypatch):
    monkeypatch.setattr("crm.api.v2.bulk_changes.ROWS_AT_ONCE", 2)
    for number in range(5):
        make_lead(f"Ana {number}")
    return umbra(ann)


def test_a_preview_counts_what_it_can_judge_in_its_time_and_says_what_is_left(program, monkeypatch):
    nothing = {"operation": None, "unchanged": 0, "refused": {}}
    assert program.post(BULK, ALL | {"preview": True}) == nothing | {"changed": 5, "judged": 5, "unjudged": 0}
    monkeypatch.setattr(multi_part_changes, "JUDGED_FOR", 0)
    assert program.post(BULK, ALL | {"preview": True}) == nothing | {"changed": 2, "judged": 2, "unjudged": 3}
    assert (vip(), FrozenSet.objects.count(), Job.objects.count()) == (0, 0, 0)


def test_fewer_records_are_judged_completely(program, monkeypatch):
    monkeypatch.setattr(multi_part_changes, "ROWS_IN_ONE", 5)
    assert program.post(BULK, ALL | {"preview": True}) == {
        "operation": None,
        "changed": 5,
        "unchanged": 0,
        "refused": {},
    }
    assert not FrozenSet.objects.exists()


def test_the_job_changes_exactly_the_records_of_the_call_in_parts(program, make_lead):
    job = Job.objects.get(pk=program.post(BULK, ALL, expect=202)["job"])
    make_lead("Later")
    assert run(job).operation.part_count == 3
    assert set(Lead.objects.filter(vip=False).values_list("last_name", flat=True)) == {"Later"}


def test_many_ids_that_are_named_are_judged_and_changed_too(program):
    ids = [*Lead.objects.values_list("pk", flat=True)[:3], 999_999]
    found = program.post(BULK, {"action": "vip", "ids": ids, "preview": True})
    assert (found["changed"], found["refused"]) == (3, {"not_found": 1})
    assert program.post(BULK, {"action": "vip", "ids": ids}, expect=202)["job"]


def done(program) -> Operation:
    run(Job.objects.get(pk=program.post(BULK, ALL, expect=202)["job"]))
    return whole()


def undoing(program, record: Operation) -> Job:
    return Job.objects.get(pk=program.post(f"{OPERATIONS}/{record.pk}/undo", expect=202)["job"])


def test_a_half_undone_operation_is_partly_undone_and_says_what_is_left(program, monkeypatch):
    record = done(program)
    stopped_after(1, monkeypatch, undoing(program, record))
    undo = Operation.objects.whole().get(kind="undo")
    for found in (
        program.get(f"{OPERATIONS}/{record.pk}"),
        program.get(f"{OPERATIONS}?before={undo.pk}")["operations"][0],
    ):
        assert (found["undone"], found["partly_undone"]) == (False, True)
        assert (found["parts"], found["parts_left"], found["part_of"]) == (3, 0, None)
    found = program.get(f"{OPERATIONS}/{undo.pk}")
    assert (found["parts"], found["parts_left"], found["undone"]) == (3, 2, False)
    run(undoing(program, record))
    found = program.get(f"{OPERATIONS}/{record.pk}")
    assert (found["undone"], found["partly_undone"], vip()) == (True, False, 0)


def test_a_part_names_the_operation_that_it_belongs_to(program):
    record = done(program)
    found = program.get(f"{OPERATIONS}/{record.own_ids[1]}")
    assert (found["part_of"], found["parts"], found["changed"]) == (record.pk, 0, 2)


def test_a_second_call_for_an_undo_is_answered_with_the_job_of_the_first(program, umbra, ada):
    record = done(program)
    job = undoing(program, record)
    assert undoing(program, record) == job
    refused = umbra(ada).post(f"{OPERATIONS}/{record.pk}/undo", expect=409)
    assert refused["detail"] == "Ann is already undoing this change."


@pytest.mark.django_db(transaction=True, databases=["default", "progress"])
def test_two_calls_for_an_undo_at_once_are_answered_with_one_job(program, umbra, ann, meeting):
    record, other = done(program), umbra(ann)
    first, second = in_threads(lambda: undoing(program, record), lambda: undoing(other, record))
    assert first == second == Job.objects.get(kind="undo")
