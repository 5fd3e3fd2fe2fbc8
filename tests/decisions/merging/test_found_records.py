"""Which records a form warns of, which ones are one set, and which of several new records a program adds at once."""

from typing import Any

import pytest

from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from duplicates import similar_records
from duplicates.existing_record_policies import look_for_known_records
from duplicates.models import DuplicateRules
from duplicates.models.duplicate_rules import Policy
from duplicates.record_graph import UnionFind, get_ordered_pair, get_pairs
from duplicates.similar_records import OF_COMPANY, find_similar_records, get_name_keys
from leads.models import Lead

ONE, TWO, THREE = ("lead", 3), ("contact", 7), ("lead", 9)


def test_each_pair_is_there_once_in_the_order_in_which_pairs_are_stored():
    assert get_pairs([THREE, ONE, TWO]) == [(TWO, ONE), (TWO, THREE), (ONE, THREE)]
    assert get_pairs([ONE]) == []
    assert get_ordered_pair(ONE, TWO) == get_ordered_pair(TWO, ONE) == (TWO, ONE)


# What is joined, in this order, and the sets.
JOINED = {
    "nothing": ([], []),
    "one with itself": ([(2, 2)], [[2]]),
    "a pair": ([(5, 2)], [[2, 5]]),
    "through another one": ([(5, 7), (7, 2)], [[2, 5, 7]]),
    "two sets, by their smallest members": ([(9, 8), (3, 6), (8, 4)], [[3, 6], [4, 8, 9]]),
    "two sets that become one": ([(9, 8), (3, 6), (6, 9), (9, 3)], [[3, 6, 8, 9]]),
    "a member with itself": ([(5, 2), (5, 5)], [[2, 5]]),
}


@pytest.mark.parametrize(("pairs", "sets"), JOINED.values(), ids=JOINED)
def test_what_was_joined_is_one_set(pairs, sets):
    found = UnionFind()
    for one, other in pairs:
        found.join(one, other)
    assert found.get_sets() == sets
    assert [found.find_root(members[-1]) for members in sets] == [members[0] for members in sets]


NAMES = {
    "a person": ({"first_name": "Ana", "last_name": "Pop"}, "ana pop"),
    "a last name": ({"first_name": "", "last_name": "Pop"}, "ana pop"),
    "a first name": ({"first_name": "Ana", "last_name": ""}, "ana pop"),
    "no name, so the key is that of the company": ({"first_name": "", "last_name": ""}, ""),
}


@pytest.mark.parametrize(("names", "person"), NAMES.values(), ids=NAMES)
def test_whether_the_key_of_a_name_is_that_of_a_person(names, person):
    row = {**names, "name_key": "ana pop", "company_key": "omnia"}
    assert get_name_keys(row, "lead") == (person, "omnia")
    assert get_name_keys({**names, "name_key": "ana pop", "company__name_key": "acme"}, "contact") == (
        person,
        "acme",
    )
    assert get_name_keys({"name_key": "omnia"}, "company") == ("", "omnia")


def find_numbers(user: Any, *, but: int | None = None, **data: Any) -> list[int]:
    return [one.record.pk for one in find_similar_records("lead", data, user, but=but)]


def test_a_form_warns_of_any_record_but_its_own(make_lead, ada):
    first, second = make_lead(email="ana@a.example", pk=1), make_lead(email="ana@a.example")
    assert find_numbers(ada, email="ana@a.example") == [second.pk, first.pk]
    assert find_numbers(ada, email="ana@a.example", but=second.pk) == [first.pk]
    assert find_numbers(ada) == []


def test_only_candidates_are_compared(make_lead, ada, monkeypatch):
    first, second = make_lead(email="ana@a.example"), make_lead(email="ana@a.example")
    monkeypatch.setattr(similar_records, "find_candidate_ids", lambda asked: {("lead", second.pk)})
    assert find_numbers(ada, email="ana@a.example") == [second.pk]
    assert first.pk != second.pk


def test_of_records_of_the_company_alone_few_are_shown_and_beside_the_person_more(make_lead, ada):
    colleagues = [make_lead(f"Eva {name}", company="Omnia Trade").pk for name in ("Ax", "Box", "Cox", "Dex")]
    asked = {"last_name": "Zimmermann", "company": "Omnia Trade"}
    assert find_numbers(ada, **asked) == colleagues[:0:-1]
    assert len(find_numbers(ada, **asked)) == OF_COMPANY
    same = make_lead("Zimmermann", company="Omnia Trade").pk
    assert find_numbers(ada, **asked) == [same, *colleagues[::-1]]


# The leads that a program sends at once, the policy, and the lead that each of them means, as far as one look can say: a lead that
# is updated is compared again.
SENT: dict[str, tuple[list[dict[str, str]], Policy, list[int | None]]] = {
    "two people": ([{"email": "a@a.example"}, {"email": "b@a.example"}], Policy.UPDATE, [0, 1]),
    "one known and one new": ([{"email": "a@a.example"}, {"email": "x@a.example"}], Policy.UPDATE, [0, None]),
    "one person twice, who is skipped": ([{"email": "a@a.example"}] * 2, Policy.SKIP, [0, 0]),
    "one person twice, who is updated": ([{"email": "a@a.example"}] * 2, Policy.UPDATE, [0]),
    "one person twice, who is updated under the same name": (
        [{"email": "a@a.example", "first_name": "Ana", "last_name": "a"}] * 2,
        Policy.UPDATE,
        [0],
    ),
    "one with another name, before one with an email of each": (
        [
            {"email": "a@a.example", "last_name": "Other"},
            {"email": "b@a.example", "second_email": "a@a.example"},
        ],
        Policy.UPDATE,
        [0],
    ),
    "one with the same name, before one with an email of each": (
        [
            {"email": "a@a.example", "first_name": "Ana", "last_name": "a"},
            {"email": "b@a.example", "second_email": "a@a.example"},
        ],
        Policy.UPDATE,
        [0, 1],
    ),
    "a new one twice": ([{"email": "x@a.example"}] * 2, Policy.UPDATE, [None, None]),
    "one with another name, before one who is like it": (
        [
            {"email": "a@a.example", "last_name": "Other", "company": "Acme"},
            {"email": "a@a.example", "last_name": "Pop"},
        ],
        Policy.UPDATE,
        [0],
    ),
}


@pytest.mark.parametrize(("sent", "policy", "finds"), SENT.values(), ids=SENT)
def test_which_of_several_leads_that_a_program_sends_are_known(
    sent, policy, finds, make_lead, ada, departments
):
    with operation("test", by=None):
        rules = DuplicateRules.get_current()
        rules.own_api = policy
        rules.save()
    leads = [make_lead(f"Ana {name}", email=f"{name}@a.example") for name in "ab"]
    rows = [{"department": departments.sales, **values} for values in sent]
    look = look_for_known_records("own_api", KINDS["lead"], rows, ada, True)
    assert look is not None
    found = look.find(range(len(rows)))
    numbers = {lead.pk: place for place, lead in enumerate(leads)}
    assert [one and numbers[one.pk] for one in found] == finds
    assert Lead.objects.count() == 2


# What is compared, from which score on a company is known, and whether it is.
COMPANIES: dict[str, tuple[dict[str, str], int, bool]] = {
    "the domain": ({"name": "Other", "website": "https://omnia.example"}, 80, True),
    "the domain, which counts too little": (
        {"name": "Other", "website": "https://omnia.example"},
        100,
        False,
    ),
    "the name": ({"name": "Omnia Trade"}, 95, True),
    "the name, which counts too little": ({"name": "Omnia Trade"}, 96, False),
}


@pytest.mark.parametrize(("sent", "known_from", "known"), COMPANIES.values(), ids=COMPANIES)
def test_by_what_a_company_is_known(sent, known_from, known, make_company, ada, departments):
    with operation("test", by=None):
        rules = DuplicateRules.get_current()
        rules.own_api, rules.known_from = Policy.SKIP, known_from
        rules.save()
    company = make_company("Omnia Trade", domain="omnia.example")
    rows = [{"department": departments.sales, **sent}]
    look = look_for_known_records("own_api", KINDS["company"], rows, ada, True)
    assert look is not None
    (found,) = look.find([0])
    assert (found and found.pk) == (company.pk if known else None)
