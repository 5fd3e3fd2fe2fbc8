"""CRM Connect: statuses, sources, and the calls that automation services poll."""

import json

import pytest

from crm.models import Operation
from leads.api.connect.lead_rows import get_hex_color
from leads.models import Source, Status

NOTHING = {"status": False, "message": "No data were found"}


@pytest.fixture
def program(connect, ada):
    return connect(ada)


def test_statuses_are_listed_in_order_with_the_system_status(connect, bob, statuses):
    found = connect(bob).get("/api/lead_statuses")
    assert [row["name"] for row in found][:3] == ["New", "Contacted", "Qualified"]
    assert found[0] == {
        "id": str(statuses.new.pk),
        "name": "New",
        "statusorder": "1",
        "color": get_hex_color(statuses.new.hue),
        "isdefault": "0",
        "next_statuses": [],
    }
    assert [row["name"] for row in found if row["isdefault"] == "1"] == ["Won"]


def test_sources_are_listed_by_name(connect, bob, sources):
    found = connect(bob).get("/api/lead_sources/")
    assert [row["name"] for row in found] == sorted(row["name"] for row in found)
    assert connect(bob).get(f"/api/lead_sources/{sources.event.pk}") == {
        "id": str(sources.event.pk),
        "name": "Event",
    }


def test_a_status_is_created_changed_and_deleted(program):
    sent = {"name": " Waiting ", "color": "#ff0000", "statusorder": "1000"}
    pk = program.post("/api/lead_statuses", sent)["record_id"]
    row = Status.objects.get(pk=pk)
    assert (row.name, row.hue, row.kind, row.position) == ("Waiting", 0, "contacted", 999)
    assert program.get(f"/api/lead_statuses/{pk}")["statusorder"] == "1000"
    program.put(f"/api/lead_statuses/{pk}", {"name": "Waits", "kind": "proposal"})
    row.refresh_from_db()
    assert (row.name, row.hue, row.kind, row.position) == ("Waits", 0, "proposal", 999)
    assert program.delete(f"/api/delete/lead_statuses/{pk}")["message"] == "Lead Status Delete Successful."
    assert program.get(f"/api/lead_statuses/{pk}", expect=404) == NOTHING
    found = Operation.objects.filter(channel="api").order_by("id").values_list("kind", flat=True)
    assert list(found) == ["add_status", "edit_status", "retire_status"]


def test_a_status_without_an_order_comes_last_in_its_category(program, statuses):
    program.post("/api/lead_statuses", {"name": "Called twice"})
    names = [row["name"] for row in program.get("/api/lead_statuses")]
    assert names.index("Called twice") == names.index("Contacted") + 1


def test_a_source_is_created_changed_and_deleted_with_form_bodies(program):
    kind = "application/x-www-form-urlencoded"
    answer = program.post("/api/lead_sources", "name=Fair&kind=event", kind=kind)
    pk = answer["record_id"]
    assert answer["message"] == "Lead Source add successful."
    program.put(f"/api/lead_sources/{pk}", "name=Fairs", kind=kind)
    row = Source.objects.get(pk=pk)
    assert (row.name, row.kind) == ("Fairs", "event")
    program.delete(f"/api/lead_sources/{pk}")
    row.refresh_from_db()
    assert row.retired


@pytest.mark.parametrize("path", ["lead_statuses", "lead_sources"])
def test_a_name_is_required_and_unique(program, path):
    label = {"lead_statuses": "Status", "lead_sources": "Source"}[path]
    answer = program.post(f"/api/{path}", {"color": "red"}, expect=422)
    assert answer["errors"]["name"] == f"The {label} Name field is required."
    first = program.get(f"/api/{path}")[0]["name"]
    assert "already" in program.post(f"/api/{path}", {"name": first.upper()}, expect=422)["errors"]["name"]
    program.post(f"/api/{path}", {"name": "x" * 61}, expect=422)
    program.put(f"/api/{path}/{program.get(f'/api/{path}')[0]['id']}", {}, expect=406)


@pytest.mark.parametrize(
    ("path", "thing"), [("lead_statuses", "Lead Status"), ("lead_sources", "Lead Source")]
)
def test_unknown_ids_are_not_found(program, path, thing):
    assert program.get(f"/api/{path}/999", expect=404) == NOTHING
    assert program.get(f"/api/{path}/x", expect=404)["message"] == f"Invalid {thing} ID"
    assert program.put(f"/api/{path}/999", {"name": "x"}, expect=404)["message"] == f"{thing} Update Fail."
    assert program.delete(f"/api/delete/{path}/624", expect=404)["message"] == f"{thing} Delete Fail."


def test_statuses_and_sources_in_use_are_not_deleted(program, make_lead, statuses, sources):
    make_lead(status="qualified", source="event")
    for path, row in [("lead_statuses", statuses.qualified), ("lead_sources", sources.event)]:
        assert program.delete(f"/api/delete/{path}/{row.pk}", expect=409)["status"] is False
        row.refresh_from_db()
        assert not row.retired
    assert program.delete(f"/api/lead_statuses/{statuses.new.pk}", expect=409)["status"] is False


def test_a_sales_rep_can_read_statuses_but_not_change_them(connect, bob, statuses):
    program = connect(bob)
    program.get(f"/api/lead_statuses/{statuses.new.pk}")
    program.post("/api/lead_statuses", {"name": "x"}, expect=403)
    program.put(f"/api/lead_statuses/{statuses.new.pk}", {"name": "x"}, expect=403)
    program.delete(f"/api/lead_sources/{statuses.new.pk}", expect=403)


def test_the_category_of_the_status_for_new_leads_stays_open(program, statuses):
    assert (
        "kind" in program.put(f"/api/lead_statuses/{statuses.new.pk}", {"kind": "won"}, expect=422)["errors"]
    )


def test_a_poll_returns_new_leads_or_an_empty_array(connect, ann, make_lead):
    program = connect(ann)
    empty = {"status": True, "resource": "leads", "data": []}
    assert program.get("/api/zapier/poll/leads") == empty
    first, second = make_lead("One"), make_lead("Two")
    found = program.get("/api/zapier/poll/leads?since=0&limit=50")["data"]
    assert [row["id"] for row in found] == [str(second.pk), str(first.pk)]
    assert len(program.get("/api/zapier/poll/leads?since=&limit=1")["data"]) == 1
    assert program.get(f"/api/zapier/poll/leads?since={int(first.created_at.timestamp()) + 5}") == empty
    assert len(program.get("/api/zapier/test/leads")["data"]) == 2


def test_a_service_can_test_its_token(connect, ann):
    program = connect(ann)
    assert program.get("/api/zapier/poll/customers?limit=1") == {
        "status": True,
        "resource": "customers",
        "data": [],
    }
    assert program.get("/api/zapier/resources") == {"status": True, "data": ["leads", "customers"]}
    assert program.get("/api/zapier/poll/invoices", expect=404) == NOTHING
    assert connect(ann, []).get("/api/zapier/resources", expect=403)["status"] is False


@pytest.mark.parametrize(
    "query", ["since=yesterday", "limit=0", "limit=101", "since=99999999999999", "since=-1"]
)
def test_an_invalid_poll_is_rejected(connect, ann, query):
    assert json.dumps(connect(ann).get(f"/api/zapier/poll/leads?{query}", expect=422)["errors"])
