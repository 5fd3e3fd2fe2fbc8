"""Which names, and which records, are alike enough to be the same."""

from typing import Any, NamedTuple

import pytest

from duplicates.existing_record_policies import _are_colleagues
from duplicates.models import DuplicateRules
from duplicates.models.likeness import Reason
from duplicates.record_details import RecordDetails
from duplicates.similar_records import score_similarity
from duplicates.similarity import ComparedName, get_name_essence, get_similar_ones, measure_similarity

ESSENCES = {
    "the order of words doesn't matter": ("trade omnia", "omnia trade"),
    "legal forms don't matter": ("sc omnia trade s.r.l.", "omnia trade"),
    "dots within a word don't matter": ("a.b.c. trade", "abc trade"),
    "a name of legal forms only is kept": ("the company", "company the"),
    "other signs part words": ("omnia-trade & co", "omnia trade"),
    "numbers are words": ("garage 51", "51 garage"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("key", "words"), ESSENCES.values(), ids=ESSENCES.keys())
def test_the_essence_of_a_name(key, words):
    assert get_name_essence(key) == words


LEAST = 85
SIMILARITIES = {
    "the same": ("ana pop", "ana pop", True),
    "one letter": ("ana pop", "ana popa", True),
    "a quarter of the letters": ("ana pop", "ana rus", False),
    "something else": ("ana pop", "dan ene", False),
    "a different number": ("garage 51 north", "garage 52 north", False),
    "a number more": ("garage north side", "garage north side 2", False),
    "the same numbers": ("garage 51 north", "garage 51 norte", True),
    "the same numbers in another order": ("12 garage north 34", "34 garage north 12", False),
    "two empty names": ("", "", True),
}


@pytest.mark.parametrize(("one", "other", "alike"), SIMILARITIES.values(), ids=SIMILARITIES.keys())
def test_whether_two_names_are_similar(one, other, alike):
    for pair in ((one, other), (other, one)):
        found = measure_similarity(*pair, LEAST)
        assert (found >= LEAST) is alike
        assert (found == 100) is (one == other)


class Both(NamedTuple):
    """The name and company of another record beside Ana Pop's of Omnia Trade."""

    name: str
    company: str
    alike: bool


BOTH = {
    "the same": Both("ana pop", "omnia trade", True),
    "a similar name": Both("ana popa", "omnia trade", True),
    "a similar company": Both("ana pop", "omnia trades", True),
    "both similar": Both("ana popa", "omnia trades", True),
    "another name": Both("dan ene", "omnia trade", False),
    "another company": Both("ana pop", "vega motors", False),
    "both different": Both("dan ene", "vega motors", False),
    "no company": Both("ana pop", "", False),
}


@pytest.mark.parametrize("case", BOTH.values(), ids=BOTH.keys())
@pytest.mark.parametrize("by_name", [True, False], ids=["names first", "companies first"])
def test_whether_two_people_are_similar(case, by_name):
    one, other = (
        ComparedName.from_keys(1, "ana pop", "omnia trade"),
        ComparedName.from_keys(2, case.name, case.company),
    )
    found = get_similar_ones(one, [ComparedName.from_keys(3, "x y", "z"), other], LEAST, by_name=by_name)
    assert [known for known, _score in found] == ([other] if case.alike else [])
    if case.alike:
        parts = (
            measure_similarity(one.name, other.name, 0),
            measure_similarity(one.company, other.company, 0),
        )
        assert found[0][1] == int(min(parts))


def test_as_similar_as_asked_for_is_similar_enough():
    one, other = (
        ComparedName.from_keys(1, "ana pop", "omnia trade"),
        ComparedName.from_keys(2, "pop ana", "omnia trade srl"),
    )
    assert get_similar_ones(one, [other], 100, by_name=True) == [(other, 100)]


class Judged(NamedTuple):
    """What someone typed beside Ana Pop of Omnia Trade, who has the email ana@a.example, the second email info@a.example, and
    the phone +401. The score and the reasons; None if nothing is alike."""

    asked: dict[str, Any]
    score: int | None = None
    reasons: tuple[Reason, ...] = ()
    lead: dict[str, str] = {}


EMAIL, PHONE, SAME, SIMILAR = Reason.EMAIL, Reason.PHONE, Reason.SAME_NAME, Reason.SIMILAR
OMNIA = {"company": "omnia trade"}
JUDGED = {
    "the email": Judged({"emails": ("ana@a.example",)}, 100, (EMAIL,)),
    "one of two emails": Judged({"emails": ("x@b.example", "ana@a.example")}, 100, (EMAIL,)),
    "another email": Judged({"emails": ("x@b.example",)}),
    "the address of a role as the second email says nothing": Judged({"emails": ("info@a.example",)}),
    "the second email of a person": Judged(
        {"emails": ("a.pop@a.example",)}, 100, (EMAIL,), {"second_email_key": "a.pop@a.example"}
    ),
    "the phone": Judged({"phones": ("+401",)}, 90, (PHONE,)),
    "the phone as a mobile": Judged({"phones": ("+402",)}, 90, (PHONE,), {"mobile_normal": "+402"}),
    "another phone": Judged({"phones": ("+403",)}),
    "no phone on either side": Judged({"name": "dan ene"}, lead={"phone_normal": "", "mobile_normal": ""}),
    "the phone and the email": Judged(
        {"phones": ("+401",), "emails": ("ana@a.example",)}, 100, (EMAIL, PHONE)
    ),
    "the same name and company": Judged({"name": "ana pop"} | OMNIA, 95, (SAME,)),
    "the name in another order": Judged({"name": "pop ana"} | OMNIA, 95, (SAME,)),
    "the name without the company": Judged({"name": "ana pop"}),
    "the name at another company": Judged({"name": "ana pop", "company": "vega motors"}),
    "another name at the company is a colleague": Judged({"name": "dan ene"} | OMNIA, 0, ()),
    "the company alone": Judged(OMNIA, 0, ()),
    "the company alone, of a lead without a name": Judged(
        OMNIA, 95, (SAME,), {"first_name": "", "last_name": "", "name_key": "omnia trade"}
    ),
    "a similar name and the company": Judged({"name": "ana popa"} | OMNIA, 93, (SIMILAR,)),
    "the phone and the same name": Judged({"phones": ("+401",), "name": "ana pop"} | OMNIA, 95, (PHONE, SAME)),
}  # fmt: skip
LEAD = {
    "first_name": "Ana", "last_name": "Pop", "name_key": "ana pop", "company_key": "omnia trade",
    "email_key": "ana@a.example", "second_email_key": "info@a.example", "phone_normal": "+401", "mobile_normal": "",
}  # fmt: skip


def typed(**values: Any) -> RecordDetails:
    return RecordDetails(**{"emails": (), "phones": (), "domains": (), "name": "", "company": ""} | values)


@pytest.mark.parametrize("case", JUDGED.values(), ids=JUDGED.keys())
def test_why_a_lead_may_be_the_same(case):
    found = score_similarity(typed(**case.asked), LEAD | case.lead, "lead", DuplicateRules())
    assert found == (None if case.score is None else (case.score, case.reasons))


COMPANIES = {
    "a domain": Judged({"domains": ("omnia.example",)}, 80, (Reason.DOMAIN,)),
    "one of several domains": Judged({"domains": ("x.example", "omnia.ro")}, 80, (Reason.DOMAIN,)),
    "another domain": Judged({"domains": ("x.example",)}),
    "the name": Judged(OMNIA, 95, (SAME,)),
    "the name in another legal form": Judged({"company": "omnia trade srl"}, 95, (SAME,)),
    "the name and a domain": Judged(OMNIA | {"domains": ("omnia.ro",)}, 95, (Reason.DOMAIN, SAME)),
}


@pytest.mark.parametrize("case", COMPANIES.values(), ids=COMPANIES.keys())
def test_why_a_company_may_be_the_same(case):
    row = {"name_key": "omnia trade", "domains": ["omnia.example", "omnia.ro"], "phone_normal": ""}
    found = score_similarity(typed(**case.asked), row, "company", DuplicateRules())
    assert found == (None if case.score is None else (case.score, case.reasons))


COLLEAGUES = {
    "the phone and different emails": (("x@b.example",), "ana@a.example", (PHONE,), True),
    "the phone, and no email was typed": ((), "ana@a.example", (PHONE,), False),
    "the phone, and the lead has no email": (("x@b.example",), "", (PHONE,), False),
    "the phone and the name": (("x@b.example",), "ana@a.example", (PHONE, SAME), False),
    "the email": (("ana@a.example",), "ana@a.example", (EMAIL,), False),
}


@pytest.mark.parametrize(("emails", "own", "why", "are"), COLLEAGUES.values(), ids=COLLEAGUES.keys())
def test_people_who_share_the_phone_of_their_office(emails, own, why, are):
    assert _are_colleagues(typed(emails=emails), {"email_key": own, "second_email_key": None}, why) is are
