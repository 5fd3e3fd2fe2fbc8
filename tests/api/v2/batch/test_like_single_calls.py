"""A record of a batch has the outcome and the values that a single call would give it, over a table of bodies."""

import pytest
from django.db import transaction

from crm.records.kinds.kind_registry import KINDS
from tests.api.test_known_records import rules  # noqa: F401 - a fixture
from tests.api.v2.test_lists_and_changes import LEADS

# What no two records have in common, whatever they were sent.
OWN = {"id", "created_at", "updated_at", "status_since", "assigned_at", "url", "received_at", "lead"}


def get_stored(program, kind: str, pk: int) -> dict:
    found = program.get(f"/api/v2/{KINDS[kind].urls}/{pk}")
    return {name: value for name, value in found.items() if name not in OWN}


def read_outcome(answer: dict, status: int) -> tuple:
    """The outcome of a single call as a batch says it."""
    if status < 400:
        return status, None, None, []
    return status, answer["code"], answer["detail"], sorted(answer["errors"], key=str)


# The name of a case, the record type and what is sent; {names} are replaced by ids of the world.
CASES = [
    ("a name", "lead", {"last_name": "Novák"}),
    ("all kinds of values", "lead", {
        "first_name": "Ana", "last_name": "Pop", "email": " ANA@Omnia.example ", "phone": "0722 123 456", "country": "DE",
        "value": 1500.5, "currency": "USD", "vip": True, "tags": ["{tag}"], "next_action": "Call", "next_action_on": "2026-12-01",
        "owner": "{bob}", "source": "{source}", "status": "{contacted}", "description": "Two\nlines",
    }),
    ("nothing", "lead", {}),
    ("empty names", "lead", {"last_name": "", "company": ""}),
    ("a wrong email and no name", "lead", {"email": "nonsense"}),
    ("several errors", "lead", {"email": "nonsense", "status": 10**9, "source": "x", "country": "XX", "value": "much"}),
    ("an unknown field", "lead", {"last_name": "Pop", "colour": "red"}),
    ("a read-only field", "lead", {"last_name": "Pop", "score": 7}),
    ("wrong types", "lead", {"last_name": ["Pop"], "vip": "yes", "tags": 3}),
    ("a nested value", "lead", {"last_name": {"a": 1}}),
    ("a character that can't be stored", "lead", {"last_name": "Pop\0"}),
    ("a lost reason without a lost status", "lead", {"last_name": "Pop", "lost_reason": "{reason}"}),
    ("a lost status without a reason", "lead", {"last_name": "Pop", "status": "{lost}"}),
    ("a lost status with its reason", "lead", {"last_name": "Pop", "status": "{lost}", "lost_reason": "{reason}"}),
    ("an owner out of sight", "lead", {"last_name": "Pop", "owner": "{dan}"}),
    ("unassigned", "lead", {"last_name": "Pop", "owner": None}),
    ("a custom text", "lead", {"last_name": "Pop", "custom_fields": {"{text}": "x", "{number}": 7.5}}),
    ("a custom value of another type", "lead", {"last_name": "Pop", "custom_fields": {"{number}": "7"}}),
    ("a custom link", "lead", {"last_name": "Pop", "custom_fields": {"{link}": "{company}"}}),
    ("a custom link to nothing", "lead", {"last_name": "Pop", "custom_fields": {"{link}": 10**9}}),
    ("a custom link out of sight", "lead", {"last_name": "Pop", "custom_fields": {"{link}": "{hidden}"}}),
    ("a unique value", "lead", {"last_name": "Pop", "custom_fields": {"{unique}": "A-7"}}),
    ("a taken value", "lead", {"last_name": "Pop", "custom_fields": {"{unique}": "taken  1"}}),
    ("a company", "company", {"name": "Omnia", "domain": "omnia.example", "parent": "{company}"}),
    ("a company without a name", "company", {"domain": "omnia.example"}),
    ("a contact", "contact", {"last_name": "Pop", "company": "{company}"}),
    ("a contact of a company by its name", "contact", {"last_name": "Pop", "company": "Polar Steel"}),
    ("a contact of a company out of sight", "contact", {"last_name": "Pop", "company": "{hidden}"}),
    ("a deal", "deal", {"name": "Boilers", "company": "{company}", "value": 10}),
    ("a deal with contacts", "deal", {"name": "Boilers", "contacts": [{"contact": "{contact}", "role": "Buyer"}]}),
    ("a deal with its main contact twice", "deal",
     {"name": "Boilers", "contact": "{contact}", "contacts": [{"contact": "{contact}"}]}),
    ("another subject", "request", {"subject": "Pumps"}),
    ("a request", "request", {"subject": "Boilers", "text": "How much?"}),
]  # fmt: skip


@pytest.fixture
def world(
    make_field,
    make_lead,
    make_company,
    make_contact,
    make_tag,
    ann,
    bob,
    dan,
    statuses,
    sources,
    departments,
    reasons,
):
    """The ids that the cases name."""
    fields = {
        "text": make_field("Note"),
        "number": make_field("Size", "number", decimals=2),
        "link": make_field("Made by", "link"),
        "unique": make_field("External ID", is_unique=True),
    }
    company = make_company("Polar Steel", owner=ann)
    known = {
        "bob": bob.pk,
        "dan": dan.pk,
        "source": sources.website.pk,
        "contacted": statuses.contacted.pk,
        "lost": statuses.lost.pk,
        "reason": reasons.budget.pk,
        "tag": make_tag("Fair").pk,
        "company": company.pk,
        "hidden": make_company("Hidden", owner=dan, department=departments.export).pk,
        "contact": make_contact("Ion Rus", owner=ann).pk,
    }
    return known | {name: field.name for name, field in fields.items()}


def fill_in(value, world):
    if isinstance(value, dict):
        return {fill_in(name, world): fill_in(one, world) for name, one in value.items()}
    if isinstance(value, list):
        return [fill_in(one, world) for one in value]
    return world[value[1:-1]] if isinstance(value, str) and value[:1] == "{" else value


@pytest.fixture
def taken(program, world):
    """A record that has the unique value of some cases."""
    sent = {"last_name": "Holder", "custom_fields": {world["unique"]: "TAKEN 1"}}
    return program.post(LEADS, sent, expect=201)["id"]


def call_each(program, kind: str, rows: list[dict], ids: list[int] | None = None) -> list[tuple]:
    """The outcomes of single calls in order with what is then stored, all undone again."""
    found, urls = [], KINDS[kind].urls
    with transaction.atomic():
        for place, row in enumerate(rows):
            if ids is None:
                answer = program.post(f"/api/v2/{urls}", row, expect=None)
            else:
                answer = program.patch(f"/api/v2/{urls}/{ids[place]}", row, expect=None)
            outcome = read_outcome(answer, program.last.status_code)
            stored = get_stored(program, kind, answer["id"]) if outcome[0] < 400 else None
            found.append((outcome, stored))
        transaction.set_rollback(True)
    return found


def call_together(program, kind: str, rows: list[dict], ids: list[int] | None = None) -> list[tuple]:
    records = rows if ids is None else [{"id": pk, **row} for pk, row in zip(ids, rows, strict=True)]
    answer = program.post(f"/api/v2/{KINDS[kind].urls}/batch", {"records": records})
    return [
        (
            (one["status"], one["code"], one["detail"], sorted(one["errors"], key=str)),
            get_stored(program, kind, one["id"]) if one["status"] < 400 else None,
        )
        for one in answer["results"]
    ]


def assert_same(single: list[tuple], together: list[tuple], names: list[str]) -> None:
    for name, one, other in zip(names, single, together, strict=True):
        assert one == other, name


@pytest.mark.parametrize("kind", ["lead", "company", "contact", "deal", "request"])
def test_new_records_of_a_batch_have_the_outcomes_and_values_of_single_calls(program, kind, world, taken):
    cases = [(name, fill_in(sent, world)) for name, of, sent in CASES if of == kind]
    rows = [sent for _name, sent in cases]
    single = call_each(program, kind, rows)
    together = call_together(program, kind, rows)
    assert_same(single, together, [name for name, _sent in cases])
    assert {outcome[0] for outcome, _stored in single} >= ({201, 422} if kind != "request" else {201})


@pytest.mark.parametrize("kind", ["lead", "company", "contact", "deal", "request"])
def test_changes_of_a_batch_have_the_outcomes_and_values_of_single_calls(
    program, kind, world, taken, make_lead, make_company, make_contact, ann
):
    cases = [(name, fill_in(sent, world)) for name, of, sent in CASES if of == kind]
    first = {"lead": {"last_name": "Old"}, "contact": {"last_name": "Old"}, "request": {"subject": "Old"}}
    ids = [
        program.post(f"/api/v2/{KINDS[kind].urls}", first.get(kind, {"name": "Old"}), expect=201)["id"]
        for _case in cases
    ]
    rows = [sent for _name, sent in cases]
    single = call_each(program, kind, rows, ids)
    together = call_together(program, kind, rows, ids)
    assert_same(single, together, [name for name, _sent in cases])
    assert 200 in {outcome[0] for outcome, _stored in single}
