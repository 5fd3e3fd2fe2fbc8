"""Details of the contract: timestamps, encodings of statuses and sources, list sizes, restoring, queries."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext

from crm.models import Operation

UMBRA = "/v1/crm/leads"
ENCODED = {
    "json": (lambda data: data, "application/json"),
    "form": (urlencode, "application/x-www-form-urlencoded"),
    "multipart": (lambda data: encode_multipart(BOUNDARY, data), MULTIPART_CONTENT),
}


@pytest.mark.parametrize("kind", ENCODED)
@pytest.mark.parametrize("path", ["/api/lead_statuses", "/api/lead_sources"])
def test_statuses_and_sources_accept_all_encodings_and_both_ways_to_delete(connect, ada, path, kind):
    encode, content_type = ENCODED[kind]
    program = connect(ada)
    for name, address in (("First fair", path), ("Second fair", path.replace("/api/", "/api/delete/"))):
        pk = program.post(f"{path}/", encode({"name": "Fair"}), kind=content_type)["record_id"]
        program.put(f"{path}/{pk}/", encode({"name": name}), kind=content_type)
        assert program.get(f"{path}/{pk}/")["name"] == name
        assert program.delete(f"{address}/{pk}/")["status"] is True
        assert program.get(f"{path}/{pk}", expect=404)["message"] == "No data were found"


def test_a_new_lead_has_its_author_and_a_move_its_time(connect, ann, new_lead, statuses):
    program = connect(ann)
    pk = program.post("/api/leads", new_lead)["record_id"]
    before = program.get(f"/api/leads/{pk}")
    assert before["addedfrom"] == str(ann.pk)
    program.put(f"/api/leads/{pk}", {"status": statuses.contacted.pk})
    after = program.get(f"/api/leads/{pk}")
    assert after["last_status_change"] >= before["last_status_change"]
    record = Operation.objects.get(kind="edit")
    assert record.by == ann
    assert after["dateadded"] == before["dateadded"]


def test_umbra_returns_50_by_default_and_500_at_most(umbra, ann, make_lead):
    for number in range(51):
        make_lead(f"Lead {number}")
    program = umbra(ann)
    found = program.get(UMBRA)
    assert (len(found["leads"]), found["total_count"]) == (50, 51)
    assert len(program.get(f"{UMBRA}?limit=500")["leads"]) == 51
    assert len(program.get(f"{UMBRA}?limit=1&offset=50")["leads"]) == 1
    assert program.get(f"{UMBRA}?offset=51") == {"result": "success", "leads": [], "total_count": 51}


@pytest.mark.parametrize("dialect", ["connect", "umbra"])
def test_an_administrator_can_restore_leads_that_a_program_deleted(
    connect, umbra, sign_in, ada, ann, make_lead, dialect
):
    lead = make_lead(owner=ann)
    program = {"connect": connect, "umbra": umbra}[dialect](ann)
    path = f"/api/leads/{lead.pk}" if dialect == "connect" else f"{UMBRA}/{lead.public_id}"
    program.delete(path)
    program.get(path, expect=404)
    assert sign_in(ada).post(f"/admin/leads/{lead.pk}/restore").status_code == 302
    program.get(path)


@pytest.mark.parametrize(
    "path",
    [
        "/api/leads",
        "/api/leads?sort=name",
        "/api/leads?page=1&per_page=100",
        "/api/leads?nr_page=1&per_page=100",
        "/api/leads/search/acme",
        "/api/zapier/poll/leads?limit=100",
        UMBRA,
        "/api/v2/leads?q=acme",
        "/api/v2/operations",
    ],
)
def test_a_list_takes_as_many_queries_for_two_leads_as_for_thirty(
    connect, umbra, ada, make_lead, path, monkeypatch
):
    # Whether a total is kept depends on other writers on this server, so every request counts again here.
    monkeypatch.setattr("leads.api.exact_counts._find_settled_change", lambda state, database: None)
    program = connect(ada) if path.startswith(("/api/leads", "/api/zapier")) else umbra(ada)

    def queries() -> int:
        program.get(path)
        with CaptureQueriesContext(connection) as captured:
            program.get(path)
        return len(captured)

    for number in range(2):
        make_lead(f"Lead {number}", company="Acme", owner=ada)
    few = queries()
    for number in range(28):
        make_lead(f"Lead {number}", company="Acme", owner=ada)
    assert queries() == few
