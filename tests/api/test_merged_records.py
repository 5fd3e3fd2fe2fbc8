"""The ID of a merged record, in all three APIs: programs get and change the record that it was merged into."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.models import Activity
from leads.models import Lead
from tests.merged import as_merged

LEADS = "/api/v2/leads"


@pytest.fixture
def two(make_lead, ann):
    one, other = make_lead("Ana Albu", owner=ann), make_lead("Ana Pop", owner=ann)
    as_merged(one, other)
    return one, other


def test_api_v2_answers_with_the_survivor_and_says_where_it_is(umbra, ann, two):
    program, (one, other) = umbra(ann), two
    answer = program.get(f"{LEADS}/{one.pk}")
    assert answer["id"] == other.pk
    assert program.last["Content-Location"] == f"{LEADS}/{other.pk}"
    program.get(f"{LEADS}/{other.pk}")
    assert "Content-Location" not in program.last


def test_api_v2_changes_the_survivor(umbra, ann, two):
    program, (one, other) = umbra(ann), two
    answer = program.patch(f"{LEADS}/{one.pk}", {"city": "Sibiu"})
    assert answer["id"] == other.pk
    assert program.last["Content-Location"] == f"{LEADS}/{other.pk}"
    assert Lead.objects.get(pk=other.pk).city == "Sibiu"


def test_a_version_read_before_the_merge_is_never_that_of_the_survivor(umbra, ann, two):
    program, (one, other) = umbra(ann), two
    for version in {one.version, other.version}:
        headers = {"If-Match": f'"{version}"'}
        answer = program.patch(f"{LEADS}/{one.pk}", {"city": "Sibiu"}, expect=412, **headers)
        assert answer["code"] == "changed_since"
    program.get(f"{LEADS}/{one.pk}")
    again = {"If-Match": program.last["ETag"]}
    program.patch(f"{LEADS}/{one.pk}", {"city": "Sibiu"}, **again)
    program.patch(f"{LEADS}/{one.pk}", {"city": "Cluj"}, **{"If-Match": program.last["ETag"]})
    assert Lead.objects.get(pk=other.pk).city == "Cluj"


def test_a_merged_record_cannot_be_deleted_in_any_api(umbra, connect, ann, two):
    one, other = two
    answer = umbra(ann).delete(f"{LEADS}/{one.pk}", expect=404)
    assert answer["detail"] == f"This lead was merged into lead {other.pk}."
    umbra(ann).delete(f"/v1/crm/leads/{one.public_id}", expect=404)
    connect(ann).delete(f"/api/leads/{one.pk}", expect=404)
    connect(ann).delete(f"/api/delete/leads/{one.pk}", expect=404)
    assert Lead.objects.get(pk=other.pk).deleted_at is None


def test_crm_connect_answers_with_the_survivor_and_changes_it(connect, ann, two):
    program, (one, other) = connect(ann), two
    assert program.get(f"/api/leads/{one.pk}")["id"] == str(other.pk)
    program.put(f"/api/leads/{one.pk}", {"city": "Sibiu"})
    assert Lead.objects.get(pk=other.pk).city == "Sibiu"
    note = {"rel_type": "lead", "rel_id": one.pk, "description": "Called"}
    program.post("/api/notes", note)
    assert Activity.objects.get().record == other.pk
    assert program.get(f"/api/notes/lead/{one.pk}")[0]["rel_id"] == str(other.pk)


def test_umbra_answers_with_the_survivor_and_changes_it(umbra, ann, two):
    program, (one, other) = umbra(ann), two
    assert program.get(f"/v1/crm/leads/{one.public_id}")["lead"]["id"] == other.public_id
    program.put(f"/v1/crm/leads/{one.public_id}", {"status": "contacted"})
    assert Lead.objects.get(pk=other.pk).status.kind == "contacted"


def test_what_belongs_to_a_merged_record_is_added_to_the_survivor(umbra, ann, two):
    one, other = two
    umbra(ann).post("/api/v2/tasks", {"of": "lead", "record": one.pk, "title": "Call"}, expect=201)
    task = umbra(ann).get("/api/v2/tasks")["tasks"][0]
    assert task["record"] == other.pk


def test_a_survivor_out_of_scope_is_not_found_in_any_api(umbra, connect, ann, make_lead, departments):
    one = make_lead("Ana Albu", owner=ann)
    other = make_lead("Hidden", department=departments.export)
    as_merged(one, other)
    missing = umbra(ann).get(f"{LEADS}/{other.pk + 1000}", expect=404)
    assert umbra(ann).get(f"{LEADS}/{one.pk}", expect=404) == missing
    assert umbra(ann).delete(f"{LEADS}/{one.pk}", expect=404) == missing
    umbra(ann).patch(f"{LEADS}/{one.pk}", {"city": "Sibiu"}, expect=404)
    umbra(ann).get(f"/v1/crm/leads/{one.public_id}", expect=404)
    umbra(ann).put(f"/v1/crm/leads/{one.public_id}", {"notes": "x"}, expect=404)
    connect(ann).get(f"/api/leads/{one.pk}", expect=404)
    connect(ann).put(f"/api/leads/{one.pk}", {"city": "Sibiu"}, expect=404)
    umbra(ann).post("/api/v2/tasks", {"of": "lead", "record": one.pk, "title": "Call"}, expect=404)


def test_a_record_that_is_there_costs_no_more_queries(umbra, connect, ann, make_lead):
    lead = make_lead("Ana Pop", owner=ann)
    for program, address in (
        (umbra(ann), f"{LEADS}/{lead.pk}"),
        (umbra(ann), f"/v1/crm/leads/{lead.public_id}"),
        (connect(ann), f"/api/leads/{lead.pk}"),
    ):
        with CaptureQueriesContext(connection) as found:
            program.get(address)
        assert not any("mergedrecord" in query["sql"] for query in found)
