"""Upsert: which record a program means by the value of a field, and that only what its user sees counts."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from leads.models import Lead
from tests.api.v2.test_lists_and_changes import LEADS
from tests.decisions.merging.test_matched_by_programs import world

BATCH = f"{LEADS}/batch"

__all__ = ["world"]


def test_records_are_matched_only_by_fields_that_identify_one(program, world):
    problem = program.post(BATCH, {"records": [{}], "match": "city"}, expect=422)
    assert problem["errors"][0]["parameter"] == "match"
    program.post("/api/v2/deals/batch", {"records": [{}], "match": "name"}, expect=422)


def test_a_match_is_changed_and_the_others_are_added(program, world):
    emails = ["ana@omnia.example", "new@omnia.example", "two@omnia.example", "NEW@omnia.example"]
    sent = {
        "match": "email",
        "records": [{"email": email, "city": f"C{n}"} for n, email in enumerate(emails)],
    }
    answer = program.post(BATCH, sent)
    assert [row["status"] for row in answer["results"]] == [200, 201, 409, 200]
    assert answer["results"][0]["id"] == world["ana"]
    assert answer["results"][3]["id"] == answer["results"][1]["id"]
    assert Lead.objects.get(pk=answer["results"][1]["id"]).city == "C3"
    assert answer["results"][2]["detail"] == "2 leads have this email. Send the id of the one that you mean."
    assert [row["status"] for row in program.post(BATCH, sent)["results"]] == [200, 200, 409, 200]


def test_a_unique_value_of_a_record_out_of_sight_is_refused_without_naming_it(program, world):
    sent = {"last_name": "Pop", "custom_fields": {world["external"]: "H 1"}}
    (row,) = program.post(BATCH, {"match": world["external"], "records": [sent]})["results"]
    single = program.post(LEADS, sent, expect=422)
    assert (row["status"], row["errors"]) == (422, single["errors"])
    assert row["errors"][0]["detail"] == "Another record already has this value."


def test_an_email_that_an_earlier_record_gives_up_means_no_record(program, world):
    sent = [
        {"id": world["ana"], "email": "other@omnia.example"},
        {"email": "ana@omnia.example", "last_name": "New"},
    ]
    answer = program.post(BATCH, {"match": "email", "records": sent})
    assert [row["status"] for row in answer["results"]] == [200, 201]


def test_a_hundred_matches_take_as_many_queries_as_ten(program, make_lead, ann):
    for number in range(100):
        make_lead(f"L{number}", owner=ann, email=f"l{number}@example.com")

    def count(number: int, city: str) -> int:
        records = [{"email": f"L{place}@example.com", "city": f"{city}{place}"} for place in range(number)]
        with CaptureQueriesContext(connection) as found:
            assert program.post(BATCH, {"match": "email", "records": records})["changed"] == number
        return len(found)

    count(3, "a")
    assert count(10, "b") == count(100, "c")
