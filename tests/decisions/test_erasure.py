"""What an erasure takes from others than the person: from the company that a conversion made of their lead, and from the records and
settings of other people."""

from typing import Any, NamedTuple

import pytest

from crm.models import CustomField, Tag
from crm.records.history.verb_execution import carry_out, operation
from crm.records.history.verbs import Edit
from customers.conversion.conversion_verb import Convert
from customers.models import Company
from leads.models import Lead
from privacy.person import Person
from privacy.person_erasure import erase_person

HOME = {"address": "Strada Lungă 7", "zip": "400001", "city": "Cluj", "state": "CJ"}
EMAIL, PHONE = "zq@quixmail.example", "0722 987 654"


class Place(NamedTuple):
    """What happens around the conversion of a lead at HOME, and what is left of the place of its company."""

    before: str
    after: str
    left: dict[str, str]


NOTHING = dict.fromkeys(HOME, "")
PLACES = {
    "the conversion made the company, so it has the street of the person": Place("", "", NOTHING),
    "the person has moved since, and the lead says the new street": Place("", "the lead moves", NOTHING),
    "someone gave the company a street of its own": Place("", "the company moves", HOME | {"address": "Calea Turzii 1", "city": ""}),
    "the company was there before the lead": Place("the company is known", "", HOME),
    "another lead is at the same street, such as an office": Place("a colleague", "", HOME),
    "the colleague at the same street was erased before": Place("a colleague", "the colleague is erased", NOTHING),
    "the lead was deleted permanently since": Place("", "the lead is deleted", NOTHING),
}  # fmt: skip


@pytest.mark.parametrize("case", PLACES.values(), ids=PLACES)
def test_the_place_of_a_company_after_its_lead_was_erased(case, make_lead, make_company, ann, ada):
    known = make_company("Iron Forge", **HOME) if case.before == "the company is known" else None
    lead = make_lead("Zebulon Quix", email=EMAIL, company="Iron Forge", **HOME)
    other = (
        make_lead("Ana Albu", **HOME | {"address": "strada lunga 7"})
        if case.before == "a colleague"
        else None
    )
    carry_out(Convert(), Lead.objects.filter(pk=lead.pk), by=ann)
    company = Company.objects.get()
    assert known is None or known.pk == company.pk
    happens(case.after, lead, company, other, ada)
    erase_person(Person({"lead": [lead.pk]}), by=ada)
    company.refresh_from_db()
    left = {name: getattr(company, name) for name in HOME}
    assert left == case.left if case.after != "the company moves" else left["address"] == "Calea Turzii 1"


def happens(what: str, lead: Lead, company: Company, other: Lead | None, ada: Any) -> None:
    with operation("test", by=ada):
        if what == "the lead moves":
            Lead.objects.filter(pk=lead.pk).update(address="Elsewhere 9")
        if what == "the company moves":
            Company.objects.filter(pk=company.pk).update(address="Calea Turzii 1")
        if what == "the lead is deleted":
            Lead.objects.filter(pk=lead.pk).delete()
    if what == "the colleague is erased" and other:
        erase_person(Person({"lead": [other.pk]}), by=ada)


class Text(NamedTuple):
    """A text in a record of someone else, and what is left of it. With `everywhere`, full names go too."""

    field: str
    before: str
    left: str
    everywhere: bool = False


TEXTS = {
    "an address in a description": Text("description", f"Friend of {EMAIL}.", "Friend of [erased]."),
    "a number with its country in a description": Text("description", "Call +40 722 987 654", "Call [erased]"),
    "a name in a description": Text("description", "Friend of Zebulon Quix", "Friend of Zebulon Quix"),
    "a name in a description, if names were chosen": Text("description", "Friend of Zebulon Quix", "Friend of [erased]", True),
    "an address in the next action": Text("next_action", f"Ask {EMAIL}", "Ask [erased]"),
    "an address in the company": Text("company", f"c/o {EMAIL}", "c/o [erased]"),
    "a name in the company, which others may have": Text("company", "Zebulon Quix", "Zebulon Quix", True),
    "an address in the city": Text("city", EMAIL, "[erased]"),
    "an address in the website, which is no website without it": Text("website", f"https://x.example/{EMAIL}", ""),
    "a longer address that only ends like it": Text("description", f"not{EMAIL}", f"not{EMAIL}"),
    "their own email, which isn't looked through": Text("email", "ana@x.example", "ana@x.example"),
}  # fmt: skip


@pytest.mark.parametrize("case", TEXTS.values(), ids=TEXTS)
def test_what_is_left_of_a_text_in_the_record_of_someone_else(case, make_lead, ada):
    lead = make_lead("Zebulon Quix", email=EMAIL, phone=PHONE, phone_normal="+40722987654")
    other = make_lead("Ana Albu", **{case.field: case.before})
    erase_person(Person({"lead": [lead.pk]}, everywhere=case.everywhere), by=ada)
    other.refresh_from_db()
    assert getattr(other, case.field) == case.left


class Value(NamedTuple):
    """A custom value of someone else's record, and what is left of it; None: the value goes."""

    type: str
    before: str
    left: str | None
    unique: bool = False


VALUES = {
    "an address in a text": Value("text", f"Ask {EMAIL}", "Ask [erased]"),
    "an address as an email, which is none without it": Value("email", EMAIL, None),
    "an address in a link": Value("url", f"https://x.example/{EMAIL}", None),
    "an address in a unique text, because the rest could be there twice": Value(
        "text", f"Ask {EMAIL}", None, True
    ),
    "another text": Value("text", "Ask Ana", "Ask Ana"),
    "another unique text": Value("text", "Ask Ana", "Ask Ana", True),
}


@pytest.mark.parametrize("case", VALUES.values(), ids=VALUES)
def test_what_is_left_of_a_custom_value_of_someone_else(case, make_lead, make_field, ada):
    lead = make_lead("Zebulon Quix", email=EMAIL)
    other = make_lead("Ana Albu")
    key = make_field("Extra", type=case.type, is_unique=case.unique).name
    carry_out(Edit({key: case.before}), Lead.objects.filter(pk=other.pk), by=ada)
    assert CustomField.objects.filter(is_unique=case.unique).exists()
    erase_person(Person({"lead": [lead.pk]}), by=ada)
    assert Lead.objects.get(pk=other.pk).custom_values.values.get(key) == case.left


def test_two_names_that_must_differ_differ_without_the_address_too(make_lead, ada):
    lead = make_lead("Zebulon Quix", email=EMAIL, phone=PHONE, phone_normal="+40722987654")
    with operation("test", by=ada):
        first, second = Tag.objects.create(name=EMAIL), Tag.objects.create(name=PHONE)
    erase_person(Person({"lead": [lead.pk]}), by=ada)
    assert {tag.pk: tag.name for tag in Tag.objects.all()} == {
        first.pk: f"[erased]-{first.pk}",
        second.pk: f"[erased]-{second.pk}",
    }
