"""Upsert: which record a program means by the value of a field, and that only what its user sees counts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.api.problems import ApiProblem
from crm.api.v2.batch.record_matching import build_matching, get_match_names
from crm.fields.custom.values.stored_values import write_values_of_new_records
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead
from tests.api.v2.test_lists_and_changes import LEADS

BATCH = f"{LEADS}/batch"
ADDED = "added"


@pytest.fixture
def world(make_field, make_lead, make_company, make_contact, ann, dan, departments, statuses):
    """Records by name, and the key of a unique field of leads as `external`."""
    external, size = make_field("External ID", is_unique=True), make_field("Size", "number", is_unique=True)
    away = {"owner": dan, "department": departments.export}
    found = {
        "ana": make_lead("Ana", owner=ann, email="ana@omnia.example"),
        "first": make_lead("First", owner=ann, email="two@omnia.example"),
        "second": make_lead("Second", owner=ann, email="two@omnia.example"),
        "hidden": make_lead("Hidden", email="hidden@omnia.example", **away),
        "half": make_lead("Half", owner=ann, email="half@omnia.example"),
        "other half": make_lead("Other half", email="half@omnia.example", **away),
        "lost": make_lead("Lost", owner=ann, email="lost@omnia.example", status=statuses.lost),
        "omnia": make_company("Omnia", owner=ann, domain="omnia.example", other_domains="omnia.ro", tax_id="RO 7"),
        "hidden company": make_company("Polar", domain="polar.example", **away),
        "ion": make_contact("Ion", owner=ann, email="ion@omnia.example", second_email="office@omnia.example"),
    }  # fmt: skip
    make_lead(
        "Converted", owner=ann, email="converted@omnia.example", client=make_company("Client", owner=ann)
    )
    make_lead("Gone", owner=ann, email="gone@omnia.example", deleted_at=timezone.now())
    with operation("test", by=None):
        write_values_of_new_records(
            Lead,
            [
                (found["ana"].pk, {external.name: "A 1", size.name: "7.50"}),
                (found["hidden"].pk, {external.name: "H 1"}),
            ],
        )
    return {name: row.pk for name, row in found.items()} | {"external": external.name, "size": size.name}


# The name of a case, the record type, the field, what is sent, and the record that it means, or the status of the refusal.
CASES = [
    ("one lead has the email", "lead", "email", "ana@omnia.example", "ana"),
    ("in other letters", "lead", "email", " ANA@Omnia.example", "ana"),
    ("none has it", "lead", "email", "new@omnia.example", ADDED),
    ("two have it", "lead", "email", "two@omnia.example", 409),
    ("one out of sight has it", "lead", "email", "hidden@omnia.example", ADDED),
    ("one in sight and one out of sight have it", "lead", "email", "half@omnia.example", "half"),
    ("a lost one has it", "lead", "email", "lost@omnia.example", "lost"),
    ("a converted one has it", "lead", "email", "converted@omnia.example", ADDED),
    ("one in Trash has it", "lead", "email", "gone@omnia.example", ADDED),
    ("no value", "lead", "email", "", 422),
    ("null", "lead", "email", None, 422),
    ("no text", "lead", "email", ["ana@omnia.example"], 422),
    ("a character that can't be stored", "lead", "email", "ana@omnia.example\ud800", ADDED),
    ("a unique custom value", "lead", "external", "a  1", "ana"),
    ("a unique custom value of no record", "lead", "external", "A 2", ADDED),
    ("a unique custom value of one out of sight", "lead", "external", "H 1", ADDED),
    ("a unique number", "lead", "size", 7.5, "ana"),
    ("a unique number as a text", "lead", "size", "7.5", 422),
    ("no custom value", "lead", "external", None, 422),
    ("the domain of a company", "company", "domain", "omnia.example", "omnia"),
    ("its web address", "company", "domain", "https://www.Omnia.example/about", "omnia"),
    ("its other domain", "company", "domain", "omnia.ro", "omnia"),
    ("the domain of one out of sight", "company", "domain", "polar.example", ADDED),
    ("the tax ID of a company", "company", "tax_id", "RO 7", "omnia"),
    ("the email of a contact", "contact", "email", "ion@omnia.example", "ion"),
    ("the second email of a contact", "contact", "email", "office@omnia.example", ADDED),
]


@pytest.mark.parametrize(
    ("kind", "name", "value", "expected"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_which_record_a_value_means(world, ann, kind, name, value, expected):
    custom = name in ("external", "size")
    sent = {"custom_fields": {world[name]: value}} if custom else {name: value}
    matching = build_matching(KINDS[kind], world[name] if custom else name, ann)
    (key,) = matching.read_keys([sent])
    if isinstance(expected, int):
        with pytest.raises(ApiProblem) as raised:
            matching.choose(key, matching.find([key]))
        assert raised.value.status == expected
    else:
        found = matching.choose(key, matching.find([key]))
        assert (ADDED if found is None else found) == world.get(expected, ADDED)


def test_records_are_matched_by_what_identifies_them_and_by_unique_fields(program, world, ann):
    assert get_match_names(KINDS["lead"], ann) == ["email", world["external"], world["size"]]
    assert get_match_names(KINDS["company"], ann) == ["domain", "tax_id"]
    assert get_match_names(KINDS["contact"], ann) == ["email"]
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
