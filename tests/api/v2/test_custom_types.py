"""API v2, custom fields: a value of each type, and values of other types."""

from decimal import Decimal

import pytest

from crm.models import Operation
from leads.models import Lead, LeadValues
from tests.api.v2.test_lists_and_changes import LEADS, named
from tests.examples import one_in

# A type, a value as a program sends it, and as it is stored.
VALUES = [
    ("text", "Maths", "Maths"),
    ("long_text", "two\nlines", "two\nlines"),
    ("number", 1250, "1250"),
    ("number", 12.5, "12.5"),
    ("number", 1e-2, "0.01"),
    ("number", 12345678901234567, "12345678901234567"),
    ("money", 99.5, "99.50"),
    ("date", "2026-05-31", "2026-05-31"),
    ("moment", "2026-05-31T08:38:04Z", "2026-05-31T08:38:04+00:00"),
    ("yes_no", False, False),
    ("yes_no", True, True),
    ("choice", "o2", "o2"),
    ("choices", ["o1", "o2"], ["o1", "o2"]),
    ("rating", 4, 4),
    ("email", "ana@example.com", "ana@example.com"),
    ("phone", "0722 123 456", "0722 123 456"),
    ("url", "https://example.com/a", "https://example.com/a"),
]
# A type, and a value that it doesn't take.
WRONG = [
    ("text", 12),
    ("text", ["Maths"]),
    ("text", {"a": 1}),
    ("text", "two\nlines"),
    ("text", "a\0b"),
    ("text", "\ud800"),
    ("text", "x" * 501),
    ("number", "12"),
    ("number", True),
    ("number", [1]),
    ("number", 12.3456789),
    ("number", 10**30),
    ("money", "much"),
    ("date", "31/05/2026"),
    ("date", "2026-02-30"),
    ("date", "0001-01-01"),
    ("date", 20260531),
    ("moment", "2026-05-31T08:38:04"),
    ("moment", "0001-01-01T00:00:00+14:00"),
    ("moment", "2026-05-31"),
    ("yes_no", "yes"),
    ("yes_no", 1),
    ("choice", "Maths"),
    ("choice", "o9"),
    ("choice", ["o1"]),
    ("choices", "o1"),
    ("choices", ["o9"]),
    ("choices", [1]),
    ("choices", [["o1"]]),
    ("rating", 6),
    ("rating", 0),
    ("rating", 1.5),
    ("email", "nobody"),
    ("url", "not an address"),
    ("user", "1"),
    ("user", 999_999),
    ("user", True),
]


@pytest.fixture
def lead(make_lead, ann):
    return make_lead("Eva Berg", owner=ann)


@pytest.fixture
def make(make_field):
    """make("number"): a custom field of this type."""
    return lambda type, **values: make_field(
        "Extra",
        type,
        choices=["Maths", "Music"] if "choice" in type else (),
        decimals=2 if type == "number" else 0,
        **values,
    )


@pytest.mark.parametrize(("type", "value", "stored"), one_in(3, VALUES))
def test_a_value_of_each_type_is_added_changed_and_read(program, lead, make, type, value, stored):
    field = make(type)
    sent = {"custom_fields": {field.name: value}}
    pk = program.post(LEADS, {"last_name": "Novák", **sent}, expect=201)["id"]
    program.patch(f"{LEADS}/{lead.pk}", sent)
    for number in (pk, lead.pk):
        shown = program.get(f"{LEADS}/{number}")["custom_fields"]
        assert shown == {field.name: value}
        assert type_of(shown[field.name]) is type_of(value)
        assert as_written(LeadValues.objects.get(record=number).values[field.name]) == as_written(stored)
    assert [row["custom_fields"] for row in program.get(LEADS)["leads"]] == [{field.name: value}] * 2
    program.patch(f"{LEADS}/{lead.pk}", {"custom_fields": {field.name: None}})
    assert program.get(f"{LEADS}/{lead.pk}")["custom_fields"] == {}


def type_of(value):
    """Whole numbers and others are the same type in JSON."""
    return float if isinstance(value, int | float) and not isinstance(value, bool) else type(value)


def as_written(value):
    """An amount compares without its trailing zeros."""
    if isinstance(value, str) and value.replace(".", "").isdecimal():
        return Decimal(value).normalize()
    return value


@pytest.mark.parametrize(("type", "value"), one_in(3, WRONG))
def test_a_value_of_another_type_is_rejected_under_its_key(program, lead, make, type, value):
    name = make(type).name
    sent, before = {"custom_fields": {name: value}}, Operation.objects.count()
    for problem in (
        program.patch(f"{LEADS}/{lead.pk}", {**sent, "city": "Vienna"}, expect=422),
        program.post(LEADS, {**sent, "last_name": "Novák"}, expect=422),
    ):
        assert named(problem) == [f"custom_fields.{name}"]
        assert problem["errors"][0]["detail"].endswith(".")
    assert (Operation.objects.count(), Lead.objects.get().city) == (before, "")
