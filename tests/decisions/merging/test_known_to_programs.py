"""Which existing lead a program means that adds one, and what becomes of it by the policy of its API."""

import re
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.api.existing_records import ExistingRecord
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from duplicates.existing_record_policies import PolicyLookup, _lock_persons, look_for_known_records
from duplicates.models import DuplicateRules
from duplicates.models.duplicate_rules import Policy
from duplicates.record_details import RecordDetails

EMAIL, PHONE = {"email": "ana@a.example"}, {"phone": "0722 123 456"}
SEES, CHANGES = ("leads.view_lead",), ("leads.view_lead", "leads.change_lead")


class Case(NamedTuple):
    """There are these leads, the oldest first; `finds` is the place of the one that is meant, None for none."""

    finds: int | None
    leads: tuple[dict[str, Any], ...] = (EMAIL,)
    sent: dict[str, Any] = EMAIL
    policy: Policy = Policy.SKIP
    known_from: int = 100
    may_update: bool = True
    rights: tuple[str, ...] = CHANGES


CASES = {
    "the same email": Case(0),
    "another email": Case(None, sent={"email": "bea@a.example"}),
    "nothing to compare": Case(None, sent={"city": "Cluj"}),
    "another one is added anyway": Case(None, policy=Policy.ADD),
    "it is updated": Case(0, policy=Policy.UPDATE),
    "the program may not update": Case(None, policy=Policy.UPDATE, may_update=False),
    "the program may not update, and needn't": Case(0, may_update=False),
    "the user may not change leads": Case(None, policy=Policy.UPDATE, rights=SEES),
    "the user may not change leads, and needn't": Case(0, rights=SEES),
    "a shared lead of others is found": Case(0, (EMAIL | {"owner": "dan", "shared": True},)),
    "a shared lead of others isn't updated": Case(
        None, (EMAIL | {"owner": "dan", "shared": True},), policy=Policy.UPDATE
    ),
    "a lead that the user doesn't see": Case(None, (EMAIL | {"owner": "dan"},)),
    "a lost lead": Case(None, (EMAIL | {"status": "lost"},)),
    "of two leads the newest": Case(1, (EMAIL, EMAIL)),
    "of an older lead and a newer lost one the older": Case(0, (EMAIL, EMAIL | {"status": "lost"})),
    "the same phone doesn't count with 100": Case(None, (PHONE,), PHONE),
    "the same phone counts from 90": Case(0, (PHONE,), PHONE, known_from=90),
    "the same phone doesn't count from 91": Case(None, (PHONE,), PHONE, known_from=91),
    "the same email is better than the same phone of a newer lead": Case(
        0, (EMAIL, PHONE), EMAIL | PHONE, known_from=90
    ),
    "colleagues share a phone": Case(
        None, (PHONE | {"email": "bea@a.example"},), EMAIL | PHONE, known_from=90
    ),
    "a lead beside a colleague": Case(
        0, (PHONE, PHONE | {"email": "bea@a.example"}), EMAIL | PHONE, known_from=90
    ),
}


def find_known_record(sent: dict[str, Any], user, *, may_update: bool) -> ExistingRecord | None:
    """As a call looks for what one new lead would repeat."""
    look = look_for_known_records("own_api", KINDS["lead"], [sent], user, may_update)
    if look is None:
        return None
    look.lock([0])
    return look.find([0])[0]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_which_lead_a_program_means(case, cast, departments, make_lead, make_contact, reasons):
    with operation("test", by=None):
        rules = DuplicateRules.get_current()
        rules.own_api, rules.known_from = case.policy, case.known_from
        rules.save()
    made = []
    for place, values in enumerate(case.leads):
        given = {"owner": cast.bob} | values
        if given["owner"] == "dan":
            given |= {"owner": cast.dan, "department": departments.export}
        if given.get("status") == "lost":
            given["lost_reason"] = reasons.budget
        given |= {"phone_normal": "+40722123456"} if "phone" in values else {}
        made.append(make_lead(f"Lead {place}", **given).pk)
    # A contact is no lead.
    make_contact("Ana Pop", owner=cast.bob, **EMAIL)
    vars(cast.bob).update(granted_permissions={"accounts.see_own", *case.rights}, held_roles=[])
    sent = {"department": departments.sales, **case.sent}
    found = find_known_record(sent, cast.bob, may_update=case.may_update)
    assert (found and made.index(found.pk)) == case.finds
    if found:
        assert found.updated == (case.policy == Policy.UPDATE)
        same_email = "email" in case.leads[case.finds] and "email" in case.sent
        assert found.reason == ("Same email" if same_email else "Same phone")


def test_a_program_that_sends_nothing_to_compare_waits_for_no_one(cast):
    with operation("test", by=None):
        rules = DuplicateRules.get_current()
        rules.own_api = Policy.SKIP
        rules.save()
    with CaptureQueriesContext(connection) as queries:
        assert find_known_record({"city": "Cluj"}, cast.ann, may_update=True) is None
    assert not [query["sql"] for query in queries if "pg_advisory" in query["sql"]]


def test_two_calls_for_one_person_wait_in_the_same_order(db):
    """Otherwise each could wait for the other."""
    locked = []
    for emails, phones in ((("b@a.example", "a@a.example"), ("+402", "+401")), (("a@a.example",), ("+401",))):
        with CaptureQueriesContext(connection) as queries:
            _lock_persons([RecordDetails(emails=emails, phones=phones, domains=(), name="", company="")])
        locked.append(re.findall(r"[ab]@a\.example|\+40\d", queries[0]["sql"]))
    assert locked == [["+401", "+402", "a@a.example", "b@a.example"], ["+401", "a@a.example"]]


def details_of(name: str = "", company: str = "", **values: tuple[str, ...]) -> RecordDetails:
    return RecordDetails(**{"emails": (), "phones": (), "domains": ()} | values, name=name, company=company)


class Keys(NamedTuple):
    """What is known of each new record, and what each is found by; (0, 1) says that the first two may be one. Names count up to 95."""

    details: tuple[RecordDetails, ...]
    keys: tuple[set[Any], ...]
    kind: str = "lead"
    known_from: int = 90


ONE = details_of("ana pop", "omnia", emails=("ana@a.example",), phones=("+401",), domains=("a.example",))
KEYS = {
    "an email and a phone": Keys((ONE,), ({"ana@a.example", "+401"},)),
    "a phone counts too little": Keys((ONE,), ({"ana@a.example"},), known_from=100),
    "a domain counts enough": Keys((ONE,), ({"ana@a.example", "+401", "a.example"},), known_from=80),
    "the name of a contact, in both orders": Keys(
        (details_of("ana pop"),), ({"ana pop", "pop ana"},), "contact",
    ),
    "the name of a contact counts too little": Keys((details_of("ana pop"),), (set(),), "contact", 96),
    "the name of a lead counts only with a similar company": Keys((details_of("ana pop"),), (set(),)),
    "similar names at one company": Keys(
        (details_of("ana pop", "omnia"), details_of("anna pop", "omnia")), ({(0, 1)}, {(0, 1)}),
    ),
    "similar names at one company count too little": Keys(
        (details_of("ana pop", "omnia"), details_of("anna pop", "omnia")), (set(), set()), known_from=96,
    ),
    "similar names without a company": Keys(
        (details_of("ana pop"), details_of("anna pop")), (set(), set()),
    ),
    "the same name without a company": Keys(
        (details_of("ana pop"), details_of("pop ana")), ({(0, 1)}, {(0, 1)}),
    ),
    "similar companies": Keys(
        (details_of(company="omnia trade"), details_of(company="onmia trade")), ({(0, 1)}, {(0, 1)}), "company",
    ),
    "similar companies with another first letter": Keys(
        (details_of(company="omnia trade"), details_of(company="amnia trade")), (set(), set()), "company",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", KEYS.values(), ids=KEYS)
def test_what_new_records_are_found_by(case, ann):
    rules = DuplicateRules(known_from=case.known_from)
    look = PolicyLookup(KINDS[case.kind], ann, rules, Policy.SKIP, case.details)
    assert tuple(look.keys) == case.keys
