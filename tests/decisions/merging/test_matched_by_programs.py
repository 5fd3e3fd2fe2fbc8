"""Which record a program means by the value of a field, among those that its user sees."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm.api.problems import ApiProblem
from crm.api.v2.batch.record_matching import build_matching, get_match_names, read_unique_value
from crm.fields.custom.values.stored_values import write_values_of_new_records
from crm.records.history.verb_execution import operation
from crm.records.kinds.kind_registry import KINDS
from leads.models import Lead

pytestmark = pytest.mark.django_db

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
    # Without any of these values.
    make_lead("Nameless", owner=ann)
    make_company("Nameless", owner=ann)
    with operation("test", by=None):
        write_values_of_new_records(
            Lead,
            [
                (found["ana"].pk, {external.name: "A 1", size.name: "7.50"}),
                (found["hidden"].pk, {external.name: "H 1"}),
                (found["first"].pk, {external.name: "7"}),
                (found["second"].pk, {external.name: "#7"}),
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
    ("a character that no text has", "lead", "email", "ana@omnia.example\0", "ana"),
    ("a unique custom value", "lead", "external", "a  1", "ana"),
    ("a unique custom value with a number sign", "lead", "external", "#7", "second"),
    ("a unique custom value without one", "lead", "external", "7", "first"),
    ("a unique custom value with a number sign of no record", "lead", "external", "#A 1", ADDED),
    ("a unique custom value of no record", "lead", "external", "A 2", ADDED),
    ("a unique custom value of one out of sight", "lead", "external", "H 1", ADDED),
    ("a unique number", "lead", "size", 7.5, "ana"),
    ("a unique number as a text", "lead", "size", "7.5", 422),
    ("no custom value", "lead", "external", None, 422),
    ("the domain of a company", "company", "domain", "omnia.example", "omnia"),
    ("a domain of no one", "company", "domain", "new.example", ADDED),
    ("no domain", "company", "domain", " ", 422),
    ("its web address", "company", "domain", "https://www.Omnia.example/about", "omnia"),
    ("its other domain", "company", "domain", "omnia.ro", "omnia"),
    ("the domain of one out of sight", "company", "domain", "polar.example", ADDED),
    ("the tax ID of a company", "company", "tax_id", "RO 7", "omnia"),
    ("the tax ID of a company with spaces around it", "company", "tax_id", " RO 7 ", "omnia"),
    ("the tax ID in other letters", "company", "tax_id", "ro 7", ADDED),
    ("no tax ID", "company", "tax_id", "", 422),
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


def test_records_are_matched_by_what_identifies_them_and_by_unique_fields(world, make_field, ann, ada):
    closed = make_field("Closed", is_unique=True, roles=[ada.groups.get().pk])
    assert get_match_names(KINDS["lead"], ann) == ["email", world["external"], world["size"]]
    assert get_match_names(KINDS["lead"], ada) == ["email", world["external"], world["size"], closed.name]
    assert get_match_names(KINDS["company"], ann) == ["domain", "tax_id"]
    assert get_match_names(KINDS["contact"], ann) == ["email"]
    assert get_match_names(KINDS["deal"], ann) == []


# The record type, the field that is asked for, and the beginning of the sentence that refuses it.
REFUSED = {
    "a field that identifies none": ("lead", "city", "Unknown: city."),
    "a second email, which may be shared": ("contact", "second_email", "Unknown: second_email."),
    "a whole name": ("lead", "name", "Unknown: name."),
    "a type without such fields": ("deal", "name", "No field of deals is unique. Send ids."),
}


@pytest.mark.parametrize(("kind", "name", "why"), REFUSED.values(), ids=REFUSED)
def test_by_which_fields_records_arent_matched(kind, name, why, world, ann):
    with pytest.raises(ApiProblem) as refused:
        build_matching(KINDS[kind], name, ann)
    assert (refused.value.status, [*refused.value.errors]) == (422, ["match"])
    if kind == "deal":
        assert str(refused.value.errors["match"][0]) == why


def test_several_values_are_read_and_found_each_for_itself(world, ann):
    matching = build_matching(KINDS["lead"], "email", ann)
    sent = [
        {"email": "TWO@omnia.example"},
        {"email": ""},
        {},
        {"email": "ana@omnia.example"},
        {"email": "x@a.example"},
    ]
    keys = matching.read_keys(sent)
    assert keys == ["two@omnia.example", "", "", "ana@omnia.example", "x@a.example"]
    found = matching.find(keys)
    assert dict(found) == {
        "two@omnia.example": [world["first"], world["second"]],
        "ana@omnia.example": [world["ana"]],
    }
    assert matching.find(["", ""]) == {}
    unique = build_matching(KINDS["lead"], world["external"], ann)
    sent = [{"custom_fields": {world["external"]: value}} for value in ("a 1", "", "H 1", "new")]
    assert unique.read_keys([*sent, {}, {"custom_fields": "x"}]) == ["a 1", "", "h 1", "new", "", ""]
    assert unique.find(["a 1", "h 1", "new"]) == {"a 1": [world["ana"]]}
    companies = build_matching(KINDS["company"], "domain", ann)
    assert companies.find(["omnia.example", "omnia.ro", "polar.example"]) == {
        "omnia.example": [world["omnia"]],
        "omnia.ro": [world["omnia"]],
    }


def test_a_converted_lead_isnt_meant_by_a_unique_value_either(world, ann):
    lead = Lead.objects.get(last_name="Converted")
    with operation("test", by=None):
        write_values_of_new_records(Lead, [(lead.pk, {world["external"]: "C 1"})])
    unique = build_matching(KINDS["lead"], world["external"], ann)
    assert unique.find(["c 1"]) == {}


def test_what_records_are_matched_by_now(world, ann):
    ids = [world["ana"], world["first"]]
    assert build_matching(KINDS["lead"], "email", ann).get_keys_by_record(ids) == {
        world["ana"]: {"ana@omnia.example"},
        world["first"]: {"two@omnia.example"},
    }
    assert build_matching(KINDS["lead"], world["external"], ann).get_keys_by_record(ids) == {
        world["ana"]: {"a 1"},
        world["first"]: {"7"},
    }
    companies = build_matching(KINDS["company"], "domain", ann)
    assert companies.get_keys_by_record([world["omnia"]]) == {world["omnia"]: {"omnia.example", "omnia.ro"}}


def test_what_is_said_of_a_value_that_is_missing_or_several_have(world, ann):
    for name, called in (("email", "email"), (world["external"], f"custom_fields.{world['external']}")):
        matching = build_matching(KINDS["lead"], name, ann)
        with pytest.raises(ApiProblem) as missing:
            matching.choose("", {})
        assert missing.value.errors == {called: [f"Send a value: records are matched by {called}."]}
        with pytest.raises(ApiProblem) as several:
            matching.choose("x", {"x": [7, 8]})
        words = f"2 leads have this {called}. Send the id of the one that you mean."
        assert (several.value.status, several.value.code) == (409, "ambiguous")
        assert several.value.errors == {called: [words]}
        assert matching.choose("x", {"x": [7]}) == 7
        assert matching.choose("x", {"x": []}) is matching.choose("x", {}) is None


# The type of a unique field, what a program sends, and what that is; None for none.
UNIQUE: dict[str, tuple[str, Any, Any]] = {
    "a text": ("text", "A 1", "A 1"),
    "a text with spaces around it": ("text", " A 1 ", "A 1"),
    "a text with a character that no text has": ("text", "A\0 1", "A 1"),
    "a text with a character that can't be stored": ("text", "A\ud800", "A?"),
    "a text with a number sign": ("text", "#7", "#7"),
    "a number for a text": ("text", 7, None),
    "null": ("text", None, None),
    "a number": ("number", 7.5, Decimal("7.5")),
    "a text for a number": ("number", "7.5", None),
    "yes for a number": ("number", True, None),
    "a list": ("text", ["A"], None),
}


@pytest.mark.parametrize(("type", "sent", "value"), UNIQUE.values(), ids=UNIQUE)
def test_which_unique_value_is_sent(type, sent, value, make_field):
    field = make_field("Key", type, is_unique=True, decimals=1)
    assert read_unique_value(field, {"custom_fields": {field.name: sent}}) == value
    assert read_unique_value(field, {"custom_fields": {"c1": sent}}) is None
    assert read_unique_value(field, {field.name: sent}) is None
    assert read_unique_value(field, {"custom_fields": [field.name]}) is None
