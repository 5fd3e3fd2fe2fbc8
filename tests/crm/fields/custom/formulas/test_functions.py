"""Formulas: each function against Python's own arithmetic, missing values, division by zero, and bounds."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal

import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crm.fields.custom.values.field_registry import get_custom_field
from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.models import CustomField
from crm.records.history.verb_execution import carry_out, operation
from leads.models import Lead
from leads.verbs import Edit


def value_of(field, lead):
    return (
        annotate_custom_values(Lead.objects.filter(pk=lead.pk), [field.name])
        .values_list(field.name, flat=True)
        .get()
    )


@pytest.fixture
def calculate(make_field, make_lead):
    """calculate("{c1} + 1", lead) is the value of a stored formula for a lead."""
    field = make_field("Calculated", "formula", formula="1")

    def value(text: str, lead=None):
        with operation("test", by=None):
            CustomField.objects.filter(pk=field.definition.pk).update(formula=text)
        found = get_custom_field("lead", field.name)
        assert found.formula.problem == ""
        return value_of(found, lead or make_lead())

    return value


def fill(lead, by, **values):
    carry_out(Edit(values), Lead.objects.filter(pk=lead.pk), by=by)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) × 3", 9),
        ("10 − 4 − 3", 3),
        ("7 / 2", Decimal("3.5")),
        ("7 ÷ 2 ÷ 2", Decimal("1.75")),
        ("-3 * -2", 6),
        ("- (2 + 1)", -3),
        ("2 / 3", Decimal("0.666667")),
        ("round(2 / 3, 2)", Decimal("0.67")),
        ("round(2.5)", 3),
        ("round(-2.5)", -3),
        ("round(1234.5678, 1)", Decimal("1234.6")),
        ("0.1 + 0.2", Decimal("0.3")),
        ("1 / 0", None),
        ("5 / (3 - 3) + 1", None),
        ("1 = 1.0", True),
        ("1 != 1", False),
        ("2 <= 2 and not 3 < 2", True),
        ("yes and no or yes", True),
        ("not yes or yes", True),
        ('"Iași" = "iasi"', True),
        ('"a" != "b"', True),
        ('if(1 > 2, "more", "less")', "less"),
        ("if(1 > 2, 5)", None),
        ('if(2 > 1, 5, "")', 5),
        ("if(1 / 0 > 2, 5, 6)", None),
        ('concat("a", 1.50, yes, "")', "a1.5yes"),
        ('"a" & "b" & 3', "ab3"),
        ('concat("a", 1 / 0, "b")', "ab"),
        ('"it\'s" & \'a "b"\' & "c""d"', 'it\'sa "b"c"d'),
        ("“one” & „two”", "onetwo"),
        ('days("2026-03-01", "2026-02-01")', 28),
        ('days("2024-03-01", "2024-02-01")', 29),
        ('"2026-03-01" > if(yes, today(), today())', False),
        ('empty("")', True),
        ("empty(1 / 0)", True),
        ("empty(3)", False),
        ("999999999999999 * 2", None),
        ("999999999999999 * 1", 999999999999999),
        ("-999999999999999 - 1", None),
    ],
)
def test_a_formula_is_computed_as_in_arithmetic(calculate, text, expected):
    assert calculate(text) == expected


NUMBERS = st.decimals(min_value=-10_000, max_value=10_000, places=2)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(first=NUMBERS, second=NUMBERS)
def test_numbers_are_computed_like_python_computes_decimals(calculate, ada, make_lead, first, second):
    if not hasattr(calculate, "lead"):
        calculate.lead = make_lead()

    def shown(number: Decimal) -> str:
        return f"({number:f})"

    a, b = shown(first), shown(second)
    assert calculate(f"{a} + {b}", calculate.lead) == first + second
    assert calculate(f"{a} - {b}", calculate.lead) == first - second
    assert calculate(f"{a} * {b}", calculate.lead) == first * second
    assert calculate(f"{a} > {b}", calculate.lead) is (first > second)
    quotient = None
    if second:
        quotient = (first / second).quantize(Decimal("0.000001"), rounding=ROUND_HALF_UP)
    assert calculate(f"{a} / {b}", calculate.lead) == quotient
    rounded = first.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    assert calculate(f"round({a}, 1)", calculate.lead) == rounded


def test_custom_fields_of_each_type_are_values_in_a_formula(ada, make_field, make_lead, calculate):
    number = make_field("Hours", "number", decimals=2)
    price = make_field("Price", "money", unit="EUR")
    start, end = make_field("Start", "date"), make_field("End", "moment")
    ready, level = make_field("Ready", "yes_no"), make_field("Level", "choice", choices=["Gold", "Silver"])
    topics, stars = make_field("Topics", "choices", choices=["Maths", "Music"]), make_field("Stars", "rating")
    note = make_field("Note", "long_text")
    lead = make_lead("Ana Pop", city="Cluj")
    fill(
        lead,
        ada,
        **{
            number.name: Decimal("2.5"),
            price.name: Decimal("100.00"),
            start.name: date(2026, 1, 1),
            end.name: datetime(2026, 1, 31, 23, 30, tzinfo=UTC),
            ready.name: True,
            level.name: "o2",
            topics.name: ["o1", "o2"],
            stars.name: 4,
            note.name: "x" * 900,
        },
    )
    assert calculate(f"{{{number.name}}} * {{{price.name}}}", lead) == 250
    for zone, days in (("UTC", 30), ("Europe/Bucharest", 31)):
        with timezone.override(zone):
            assert calculate(f"days({{{end.name}}}, {{{start.name}}})", lead) == days
    assert calculate(f"{{{ready.name}}} and {{{stars.name}}} >= 4", lead) is True
    assert calculate(f'{{{level.name}}} = @"o2"', lead) is True
    assert calculate(f'concat({{{level.name}}}, ": ", {{{topics.name}}})', lead) == "Silver: Maths, Music"
    assert calculate(f"{{{note.name}}} & {{{note.name}}}", lead) == "x" * 500
    assert calculate('{city} = "CLUJ"', lead) is True
    empty = make_lead("No Values")
    for text in (f"{{{number.name}}} + 1", f"days({{{end.name}}}, today())", f"{{{ready.name}}} = yes"):
        assert calculate(text, empty) is None
    assert (
        calculate(f'concat("<", {{{level.name}}}, {{{number.name}}}, {{{topics.name}}}, ">")', empty) == "<>"
    )
    assert calculate(f'{{{level.name}}} = @"o2"', empty) is False
    assert calculate(f"empty({{{level.name}}}) and empty({{{number.name}}})", empty) is True


def test_built_in_fields_are_values_in_a_formula(ada, make_lead, calculate, statuses, departments):
    lead = make_lead(
        "Ana Pop", value=Decimal("1000.50"), currency="EUR", country="RO", status="contacted", vip=True,
        next_action_on=date(2026, 5, 31),
    )  # fmt: skip
    assert calculate("{value} * 0.2", lead) == Decimal("200.10")
    assert calculate("concat({country}, {status}, {department})", lead) == "RomaniaContactedSales"
    with translation.override("ro"):
        assert calculate("concat({country}, {vip})", lead) == "Româniada"
    assert calculate(f'{{status}} = @"{statuses.contacted.pk}"', lead) is True
    assert calculate(f'{{lost_reason}} = @"{statuses.contacted.pk}"', lead) is False
    assert calculate('not ({country} = @"RO")', lead) is False
    assert calculate('days({next_action_on}, "2026-05-01")', lead) == 30
    assert calculate("days(today(), {created_at})", lead) == 0
    assert calculate("if({vip}, {first_name}, {last_name})", lead) == "Ana"


def test_an_amount_without_an_exchange_rate_is_empty(make_lead, calculate):
    lead = make_lead(value=Decimal(100), currency="XYZ")
    assert calculate("{value} + 1", lead) is None


def test_a_formula_uses_the_value_of_another_formula_as_it_is_shown(make_field, make_lead, calculate):
    third = make_field("Third", "formula", formula="round(1 / 3, 2)")
    assert calculate(f"{{{third.name}}} * 3") == Decimal("0.99")


def test_huge_intermediate_numbers_are_no_error(calculate):
    product = " * ".join(["999999999999999"] * 24)
    assert calculate(product) is None
    assert calculate(f"1 / ({product})") == 0
    assert calculate(f"({product}) / ({product})") == 1


def test_formulas_that_use_each_other_are_bounded_and_empty(make_field, make_lead):
    previous = make_field("F0", "formula", formula="1")
    for place in range(1, 30):
        previous = make_field(f"F{place}", "formula", formula=f"{{{previous.name}}} + {{{previous.name}}}")
    found = get_custom_field("lead", previous.name)
    assert found.formula.problem
    assert value_of(found, make_lead()) == ""


def test_a_loop_of_formulas_is_empty_and_no_error(make_field, make_lead):
    first = make_field("First", "formula", formula="1")
    second = make_field("Second", "formula", formula=f"{{{first.name}}} + 1")
    with operation("test", by=None):
        CustomField.objects.filter(pk=first.definition.pk).update(formula=f"{{{second.name}}} + 1")
    for field in (first, second):
        found = get_custom_field("lead", field.name)
        assert found.formula.problem
        assert value_of(found, make_lead()) == ""
