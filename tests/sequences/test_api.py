"""API v2: sequences, the records in them, and starting and stopping as bulk changes."""

import pytest

from crm.models import Operation
from crm.records.history.verb_execution import operation
from sequences.models import Enrollment
from sequences.switching import retire_sequence
from tests.api.conftest import umbra
from tests.sequences.sequencing import build_step, make_sequence, start, state_of, work

__all__ = ["umbra"]

pytestmark = pytest.mark.django_db

SEQUENCES, ENROLLMENTS = "/api/v2/sequences", "/api/v2/enrollments"


@pytest.fixture
def sequence(template):
    steps = (
        build_step("email", "one", template=template.pk),
        build_step("call", "two", after=2, title="Call"),
    )
    return make_sequence("Follow-up", *steps)


@pytest.fixture
def jan(make_lead, bob):
    return make_lead("Jan Novák", email="jan@example.cz", owner=bob)


def test_sequences_are_listed_in_their_order_with_their_steps(umbra, bob, ada, sequence):
    make_sequence("Other", build_step("task", title="Write"), position=1, turned_on=False)
    retire_sequence(make_sequence("Old", build_step("task", title="Write")), by=ada)
    first, second = umbra(bob).get(SEQUENCES)["sequences"]
    assert (first["name"], first["of"], first["turned_on"]) == ("Follow-up", "lead", True)
    assert [(step["kind"], step["after"], step["title"]) for step in first["steps"]] == [
        ("email", 0, ""),
        ("call", 2, "Call"),
    ]
    assert (second["name"], second["turned_on"]) == ("Other", False)
    assert umbra(bob).get(f"{SEQUENCES}/{sequence.pk}") == first


def test_a_record_in_a_sequence_has_what_was_done_and_what_comes_next(umbra, bob, jan, sequence, always):
    start(sequence, bob, jan)
    work()
    (found,) = umbra(bob).get(ENROLLMENTS)["enrollments"]
    enrollment = Enrollment.objects.get()
    assert (found["sequence"], found["of"], found["record"], found["author"]) == (
        sequence.pk,
        "lead",
        jan.pk,
        bob.pk,
    )
    assert (found["state"], found["stop_reason"], found["next_step"]) == ("running", "", "two")
    assert found["due_at"] == enrollment.coming.due_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    (done,) = found["steps_done"]
    assert (done["key"], done["outcome"], done["task"], done["reason"]) == ("one", "email", None, "")
    assert done["activity"] == enrollment.steps_done.get().activity
    assert umbra(bob).get(f"{ENROLLMENTS}/{enrollment.pk}") == found


def test_the_list_is_narrowed_and_read_page_by_page(umbra, bob, ann, make_lead, sequence):
    leads = [make_lead(f"Lead {number}", email=f"l{number}@example.cz", owner=bob) for number in range(3)]
    start(sequence, bob, *leads)
    program = umbra(ann)
    program.post(
        "/api/v2/leads/bulk", {"action": "stop_sequence", "ids": [leads[0].pk], "values": {}}, expect=200
    )

    def records(query: str) -> list[int]:
        return [one["record"] for one in program.get(f"{ENROLLMENTS}?{query}")["enrollments"]]

    assert records(f"record={leads[1].pk}&of=lead") == [leads[1].pk]
    assert records(f"record={leads[1].pk}&of=contact") == []
    assert records("state=stopped") == [leads[0].pk]
    assert records(f"sequence={sequence.pk}&state=running") == [leads[2].pk, leads[1].pk]
    assert records(f"sequence={sequence.pk + 1}") == []
    first = program.get(f"{ENROLLMENTS}?limit=2")
    assert [one["record"] for one in first["enrollments"]] == [leads[2].pk, leads[1].pk]
    second = program.get(f"{ENROLLMENTS}?limit=2&before={first['next']}")
    assert ([one["record"] for one in second["enrollments"]], second["next"]) == ([leads[0].pk], None)


def test_only_records_that_the_user_sees_are_in_it(umbra, bob, carla, jan, sequence):
    start(sequence, bob, jan)
    enrollment = Enrollment.objects.get()
    assert umbra(carla).get(ENROLLMENTS)["enrollments"] == []
    umbra(carla).get(f"{ENROLLMENTS}/{enrollment.pk}", expect=404)


# A query, and the parameter that the problem names.
WRONG = {
    "a state that doesn't exist": ("state=asleep", "state"),
    "a type that is in no sequence": ("of=deal", "of"),
    "a record that is no number": ("record=x", "record"),
    "an unknown parameter": ("step=one", "step"),
}


@pytest.mark.parametrize(("query", "named"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_parameter_is_named(umbra, bob, query, named):
    problem = umbra(bob).get(f"{ENROLLMENTS}?{query}", expect=422)
    assert [error["parameter"] for error in problem["errors"]] == [named]


def test_a_rep_starts_and_stops_a_sequence_for_one_of_their_records(umbra, bob, jan, sequence):
    program = umbra(bob, ["leads.put"])
    done = program.post(f"/api/v2/leads/{jan.pk}/sequence", {"sequence": sequence.pk}, expect=201)
    assert program.last["Location"] == f"/api/v2/enrollments/{done['enrollment']}"
    enrollment = Enrollment.objects.get()
    assert (done["enrollment"], done["operation"]) == (enrollment.pk, enrollment.started)
    stopped = program.delete(f"/api/v2/leads/{jan.pk}/sequence")
    record = Operation.objects.get(kind="stop_sequence", channel="api", by=bob)
    assert (stopped["operation"], state_of(jan)) == (record.pk, ("stopped", "by_hand"))
    assert program.delete(f"/api/v2/leads/{jan.pk}/sequence")["operation"] is None


def test_a_sequence_of_a_contact_is_started_by_its_own_address(umbra, bob, make_contact, jan, sequence):
    contact = make_contact("Eva Malá", email="eva@example.cz", owner=bob)
    own = make_sequence("For contacts", build_step("call", title="Call"), table_of="contact")
    program = umbra(bob)
    program.post(f"/api/v2/contacts/{contact.pk}/sequence", {"sequence": own.pk}, expect=201)
    assert state_of(contact) == ("running", "")
    problem = program.post(f"/api/v2/contacts/{contact.pk}/sequence", {"sequence": sequence.pk}, expect=422)
    assert problem["errors"][0]["parameter"] == "sequence"


def test_who_was_in_it_before_begins_again_only_if_asked_for(umbra, bob, jan, sequence):
    program, path = umbra(bob), f"/api/v2/leads/{jan.pk}/sequence"
    program.post(path, {"sequence": sequence.pk}, expect=201)
    program.delete(path)
    problem = program.post(path, {"sequence": sequence.pk}, expect=422)
    assert problem["errors"][0]["detail"] == "This record was in the sequence before."
    program.post(path, {"sequence": sequence.pk, "again": True}, expect=201)
    assert state_of(jan) == ("running", "")


# What is so before the call, and the sentence of the answer, which is that of the page.
REFUSED = {
    "no address": ({"email": "", "phone": "1"}, {}, "This record has no email address."),
    "turned off": ({}, {"turned_on": False}, "The sequence is turned off."),
    "deleted": ({}, {"retired": True}, "There is no sequence with this id for such records."),
    "for other records": ({}, {"table_of": "contact"}, "There is no sequence with this id for such records."),
}


@pytest.mark.parametrize(("of_lead", "of_sequence", "sentence"), REFUSED.values(), ids=REFUSED.keys())
def test_why_it_cannot_start_is_said_in_the_sentence_of_the_page(
    umbra, bob, jan, sequence, of_lead, of_sequence, sentence
):
    with operation("test", by=None):
        type(jan).objects.filter(pk=jan.pk).update(**of_lead)
        type(sequence).objects.filter(pk=sequence.pk).update(**of_sequence)
    problem = umbra(bob).post(f"/api/v2/leads/{jan.pk}/sequence", {"sequence": sequence.pk}, expect=422)
    assert problem["errors"] == [{"parameter": "sequence", "detail": sentence}]
    assert not Enrollment.objects.exists()
    assert not Operation.objects.filter(kind="start_sequence").exists()


def test_a_record_out_of_reach_is_not_found_and_one_that_may_not_be_changed_is_refused(
    umbra, bob, carla, make_lead, sequence, jan
):
    sent = {"sequence": sequence.pk}
    umbra(carla).post(f"/api/v2/leads/{jan.pk}/sequence", sent, expect=404)
    umbra(carla).delete(f"/api/v2/leads/{jan.pk}/sequence", expect=404)
    umbra(bob, ["leads.get"]).post(f"/api/v2/leads/{jan.pk}/sequence", sent, expect=403)
    shared = make_lead("Shared", email="s@example.cz", owner=bob, shared=True)
    umbra(carla).post(f"/api/v2/leads/{shared.pk}/sequence", sent, expect=403)
    assert not Enrollment.objects.exists()


def test_starting_and_stopping_are_bulk_changes_with_reasons_and_operations(
    umbra, ann, bob, jan, make_lead, sequence
):
    bare = make_lead("Eva Malá", email="", owner=bob)
    program = umbra(ann)
    sent = {"action": "start_sequence", "ids": [jan.pk, bare.pk], "values": {"sequence": sequence.pk}}
    preview = program.post("/api/v2/leads/bulk", sent | {"preview": True}, expect=200)
    assert (preview["changed"], preview["refused"]) == (1, {"no_email_address": 1})
    assert not Enrollment.objects.exists()
    done = program.post("/api/v2/leads/bulk", sent, expect=200)
    assert (done["changed"], done["refused"]) == (1, {"no_email_address": 1})
    assert Enrollment.objects.get().started == done["operation"]
    again = program.post("/api/v2/leads/bulk", sent, expect=200)
    assert again["refused"] == {"in_sequence": 1, "no_email_address": 1}
    program.post("/api/v2/leads/bulk", {"action": "stop_sequence", "ids": [jan.pk], "values": {}}, expect=200)
    assert Enrollment.objects.get().stop_reason == "by_hand"
    assert Operation.objects.filter(kind="stop_sequence", channel="api").count() == 1
