"""All leads at once: one valid array in any number of chunks, and changes while it is read."""

import json

import pytest
from django.test import Client

from crm.api import json_rows
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead, Pipeline, Status
from leads.settings.forms.pipelines import build_initial_statuses
from leads.verbs import Delete
from tests.api.conftest import make_token


@pytest.fixture
def many(make_lead, monkeypatch):
    monkeypatch.setattr(json_rows, "ROWS_AT_ONCE", 2)
    return [make_lead(f"Lead {number}", company="Acme") for number in range(7)]


@pytest.mark.parametrize(
    ("path", "turned"),
    [("/api/leads", False), ("/api/leads?sort=-id", True), ("/api/leads/search/acme", False)],
)
def test_a_list_in_many_chunks_is_one_array(connect, ann, many, path, turned):
    found = [int(lead["id"]) for lead in connect(ann).get(path)]
    wanted = [lead.pk for lead in many]
    assert found == (wanted[::-1] if turned else wanted)


@pytest.mark.parametrize("path", ["/api/leads", "/api/leads/search/acme"])
def test_leads_deleted_while_the_list_is_read_leave_a_valid_array(ann, many, path):
    answer = Client(headers={"authtoken": make_token(ann)}).get(path)
    parts = iter(answer.streaming_content)
    first = next(parts)
    carry_out(Delete(), Lead.objects.filter(pk__in=[lead.pk for lead in many[2:]]), by=ann)
    found = json.loads(first + b"".join(parts))
    assert [int(lead["id"]) for lead in found] == [many[0].pk, many[1].pk]


def test_deleting_all_leads_before_the_first_chunk_leaves_an_empty_array(ann, many):
    answer = Client(headers={"authtoken": make_token(ann)}).get("/api/leads")
    carry_out(Delete(), Lead.objects.filter(pk__in=[lead.pk for lead in many]), by=ann)
    assert json.loads(b"".join(answer.streaming_content)) == []


def test_texts_with_json_escapes_are_returned_correctly(connect, ann, make_lead):
    text = 'a "quoted" \\ back\nslash \u2028 é 李 \x01 </script> 😀'
    lead = make_lead("x", description=text, company=text)
    for shown in (connect(ann).get("/api/leads")[0], connect(ann).get(f"/api/leads/{lead.pk}")):
        assert (shown["description"], shown["company"]) == (text, text)


def test_with_two_pipelines_a_new_status_goes_into_the_first_and_leads_stay_in_theirs(
    connect, ada, make_lead
):
    with operation("test", by=None):
        other = Pipeline.objects.create(name="Partners", position=2)
        foreign = Status.objects.bulk_create(build_initial_statuses(other, None))[1]
    program = connect(ada)
    pk = program.post("/api/lead_statuses", {"name": "Waiting"})["record_id"]
    assert Status.objects.get(pk=pk).pipeline.name == "Sales"
    lead = make_lead(owner=ada)
    answer = program.put(f"/api/leads/{lead.pk}", {"status": foreign.pk}, expect=422)
    assert answer["errors"] == {"status": "The lead is in another pipeline."}
