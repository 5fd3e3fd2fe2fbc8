"""API v2 with more records than one transaction changes: previews judge what they can, and the ids stay in the database."""

import pytest

from crm.models import FrozenSet, Job
from crm.records import in_parts
from leads.models import Lead
from tests.leads.parting import run, small_parts, vip  # noqa: F401 (a fixture)

# A job looks on its own connection whether it was canceled.
pytestmark = pytest.mark.django_db(databases=["default", "progress"])

BULK = "/api/v2/leads/bulk"
ALL = {"action": "vip", "filter": "all=1"}


@pytest.fixture
def program(umbra, ann, small_parts, make_lead, monkeypatch):  # noqa: F811
    monkeypatch.setattr("crm.api.v2.bulk.ROWS_AT_ONCE", 2)
    for number in range(5):
        make_lead(f"Ana {number}")
    return umbra(ann)


def test_a_preview_counts_what_it_can_judge_in_its_time_and_says_what_is_left(program, monkeypatch):
    nothing = {"operation": None, "unchanged": 0, "refused": {}}
    assert program.post(BULK, ALL | {"preview": True}) == nothing | {"changed": 5, "judged": 5, "unjudged": 0}
    monkeypatch.setattr(in_parts, "JUDGED_FOR", 0)
    assert program.post(BULK, ALL | {"preview": True}) == nothing | {"changed": 2, "judged": 2, "unjudged": 3}
    assert (vip(), FrozenSet.objects.count(), Job.objects.count()) == (0, 0, 0)


def test_fewer_records_are_judged_completely(program, monkeypatch):
    monkeypatch.setattr(in_parts, "ROWS_IN_ONE", 5)
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
