"""Which values of unique fields other records have already, and who is told by which record."""

from typing import Any

import pytest
from django.db import connection

from crm.fields.custom.unique.taken_values import (
    KnownKeys,
    build_has_another_condition,
    build_value_taken_condition,
    find_wrong_values,
    get_comparison_keys,
    get_holders_by_field,
    get_holders_by_key,
    get_keys_by_record,
    get_taken_sentences,
    get_taken_sentences_by_record,
    get_trashed_ids_with_repeated_values,
    get_unique_changes,
    get_unique_fields,
    get_unique_fields_named,
    is_unique,
)
from crm.models import CustomField, UniqueValue
from crm.records.history.verb_execution import operation
from customers.models import Company
from customers.models.company import CompanyValues
from leads.models import Lead, LeadValues

pytestmark = pytest.mark.django_db

TRASH = "2026-01-05T00:00Z"


@pytest.fixture
def code(make_field):
    return make_field("Code", is_unique=True)


@pytest.fixture
def tax(make_field):
    return make_field("Tax", "number", decimals=2, is_unique=True)


@pytest.fixture
def give(make_lead):
    """give("Ana Pop", {code: "1"}, owner=bob) is a lead with this code; in Trash with trashed=True."""

    def made(name: str, values: dict[Any, Any], *, trashed: bool = False, **built_in: Any) -> Lead:
        lead = make_lead(name, **built_in)
        with operation("test", by=None):
            if trashed:
                Lead.objects.filter(pk=lead.pk).update(deleted_at=TRASH)
            stored = {field.name: value for field, value in values.items()}
            LeadValues.objects.create(record=lead, values=stored)
        return lead

    return made


@pytest.fixture
def leads(give, code, tax, cast) -> dict[str, Lead]:
    """Bob's Ana has the code 1, Ben's Bea the code b and a number, and a lead in Trash the code 3."""
    return {
        "ana": give("Ana Pop", {code: "1"}, owner=cast.bob),
        "bea": give("Bea Pop", {code: "b", tax: "1.50"}, owner=cast.ben),
        "gone": give("Gone Pop", {code: "3"}, owner=cast.bob, trashed=True),
    }


def test_which_fields_are_unique(make_field, code, tax, ann, ada):
    plain = make_field("Plain")
    closed = make_field("Closed", is_unique=True, roles=[ada.groups.get().pk])
    retired = make_field("Old", is_unique=True, retired=True)
    other = make_field("Other", is_unique=True, of="company")
    names = [field.name for field in (plain, closed, retired, other, code)]
    assert [field.name for field in get_unique_fields("lead", ann)] == [code.name, tax.name]
    assert [field.name for field in get_unique_fields("lead", ada)] == [code.name, tax.name, closed.name]
    found = get_unique_fields_named("lead", [*names, "city"])
    assert [field.name for field in found] == [code.name, closed.name, retired.name]
    assert get_unique_fields_named("lead", []) == []
    assert [is_unique(field) for field in (code, plain, Lead._meta.get_field("city"))] == [True, False, False]
    changes = {
        code.name: "1",
        plain.name: "1",
        other.name: "2",
        tax.name: None,
        "city": "Cluj",
        closed.name: "",
    }
    found = get_unique_changes(changes)
    assert [(field.name, value) for field, value in found] == [(code.name, "1"), (other.name, "2")]


def test_what_values_are_compared_by(code, tax):
    values = ["B", "b ", "", None, "2", "B"]
    assert get_comparison_keys(code, values) == {"B": "b", "b ": "b", "2": "2"}
    assert get_comparison_keys(tax, ["1.50", "x", "2"]) == {"1.50": "1.5", "2": "2"}
    assert get_comparison_keys(code, ["", None]) == {}


def test_which_records_have_which_keys(leads, code, tax):
    ana, bea, gone = (leads[name].pk for name in ("ana", "bea", "gone"))
    assert get_holders_by_key(code, ["1", "3", "1.5", "9"]) == {"1": ana}
    assert get_holders_by_key(code, ["1", "b"]) == {"1": ana, "b": bea}
    assert get_holders_by_key(tax, ["1", "1.5"]) == {"1.5": bea}
    # Of a record in Trash, the key is known too.
    assert get_keys_by_record(code, [ana, gone]) == {ana: "1", gone: "3"}
    assert get_keys_by_record(tax, [ana, bea]) == {bea: "1.5"}


# The values of a lead by field, whose own lead it is, the leads that have them, and whether Bob and Ben are told their names.
TAKEN: dict[str, tuple[dict[str, Any], str, dict[str, str], str]] = {
    "a code of Ana": ({"code": "1"}, "", {"code": "ana"}, "bob"),
    "the code of Bea in other letters": ({"code": " B"}, "", {"code": "bea"}, "ben"),
    "a code of no one": ({"code": "2"}, "", {}, ""),
    "a code of a lead in Trash": ({"code": "3"}, "", {}, ""),
    "a number that is written otherwise": ({"tax": "1.5"}, "", {"tax": "bea"}, "ben"),
    "a value that another field has": ({"tax": "1"}, "", {}, ""),
    "no code": ({"code": ""}, "", {}, ""),
    "nothing for a number": ({"tax": None}, "", {}, ""),
    "a number that is none": ({"tax": "x"}, "", {}, ""),
    "Ana's own code": ({"code": "1"}, "ana", {}, ""),
    "Ana's code for Bea": ({"code": "1"}, "bea", {"code": "ana"}, "bob"),
    "two values, one of which is taken": ({"code": "2", "tax": "1.5"}, "", {"tax": "bea"}, "ben"),
    "two values of two leads": ({"code": "1", "tax": "1.5"}, "", {"code": "ana", "tax": "bea"}, "both"),
    "no unique field": ({"city": "1"}, "", {}, ""),
    "nothing": ({}, "", {}, ""),
}
ANOTHER = "Another record already has this value."


@pytest.mark.parametrize(("values", "own", "holders", "_who"), TAKEN.values(), ids=TAKEN)
def test_which_values_are_taken(values, own, holders, _who, leads, code, tax, cast):
    names = {"code": code.name, "tax": tax.name, "city": "city"}
    values = {names[name]: value for name, value in values.items()}
    pk = leads[own].pk if own else None
    found = get_holders_by_field("lead", values, pk)
    assert found == {names[name]: leads[holder].pk for name, holder in holders.items()}
    for user, seen in ((cast.bob, {"ana"}), (cast.ben, {"bea"}), (cast.ann, {"ana", "bea"})):
        sentences = {
            names[name]: f"{leads[holder]} already has this value." if holder in seen else ANOTHER
            for name, holder in holders.items()
        }
        assert get_taken_sentences(Lead, values, user, pk) == sentences
        # Together with others, each has its own.
        rows = [({code.name: "1"}, None), (values, pk), ({}, None), ({tax.name: "9", "city": "x"}, None)]
        many = get_taken_sentences_by_record(Lead, rows, user)
        assert many[1:] == [sentences, {}, {}]
        assert many[0] == {code.name: f"{leads['ana']} already has this value." if "ana" in seen else ANOTHER}
    known = KnownKeys.from_values("lead", {name: [value, "9"] for name, value in values.items()})
    # Whose own it is, the caller knows.
    taken = holders | ({"code": "ana"} if own == "ana" else {})
    assert {name for name, value in values.items() if known.is_taken(name, value)} == {
        names[one] for one in taken
    }
    condition = {
        field.name: Lead.objects.filter(build_has_another_condition(field, values[field.name]))
        for field in (code, tax)
        if field.name in values
    }
    for field, rows in condition.items():
        one = next((leads[holder].pk for name, holder in taken.items() if names[name] == field), None)
        expected = set() if one is None else {lead.pk for lead in leads.values()} - {one}
        assert set(rows.values_list("pk", flat=True)) == expected


def test_keys_of_many_values(leads, code):
    known = KnownKeys.from_values("lead", {code.name: ["B", "", "7"], "city": ["Cluj"]})
    assert [known.get_key(code.name, value) for value in ("B", "7", "", None, "never asked")] == [
        "b",
        "7",
        "",
        "",
        "",
    ]
    assert known.get_key("city", "Cluj") == ""
    assert [known.is_taken(code.name, value) for value in ("B", "7", "")] == [True, False, False]
    assert not known.is_taken("city", "Cluj")


# The codes of the leads in Trash in the order in which they were added, and whose code another record outside Trash has, and
# who has the same as a newer one of those.
TRASHED: dict[str, tuple[list[str], list[int], list[int]]] = {
    "none": ([], [], []),
    "a code of its own": (["7"], [], []),
    "the code of Ana": (["1"], [0], []),
    "the code of Bea in other letters": (["B"], [0], []),
    "what another field has": (["1.5"], [], []),
    "two with one code": (["7", "7"], [], [0]),
    "three with one code": (["7", "7", "7"], [], [0, 1]),
    "two with the code of Ana": (["1", "1"], [0, 1], [0]),
    "no codes": (["", ""], [], []),
}


@pytest.mark.parametrize(("codes", "taken", "repeated"), TRASHED.values(), ids=TRASHED)
def test_which_leads_in_trash_cant_come_back(codes, taken, repeated, leads, give, code, tax):
    made = [give(f"Lead {one}", {code: one, tax: "7"}, trashed=True).pk for one in codes]
    made_alone = [pk for pk in made if len(made) == 1]
    rows = Lead.objects.filter(build_value_taken_condition("lead"))
    assert sorted(rows.values_list("pk", flat=True)) == [made[place] for place in taken]
    UniqueValue.objects.filter(field=tax.definition.pk, record__in=made).delete()
    found = get_trashed_ids_with_repeated_values("lead", [*made, leads["ana"].pk])
    assert sorted(found) == [made[place] for place in repeated]
    assert get_trashed_ids_with_repeated_values("lead", made[:1]) == []
    assert get_trashed_ids_with_repeated_values("company", made) == []
    assert made_alone in ([], made)


def test_a_field_that_isnt_unique_any_more_keeps_no_lead_in_trash(leads, give, code, tax):
    gone = [give("Ana Pop", {code: "1"}, trashed=True).pk for _number in range(2)]
    with operation("test", by=None):
        CustomField.objects.filter(pk=code.definition.pk).update(is_unique=False)
    assert not Lead.objects.filter(build_value_taken_condition("lead"), pk__in=gone).exists()
    assert get_trashed_ids_with_repeated_values("lead", gone) == []


def test_a_company_with_the_number_of_a_lead_in_trash_says_nothing_about_it(
    leads, make_field, make_company, code
):
    field = make_field("Registration", is_unique=True, of="company")
    for pk, deleted in ((leads["gone"].pk, TRASH), (leads["gone"].pk + 1, None)):
        company = make_company(pk=pk, deleted_at=deleted)
        with operation("test", by=None):
            CompanyValues.objects.create(record=company, values={field.name: "7"})
    assert not Lead.objects.filter(build_value_taken_condition("lead")).exists()
    rows = Company.objects.filter(build_value_taken_condition("company"))
    assert [row.pk for row in rows] == [leads["gone"].pk]


def test_wrong_values_are_found_in_both_directions(leads, code, tax):
    assert find_wrong_values() == []
    ana, bea, gone = (leads[name].pk for name in ("ana", "bea", "gone"))
    field, number = code.definition.pk, tax.definition.pk
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM crm_uniquevalue WHERE record = %s", [ana])
        cursor.execute(
            "UPDATE crm_uniquevalue SET value = '9' WHERE record = %s AND field = %s", [bea, number]
        )
        cursor.execute("UPDATE crm_uniquevalue SET present = true WHERE record = %s", [gone])
        cursor.execute(
            "INSERT INTO crm_uniquevalue (field, record, value, present) VALUES (%s, 999999999, 'x', false)",
            [field],
        )
    assert find_wrong_values() == [
        (field, ana, None, "1"),
        (field, gone, "3", "3 (Trash)"),
        (field, 999999999, "x (Trash)", None),
        (number, bea, "9", "1.5"),
    ]
