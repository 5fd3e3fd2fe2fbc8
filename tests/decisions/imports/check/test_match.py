"""Which existing lead a row means: by its ID, email, phone or a chosen field, among those that the importer may change."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.utils import timezone

from crm.fields.custom.values.field_registry import build_model_field
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from crm.transfer.imports.check.record_matching import Matcher, Recognition
from crm.transfer.imports.check.rules_by_kind import get_rules_class
from crm.transfer.imports.columns.import_options import ImportOptions
from customers.models import Contact
from leads.models import Lead, LeadValues
from tests.decisions.imports.on_paper import custom
from tests.merged import as_merged

pytestmark = pytest.mark.django_db

ANA = {"email": "ana@example.com"}
PHONE = {"phone": "0722 123 456", "phone_normal": "+40722123456"}


@dataclass(frozen=True)
class Case:
    """`leads` are in the order in which they were added, the oldest first. `finds` is the place of one among them."""

    leads: tuple[dict[str, Any], ...]
    row: dict[str, Any]
    finds: int | None = None
    by: str = "email"
    way: str = "id_email_phone"
    key: str = "company"
    several: int = 0


EMAILS = {
    "one lead has the email": Case(({}, ANA, {}), ANA, 1),
    "no lead has the email": Case(({},), ANA),
    "of two leads with the email, the one that was added last": Case((ANA, ANA), ANA, 1),
    "of three leads with the email, the one that was added last": Case((ANA, ANA, ANA), ANA, 2),
    "the one that was added last counts, whenever that was": Case(
        (ANA, ANA | {"created_at": "2001-01-01T10:00Z"}), ANA, 1
    ),
    "even if the other one was changed since": Case((ANA | {"state": "edited"}, ANA), ANA, 1),
    "the last one in reach counts": Case((ANA, ANA | {"where": "Export"}), ANA, 0),
    "the last one outside Trash counts": Case((ANA, ANA | {"state": "Trash"}), ANA, 0),
    "capitals don't matter": Case(({"email": "Ana@Example.com"},), {"email": "aNA@example.COM"}, 0),
    "marks do matter": Case(({"email": "ana@example.com"},), {"email": "aná@example.com"}),
    "a second email isn't the email": Case(({"second_email": "ana@example.com"},), ANA),
    "an empty email means no one": Case(({"email": ""},), {"email": ""}),
    "a missing email means no one": Case(({"email": ""},), {"email": None}),
    "emails aren't looked at": Case((ANA,), ANA, way="id"),
}
REACH = {
    "a lead of the importer's department": Case((ANA,), ANA, 0),
    "a lead of a colleague": Case((ANA | {"owner": "bob"},), ANA, 0),
    "a lead of another department is as if it didn't exist": Case((ANA | {"where": "Export"},), ANA),
    "even if it is shared with all": Case((ANA | {"where": "Export", "shared": True},), ANA),
    "unless it is the importer's own": Case((ANA | {"where": "Export", "owner": "ann"},), ANA, 0),
    "a lead in Trash": Case((ANA | {"state": "Trash"},), ANA),
    "a converted lead": Case((ANA | {"state": "converted"},), ANA, 0),
}
PHONES = {
    "the phone": Case((PHONE,), {"phone": "+40 722-123-456"}, 0, by="phone"),
    "the phone without the code of the department's country": Case(
        (PHONE,), {"phone": "0722123456"}, 0, by="phone"
    ),
    "the mobile of a row without a phone": Case(
        (PHONE,), {"phone": "", "mobile": "0722 123 456"}, 0, by="phone"
    ),
    "the phone of a row comes before its mobile": Case(
        (PHONE,), {"phone": "0722 999 999", "mobile": "0722 123 456"}, by="phone"
    ),
    "the mobile of a lead isn't its phone": Case(
        ({"mobile": "0722 123 456", "mobile_normal": "+40722123456"},), {"phone": "0722 123 456"}, by="phone"
    ),
    "of two leads with the phone, the one that was added last": Case(
        (PHONE, PHONE), {"phone": "0722123456"}, 1, by="phone"
    ),
    "a text that is no phone": Case(({"phone": "ask", "phone_normal": ""},), {"phone": "ask"}, by="phone"),
    "phones aren't looked at": Case((PHONE,), {"phone": "0722123456"}, by="phone", way="id_email"),
}
FIELDS = {
    "one lead has the company": Case(({}, {"company": "Acme"}), {"company": "ACMÉ"}, 1),
    "two leads have the company": Case(({"company": "Acme"}, {"company": "acme"}), {"company": "Acme"}, several=2),
    "three leads have the company": Case(({"company": "Acme"},) * 3, {"company": "Acme"}, several=3),
    "the other one is out of reach": Case(({"company": "Acme"}, {"company": "Acme", "where": "Export"}), {"company": "Acme"}, 0),
    "the other one is in Trash": Case(({"company": "Acme", "state": "Trash"}, {"company": "Acme"}), {"company": "Acme"}, 1),
    "no company": Case(({"company": ""},), {"company": ""}),
    "a first and a last name": Case(({"name": "Ana Pop"},), {"first_name": "ana", "last_name": "POP"}, 0, key="name"),
    "a whole name": Case(({"name": "Ana Pop"},), {"name": "Ana Pop"}, 0, key="name"),
    "a whole name comes before its parts": Case(({"name": "Ana Pop"},), {"name": "Ana Pop", "last_name": "Rus"}, 0, key="name"),
    "a first name only": Case(({"name": "Ana"},), {"first_name": "Ana", "last_name": ""}, 0, key="name"),
    "no company, and one is called None": Case(({"company": "None"},), {"company": None}),
    "a last name only": Case(({"name": "Pop"},), {"last_name": "Pop"}, 0, key="name"),
    "the last name of a longer name": Case(({"name": "Ana Pop"},), {"last_name": "Pop"}, key="name"),
    "a mobile": Case(({"mobile": "0722 123 456", "mobile_normal": "+40722123456"},), {"mobile": "0040722123456"}, 0, key="mobile"),
    "a website": Case(({"website": "https://a.example"},), {"website": "https://a.example"}, 0, key="website"),
    "a second email": Case(({"second_email": "Ana@Example.com"},), {"second_email": "ana@example.com"}, 0, key="second_email"),
    "the field isn't looked at": Case(({"company": "Acme"},), {"company": "Acme"}, way="id_email"),
}  # fmt: skip
CASES = {
    **EMAILS,
    **REACH,
    **PHONES,
    **{f"{name}, as the chosen field": case for name, case in FIELDS.items()},
}


@pytest.fixture
def there(make_lead, cast, departments):
    """Adds the leads of a case and returns their IDs."""

    def added(told: dict[str, Any]) -> int:
        values = {name: value for name, value in told.items() if name not in ("where", "state", "owner")}
        owner = getattr(cast, told["owner"]) if "owner" in told else None
        department = departments.export if told.get("where") == "Export" else departments.sales
        pk = make_lead(**values, owner=owner, department=department).pk
        if (state := told.get("state", "edited")) != "edited":
            in_state(pk, state, departments.sales)
        return pk

    def all_of(leads: Sequence[dict[str, Any]]) -> list[int]:
        ids = [added(told) for told in leads]
        for pk, told in zip(ids, leads, strict=True):
            if told.get("state") == "edited":
                with operation("test", by=None):
                    Lead.objects.filter(pk=pk).update(email=told["email"].upper())
        return ids

    return all_of


def in_state(pk: int, state: str, department: Any) -> None:
    with operation("test", by=None):
        values: dict[str, Any] = {"deleted_at": timezone.now()}
        if state == "converted":
            contact = Contact.objects.create(last_name="Pop", department=department)
            values = {"client_contact": contact}
        Lead.objects.filter(pk=pk).update(**values)


def recognized(
    user: Any, row: dict[str, Any], *, mapped: Sequence[str] = (), new: Sequence[Any] = (), **options: Any
):
    """The keys of a row, and the records that these find."""
    kind = KINDS["lead"]
    rules = get_rules_class(kind)(kind, user)
    recognition = Recognition(rules, ImportOptions(**options))
    keys = recognition.build_keys([row], "RO")
    return keys[0], Matcher(recognition, kind.resource(kind, user), user, mapped, new).find(keys)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_lead_that_a_row_means(case, there, ann):
    ids = there(case.leads)
    of_field = case in FIELDS.values()
    way = "id_field" if of_field and case.way == "id_email_phone" else case.way
    by = "field" if of_field else case.by
    keys, found = recognized(ann, case.row, match=way, key=case.key)
    pk = getattr(found, f"by_{by}").get(getattr(keys, by))
    assert pk == (None if case.finds is None else ids[case.finds])
    # What was found was read too, and nothing else.
    assert list(found.records) == ([] if pk is None else [pk])
    assert found.several.get(getattr(keys, by), 0) == case.several


@dataclass(frozen=True)
class ById:
    """A lead in this state, and the ID of a row."""

    lead: dict[str, Any] = field(default_factory=dict)
    found: bool = True
    way: str = "id_email"


IDS = {
    "a lead": ById(),
    "a lead whose ID isn't looked at": ById(found=False, way="email"),
    "a lead of another department": ById({"where": "Export"}, found=False),
    "a shared lead of another department": ById({"where": "Export", "shared": True}, found=False),
    "the importer's own lead of another department": ById({"where": "Export", "owner": "ann"}),
    "a lead in Trash": ById({"state": "Trash"}, found=False),
    "a converted lead": ById({"state": "converted"}),
}


@pytest.mark.parametrize("case", IDS.values(), ids=IDS)
def test_a_lead_with_the_id_of_a_row(case, there, ann):
    (pk,) = there([case.lead])
    keys, found = recognized(ann, {"id": pk}, match=case.way)
    assert (keys.id, list(found.records)) == (pk if case.way != "email" else None, [pk] if case.found else [])
    assert found.merged == {}


def test_a_lead_that_was_merged_is_named_by_its_survivor(make_lead, ann):
    """Only if the importer may change that one."""
    one, other = make_lead("Ana Albu"), make_lead("Ana Pop")
    as_merged(one, other)
    _keys, found = recognized(ann, {"id": one.pk}, match="id")
    assert (found.merged, list(found.records)) == ({one.pk: other.pk}, [other.pk])
    in_state(other.pk, "Trash", other.department)
    _keys, found = recognized(ann, {"id": one.pk}, match="id")
    assert (found.merged, found.records) == ({}, {})


def test_the_records_of_all_keys_are_read(there, ann):
    by_id, by_email, by_phone, _other = there([{}, ANA, PHONE, {}])
    _keys, found = recognized(ann, {"id": by_id, **ANA, "phone": "0722123456"}, match="id_email_phone")
    assert sorted(found.records) == [by_id, by_email, by_phone]
    record = found.records[by_email]
    assert (record["email"], record["version"], record["tags"]) == ("ana@example.com", 1, [])


@dataclass(frozen=True)
class Unique:
    value: Any
    text: Any
    found: bool = True
    where: str = "Sales"
    type: str = "text"
    chosen: bool = True


UNIQUE = {
    "a text": Unique("A-1", "a-1"),
    "another text": Unique("A-1", "A-2", found=False),
    "a number": Unique("10", 10, type="number"),
    "zero": Unique("0", 0, type="number"),
    "nothing": Unique("A-1", "", found=False),
    "a record out of reach": Unique("A-1", "a-1", found=False, where="Export"),
    "a unique field that wasn't chosen": Unique("A-1", "a-1", found=False, chosen=False),
}


@pytest.mark.parametrize("case", UNIQUE.values(), ids=UNIQUE)
def test_a_lead_that_is_found_by_a_unique_field(case, there, ann, make_field):
    own = make_field("Code", case.type, is_unique=True)
    (pk,) = there([{"where": case.where}])
    with operation("test", by=None):
        LeadValues.objects.update_or_create(record_id=pk, defaults={"values": {own.name: case.value}})
    key = own.name if case.chosen else "company"
    keys, found = recognized(ann, {own.name: case.text}, match="id_field", key=key, mapped=(own.name,))
    assert found.by_field == ({keys.field: pk} if case.found else {})
    if case.found:
        assert str(found.records[pk][own.name]) == case.value
    # The value belongs to a record, even if the importer can't see it.
    assert set(found.held.values()) == (set() if case.text in ("A-2", "") else {pk})


def test_only_the_custom_fields_of_the_file_are_read(there, ann, make_field):
    course, grade = make_field("Course"), make_field("Grade")
    (pk,) = there([{}])
    _keys, found = recognized(ann, {"id": pk}, match="id", mapped=(course.name,))
    assert course.name in found.records[pk]
    assert grade.name not in found.records[pk]


def test_the_fields_that_a_status_requires_are_read_too(there, ann, make_field, make_status):
    """And those that decide whether a lead has them."""
    asked = make_field("Asked", "yes_no")
    course = make_field("Course", shown_if={"field": asked.name, "values": ["yes"]})
    make_status("Trained", required_fields=["company", course.name])
    (pk,) = there([{}])
    _keys, found = recognized(ann, {"id": pk}, match="id")
    assert {course.name, asked.name} <= found.records[pk].keys()


def test_a_lead_has_no_value_yet_in_a_field_that_the_import_will_make(there, ann):
    (pk,) = there([{}])
    new = [
        build_model_field(custom("Course"), "new_3"),
        build_model_field(custom("Credits", "number"), "new_4"),
    ]
    _keys, found = recognized(ann, {"id": pk}, match="id", new=new)
    assert (found.records[pk]["new_3"], found.records[pk]["new_4"]) == ("", None)


WAYS = {
    "none": set(),
    "id": {"id"},
    "email": {"email"},
    "id_email": {"id", "email"},
    "id_email_phone": {"id", "email", "phone"},
    "id_field": {"id", "field"},
    "id_field_email": {"id", "field", "email"},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_row_has_only_the_keys_that_the_user_chose(way, ann):
    row = {"id": 5, "email": "A@Example.com", "phone": "0722 123 456", "company": "Acmé"}
    keys, _found = recognized(ann, row, match=way)
    every = {"id": 5, "email": "a@example.com", "phone": "+40722123456", "field": "acme"}
    told = {name: value for name, value in vars(keys).items() if value}
    assert told == {name: every[name] for name in WAYS[way]}
