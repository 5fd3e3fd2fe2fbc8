"""What a formula results in: the type, the currency and the decimals, by those of its parts; and what of them don't fit together."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from crm.fields.custom.formulas.available_fields import (
    FormulaSource,
    build_custom_source,
    get_built_in_sources,
)
from crm.fields.custom.formulas.syntax_tree import DATE, NUMBER, TEXT, YES_NO, FormulaError, FormulaResult
from crm.fields.custom.formulas.type_checker import check_formula
from crm.fields.custom.values.stored_values import attach_stored_values
from crm.records.history.verb_execution import carry_out
from crm.records.kinds.kind_registry import KINDS as RECORD_TYPES
from leads.models import Lead
from leads.verbs import Edit
from tests.decisions.imports.on_paper import custom


def money(unit: str) -> FormulaResult:
    return FormulaResult("money", unit, 2)


def places(number: int) -> FormulaResult:
    return FormulaResult("number", places=number)


FIELDS = {
    "eur": money("EUR"), "ron": money("RON"), "any": money(""), "count": NUMBER, "weight": places(3), "day": DATE,
    "city": TEXT, "vip": YES_NO,
}  # fmt: skip


def result_of(text: str) -> FormulaResult:
    def source(name: str, _at: Any) -> FormulaSource:
        return FormulaSource(name, lambda: [name], FIELDS[name], lambda place: ("", []))

    return check_formula(text, source).result


RESULTS = {
    "a whole number": ("12", NUMBER),
    "a number with decimals": ("1.25", places(2)),
    "a sum": ("{count} + {weight}", places(3)),
    "a difference": ("{weight} - {count}", places(3)),
    "a product has the decimals of both": ("{weight} * 1.25", places(5)),
    "a product has at most six": ("{weight} * {weight} * 1.5", places(6)),
    "a quotient": ("{count} / {count}", places(6)),
    "the opposite": ("-{weight}", places(3)),
    "the opposite of an amount": ("-{eur}", money("EUR")),
    "two amounts": ("{eur} + {eur}", money("EUR")),
    "an amount and a number": ("{eur} - 1.125", money("EUR")),
    "a number and an amount": ("1.125 + {eur}", money("EUR")),
    "an amount of unknown currency and another": ("{any} + {eur}", money("EUR")),
    "a part of an amount": ("{eur} * 0.125", money("EUR")),
    "a multiple of an amount": ("{weight} * {eur}", money("EUR")),
    "an amount times an amount is none": ("{eur} * {eur}", places(4)),
    "amounts of two currencies can be multiplied": ("{eur} * {ron}", places(4)),
    "an amount for each": ("{eur} / {count}", money("EUR")),
    "an amount of another one is a share": ("{eur} / {eur}", places(6)),
    "how many for an amount": ("{count} / {eur}", places(6)),
    "rounded": ("round({weight})", NUMBER),
    "rounded to no decimals": ("round({weight}, 0)", NUMBER),
    "rounded to two": ("round({weight}, 2)", places(2)),
    "rounded to six": ("round({weight}, 6)", places(6)),
    "a rounded amount": ("round({eur}, 0)", money("EUR")),
    "days": ("days({day}, today())", NUMBER),
    "days since a typed day": ('days({day}, "2026-05-31")', NUMBER),
    "a text": ('{city} & "x"', TEXT),
    "a condition": ("{count} > 1 and not {vip}", YES_NO),
    "empty or not": ("empty({count})", YES_NO),
    "amounts that are compared": ("{eur} > 5", YES_NO),
    "one of two numbers": ("if({vip}, 1.5, {weight})", places(3)),
    "one of two numbers, the other way round": ("if({vip}, {weight}, 1.5)", places(3)),
    "an amount or a number": ("if({vip}, 1.5, {eur})", money("EUR")),
    "an amount or nothing": ('if({vip}, {eur}, "")', money("EUR")),
    "a day or nothing": ("if({vip}, {day})", DATE),
    "a text or nothing": ('if({vip}, "a")', TEXT),
    "nothing at all": ('if({vip}, "", "")', TEXT),
    "yes or no": ("if({vip}, yes, no)", YES_NO),
}  # fmt: skip


@pytest.mark.parametrize(("text", "result"), RESULTS.values(), ids=RESULTS)
def test_what_a_formula_results_in(text, result):
    assert result_of(text) == result


CURRENCIES = "One amount is in EUR, the other in RON. A formula can’t convert currencies."
DECIMALS = "Round to 0 to 6 places, such as round({Budget}, 2)."
WRONG = {
    "amounts of two currencies": ("{eur} + {ron}", 1, CURRENCIES),
    "a difference of them": ("{eur} - {ron}", 1, CURRENCIES),
    "one for each of the other": ("{eur} / {ron}", 1, CURRENCIES),
    "one or the other": ("if({vip}, {eur}, {ron})", 1, CURRENCIES),
    "compared": ("{eur} < {ron}", 1, CURRENCIES),
    "compared whether they are equal": ("{eur} = {ron}", 1, CURRENCIES),
    "rounded to seven decimals": ("round({weight}, 7)", 17, DECIMALS),
    "rounded to half a decimal": ("round({weight}, 0.5)", 17, DECIMALS),
    "rounded to as many decimals as a field says": ("round({weight}, {count})", 17, DECIMALS),
    "rounded to a text": ('round({weight}, "2")', 17, DECIMALS),
    "rounded to fewer than none": ("round({weight}, -1)", 17, DECIMALS),
    "a rounded text": (
        "round({city})", 7, "This must be a number, but it is a text. To join texts: concat(…).",
    ),
    "a date in a sum": (
        "1 + {day}", 5,
        "A date can’t be part of a calculation. For the days between two dates: days(later, earlier).",
    ),
    "yes or no in a sum": ("1 + {vip}", 5, "This must be a number, but it is yes or no."),
    "a number as a condition": ("if({count}, 1, 2)", 4, "This must be yes or no, but it is a number."),
    "a typed day as a condition": (
        'if("2026-05-31", 1, 2)', 4, "This must be yes or no, but it is a text.",
    ),
    "a text as a day": ('days({day}, "soon")', 13, "This must be a date, but it is a text."),
    "a number or a text": (
        'if({vip}, 1, "a")', 11, "Both values of “if” must have the same type, but one is a number and the other a text.",
    ),
    "a number compared with a text": (
        '{count} = "1"', 1, "Compare values of the same type: one is a number and the other a text.",
    ),
    "texts in an order": ('{city} < "a"', 1, "Only numbers and dates can be compared with “<”. Use = or !=."),
    "yes and no in an order": ("{vip} > no", 1, "Only numbers and dates can be compared with “>”. Use = or !=."),
}  # fmt: skip


@pytest.mark.parametrize(("text", "at", "sentence"), WRONG.values(), ids=WRONG)
def test_what_does_not_fit_together(text, at, sentence):
    with pytest.raises(FormulaError) as error:
        result_of(text)
    assert str(error.value) == f"At character {at}: {sentence}"


# The values of a custom field, by its type, as formulas have them.
TYPES: dict[str, tuple[dict[str, Any], FormulaResult | None]] = {
    "text": ({}, TEXT),
    "long_text": ({}, TEXT),
    "email": ({}, TEXT),
    "phone": ({}, TEXT),
    "url": ({}, TEXT),
    "number": ({"decimals": 3}, places(3)),
    "money": ({"unit": "RON"}, money("RON")),
    "rating": ({}, NUMBER),
    "date": ({}, DATE),
    "moment": ({}, DATE),
    "yes_no": ({}, YES_NO),
    "choice": ({}, TEXT),
    "choices": ({}, TEXT),
    "user": ({}, None),
    "link": ({}, None),
    "file": ({}, None),
}


@pytest.mark.parametrize("type", TYPES)
def test_what_a_formula_knows_of_a_custom_field(type):
    values, result = TYPES[type]
    source = build_custom_source(custom("Level", type, **values))
    assert (source and source.result) == result
    assert (source.choices is not None) == (type == "choice") if source else result is None


# Built-in fields of leads; not everyone may see the names of users, so those aren't among them.
BUILT_IN: dict[str, FormulaResult | None] = {
    "value": FormulaResult("money", "EUR", 2),
    "score": NUMBER,
    "vip": YES_NO,
    "next_action_on": DATE,
    "created_at": DATE,
    "city": TEXT,
    "description": TEXT,
    "status": TEXT,
    "source": TEXT,
    "country": TEXT,
    "owner": None,
    "department": TEXT,
    "tags": None,
}


@pytest.mark.parametrize(("name", "result"), BUILT_IN.items(), ids=BUILT_IN)
def test_what_a_formula_knows_of_a_built_in_field(name, result):
    source = get_built_in_sources(RECORD_TYPES["lead"]).get(name)
    assert (source and source.result) == result
    assert (source is not None and source.choices is not None) == (
        name in ("status", "source", "country", "department")
    )


# A formula over fields of a record with these values: Music and Art are chosen, in this order, of Maths, Music and Art.
COMPUTED = {
    "several choices in the order in which they were chosen": ('concat({interests}, "")', "Art, Music"),
    "a choice by its label": ('concat({level}, "!")', "Höch “1”!"),
    "no choice": ('concat({none}, "")', ""),
    "whether a choice is another one": ("if({level} = \"Low\", 1, 2)", 2),
    "a day of a moment on the clock of the company": ('days({moment}, "2026-05-31")', 1),
    "a rating and an amount": ("{rating} * {price}", Decimal("37.50")),
    "an empty number": ("{price} + {empty}", None),
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), COMPUTED.values(), ids=COMPUTED)
def test_what_a_formula_reads_of_a_record(text, value, make_field, make_lead, ada):
    fields = {
        "interests": make_field("Interests", "choices", choices=["Maths", "Music", "Art"]),
        "level": make_field("Level", "choice", choices=["Low", "Höch “1”"]),
        "none": make_field("None", "choice", choices=["Low"]),
        "moment": make_field("Moment", "moment"),
        "rating": make_field("Rating", "rating"),
        "price": make_field("Price", "money", unit="EUR"),
        "empty": make_field("Empty", "number"),
    }
    names = {name: f"{{{field.name}}}" for name, field in fields.items()}
    for name, own in names.items():
        text = text.replace(f"{{{name}}}", own)
    text = text.replace('"Low"', '@"o1"')
    result = make_field("Result", "formula", formula=text).name
    given = {
        "interests": ["o3", "o2"],
        "level": "o2",
        "moment": datetime(2026, 5, 31, 22, 30, tzinfo=UTC),
        "rating": 3,
        "price": Decimal("12.50"),
    }
    values = {fields[name].name: one for name, one in given.items()}
    # Records before and after it have other values.
    others = {fields["level"].name: "o1", fields["rating"].name: 5, fields["none"].name: "o1"}
    earlier, lead, later = (make_lead() for _each in range(3))
    carry_out(Edit(others), Lead.objects.filter(pk__in=[earlier.pk, later.pk]), by=ada)
    carry_out(Edit(values), Lead.objects.filter(pk=lead.pk), by=ada)
    attach_stored_values(lead)
    assert getattr(lead, result) == value
    assert [getattr(lead, fields[name].name) for name in ("level", "rating", "none")] == ["o2", 3, ""]
