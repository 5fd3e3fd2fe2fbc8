"""CRM Connect, notes: added to leads, listed, changed and deleted, as on the screens."""

import pytest

from crm.models import Activity, Operation
from crm.records.history.verb_execution import carry_out
from crm.work.activities.verbs import AddActivity
from leads.models import Lead


@pytest.fixture
def program(connect, bob):
    return connect(bob)


@pytest.fixture
def lead(make_lead, bob):
    return make_lead("Jan Novák", owner=bob)


def new(lead, **values):
    return {"rel_type": "lead", "rel_id": lead.pk, "description": "Call in **May**", **values}


def test_a_note_is_added_as_an_api_operation_and_listed(program, lead, bob):
    pk = program.post("/api/notes", new(lead))["record_id"]
    (row,) = program.get(f"/api/notes/lead/{lead.pk}")
    assert {name: row[name] for name in ("id", "rel_id", "rel_type", "description", "addedfrom")} == {
        "id": str(pk),
        "rel_id": str(lead.pk),
        "rel_type": "lead",
        "description": "Call in **May**",
        "addedfrom": str(bob.pk),
    }
    assert program.get(f"/api/notes/{pk}") == row
    record = Operation.objects.latest("pk")
    assert (record.kind, record.channel, record.by) == ("add_activity", "api", bob)


def test_a_note_is_changed_and_deleted_by_its_author(program, lead):
    pk = program.post("/api/notes", new(lead))["record_id"]
    program.put(f"/api/notes/{pk}", {"description": "June"})
    assert program.get(f"/api/notes/{pk}")["description"] == "June"
    program.delete(f"/api/notes/{pk}")
    assert program.get(f"/api/notes/{pk}", expect=404)["status"] is False
    assert program.get(f"/api/notes/lead/{lead.pk}", expect=404)["message"] == "No data were found"


def test_notes_of_others_can_be_read_but_not_changed(program, lead, ann):
    carry_out(AddActivity(ann, "note", "Hers"), Lead.objects.filter(pk=lead.pk), by=ann)
    pk = Activity.objects.get().pk
    assert program.get(f"/api/notes/{pk}")["description"] == "Hers"
    program.put(f"/api/notes/{pk}", {"description": "Mine"}, expect=403)
    program.delete(f"/api/notes/{pk}", expect=403)
    assert Activity.objects.get().text == "Hers"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"rel_type": "customer"}, "rel_type"),
        ({"rel_id": "x"}, "rel_id"),
        ({"description": ""}, "description"),
        ({"description": "x" * 20_001}, "description"),
    ],
)
def test_a_note_that_can_not_be_added_says_which_field_is_wrong(program, lead, values, field):
    assert list(program.post("/api/notes", new(lead, **values), expect=422)["errors"]) == [field]
    assert not Activity.objects.exists()


def test_notes_of_unseen_leads_and_other_activities_are_not_found(program, make_lead, departments, lead, ann):
    foreign = make_lead("Foreign", department=departments.export)
    carry_out(AddActivity(ann, "note", "Theirs"), Lead.objects.filter(pk=foreign.pk), by=ann)
    carry_out(AddActivity(ann, "call", "", "reached"), Lead.objects.filter(pk=lead.pk), by=ann)
    for pk in Activity.objects.values_list("pk", flat=True):
        program.get(f"/api/notes/{pk}", expect=404)
    program.get(f"/api/notes/lead/{foreign.pk}", expect=404)
    program.post("/api/notes", new(foreign), expect=404)
    program.get("/api/notes/x", expect=404)
