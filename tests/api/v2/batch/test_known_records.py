"""New records of a batch that exist already are answered as single calls one after the other are, with one look-up for all of them."""

from itertools import product
from random import Random

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from crm.records.kinds.kind_registry import KINDS
from tests.api.page_and_call import describe_row
from tests.api.test_known_records import rules  # noqa: F401 - a fixture
from tests.api.v2.batch.test_like_single_calls import read_outcome
from tests.api.v2.test_lists_and_changes import LEADS
from tests.examples import one_in

RECORDS = 40
FIRST, LAST = ("Ana", "Ion", "Jon"), ("Pop", "Popa", "Rus", "")
COMPANIES = ("Omnia SRL", "Omnia Trade", "Omnya", "Om", "")
EMAILS = ("a@omnia.example", "A@Omnia.example", "b@omnia.example", "office@omnia.example", "nonsense", "")
PHONES = ("0722 123 456", "+40722123456", "0722 123 457", "")


def build_rows(kind: str, seed: int, company: int) -> list[dict]:
    """Records that have much in common; some are refused."""
    random = Random(seed)

    def build_person() -> dict:
        names = {"first_name": random.choice(FIRST), "last_name": random.choice(LAST)}
        addresses = {"email": random.choice(EMAILS), "second_email": random.choice(EMAILS)}
        return {**names, **addresses, "phone": random.choice(PHONES), "title": f"Title {random.randrange(5)}"}

    def build_row() -> dict:
        if kind == "company":
            domain = random.choice(("omnia.example", "www.omnia.example", "trade.example", ""))
            return {"name": random.choice(COMPANIES), "domain": domain, "phone": random.choice(PHONES)}
        if kind == "lead":
            return {**build_person(), "company": random.choice(COMPANIES), "tags": []}
        return {**build_person(), "company": random.choice((company, f"Polar Steel (#{company})", None))}

    return [build_row() for _place in range(RECORDS)]


def read_all(kind: str) -> list[dict]:
    return [describe_row(row) for row in KINDS[kind].model.objects.order_by("pk")]


def call_each(program, kind: str, rows: list[dict]) -> tuple[list, list]:
    """The outcomes of single calls, and what is stored after them; it is all taken back."""
    outcomes = []
    with transaction.atomic():
        for row in rows:
            answer = program.post(f"/api/v2/{KINDS[kind].urls}", row, expect=None)
            outcomes.append(read_outcome(answer, program.last.status_code))
        stored = read_all(kind)
        transaction.set_rollback(True)
    return outcomes, stored


def call_together(program, kind: str, rows: list[dict]) -> tuple[list, list]:
    answer = program.post(f"/api/v2/{KINDS[kind].urls}/batch", {"records": rows})
    outcomes = [
        (one["status"], one["code"], one["detail"], sorted(one["errors"], key=str))
        for one in answer["results"]
    ]
    return outcomes, read_all(kind)


@pytest.mark.parametrize(
    ("kind", "policy", "known_from"),
    one_in(4, product(["lead", "company", "contact"], ["skip", "update"], [100, 90, 70])),
)
def test_a_batch_of_similar_records_is_answered_and_stored_like_single_calls(
    kind,
    policy,
    known_from,
    program,
    rules,  # noqa: F811
    make_lead,
    make_company,
    make_contact,
    ann,
    bob,
):
    rules(own_api=policy, known_from=known_from, similarity=75)
    company = make_company("Polar Steel", owner=ann, phone="0722 123 456")
    make_lead("Ana Pop", owner=bob, email="b@omnia.example", company="Omnia SRL", phone="0722 123 457")
    make_contact("Ion Rus", owner=ann, email="a@omnia.example", company=company)
    rows = build_rows(kind, known_from, company.pk)
    expected = call_each(program, kind, rows)
    assert call_together(program, kind, rows) == expected
    statuses = {outcome[0] for outcome in expected[0]}
    assert statuses >= {201, 409 if policy == "skip" else 200} or (kind, known_from) == ("company", 100)


@pytest.mark.parametrize("policy", one_in(2, ["update", "add", "skip"]))
def test_a_thousand_new_records_take_as_many_queries_as_ten(policy, program, rules):  # noqa: F811
    rules(own_api=policy, known_from=70)

    def count_queries(number: int) -> int:
        rows = [
            {
                "last_name": f"{number} Name",
                "email": f"{number}-{place}@omnia.example",
                "company": f"{place} SRL",
            }
            for place in range(number)
        ]
        with CaptureQueriesContext(connection) as found:
            answer = program.post(f"{LEADS}/batch", {"records": rows})
        assert (answer["added"], len(answer["operations"])) == (number, 1)
        return len(found)

    count_queries(3)
    assert count_queries(10) == count_queries(1000) < 50
