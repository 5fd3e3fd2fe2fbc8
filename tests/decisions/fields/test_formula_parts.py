"""The parts of a formula: which choice a text means, what is left empty, and how large it is with the formulas that it uses."""

from typing import Any

import pytest

from crm.fields.custom.formulas.available_fields import FormulaSource
from crm.fields.custom.formulas.syntax_tree import (
    DATE,
    NUMBER,
    TEXT,
    YES_NO,
    CheckedFormula,
    FormulaError,
    TypedNode,
)
from crm.fields.custom.formulas.type_checker import DEEPEST_TOGETHER, MOST_TOGETHER, check_formula

CHOICES = {"o1": "Gold", "o2": "Silver"}
MANY = {f"o{number}": f"Level {number}" for number in range(1, 10)}


def get_source(name: str, size: int, depth: int) -> FormulaSource:
    """`formula` is another formula, with so many parts on so many levels."""
    of_name: dict[str, dict[str, Any]] = {
        "segment": {"choices": lambda: CHOICES},
        "level": {"choices": lambda: MANY},
        "eight": {"choices": lambda: {key: label for key, label in MANY.items() if key != "o9"}},
        "day": {"result": DATE},
        "vip": {"result": YES_NO},
        "budget": {"result": NUMBER},
        "formula": {
            "result": NUMBER,
            "formula": CheckedFormula(TypedNode("number", NUMBER, value="1"), NUMBER, size=size, depth=depth),
        },
    }
    given = {"labels": lambda: [name], "result": TEXT, "sql": lambda place: ("", [])}
    return FormulaSource(name, **given | of_name.get(name, {}))


def checked(text: str, *, size: int = 1, depth: int = 1) -> CheckedFormula:
    return check_formula(text, lambda name, _at: get_source(name, size, depth))


def shape(node: TypedNode) -> Any:
    """The names of the parts, with the key of a choice."""
    name = f"{node.name} {node.value}" if node.name == "has" else node.name
    return (name, *map(shape, node.parts)) if node.parts else name


HAS_GOLD = ("has o1", "field")
SHAPES = {
    "a choice by its label": ('{segment} = "Gold"', HAS_GOLD),
    "the label first": ('"Gold" = {segment}', HAS_GOLD),
    "other capitals": ('{segment} = "gOLD"', HAS_GOLD),
    "the second choice": ('{segment} = "silver"', ("has o2", "field")),
    "another choice than": ('{segment} != "Gold"', ("not", HAS_GOLD)),
    "a choice by its key": ('{segment} = @"o1"', HAS_GOLD),
    "another choice than a key": ('{segment} != @"o1"', ("not", HAS_GOLD)),
    "no choice": ('{segment} = ""', ("=", "field", "text")),
    "a text": ('{city} = "Gold"', ("=", "field", "text")),
    "a choice and a field": ("{segment} = {city}", ("=", "field", "field")),
    "a joined text": ('{segment} & "x" = "Gold"', ("=", ("concat", "field", "text"), "text")),
    "an empty date": ('if({vip}, {day}, "")', ("if", "field", "field", "nothing")),
    "an empty date first": ('if({vip}, "", {day})', ("if", "field", "nothing", "field")),
    "an empty text": ('if({vip}, "a", "")', ("if", "field", "text", "text")),
    "a day as text": ('{day} < "2026-05-31"', ("<", "field", "day")),
}  # fmt: skip


@pytest.mark.parametrize(("text", "parts"), SHAPES.values(), ids=SHAPES)
def test_what_a_formula_consists_of(text, parts):
    assert shape(checked(text).tree) == parts


KEYS = {"{segment} = \"Gold\"": [None, "o1"], "{segment} != @\"o2\"": [None, "o2"], "{city} = \"Gold\"": [None]}  # fmt: skip


@pytest.mark.parametrize(("text", "keys"), KEYS.items(), ids=KEYS)
def test_the_choices_that_a_formula_names_are_marked(text, keys):
    assert [mark.key for mark in checked(text).marks] == keys


UNKNOWN = {
    '{segment} = "Bronze"': "At character 13: “Bronze” isn’t a choice of “segment”. Choices: Gold, Silver.",
    '{segment} < "Gold"': "At character 1: Only numbers and dates can be compared with “<”. Use = or !=.",
    '{eight} = "x"': "At character 11: “x” isn’t a choice of “eight”. Choices: "
    + ", ".join(f"Level {number}" for number in range(1, 9))
    + ".",
    '{level} = "x"': "At character 11: “x” isn’t a choice of “level”. Choices: "
    + ", ".join(f"Level {number}" for number in range(1, 9))
    + ", ….",
    f'{{segment}} = "{"x" * 70}"': f"At character 13: “{'x' * 60}” isn’t a choice of “segment”. Choices: Gold, Silver.",
}


@pytest.mark.parametrize(("text", "sentence"), UNKNOWN.items(), ids=range(len(UNKNOWN)))
def test_an_unknown_choice_is_a_sentence(text, sentence):
    with pytest.raises(FormulaError) as error:
        checked(text)
    assert str(error.value) == sentence


# The size and depth of the formula that is used, and of the whole.
SIZES = {
    "a number": ("1", (1, 1), (1, 1)),
    "a field": ("{budget}", (1, 1), (1, 1)),
    "a sum": ("{budget} + 2", (1, 1), (3, 2)),
    "a sum in a product": ("{budget} * (1 + 2)", (1, 1), (5, 3)),
    "another formula": ("{formula}", (10, 4), (11, 5)),
    "another formula and a field": ("{formula} + {budget}", (10, 4), (13, 6)),
    "another formula twice": ("{formula} + {formula}", (10, 4), (23, 6)),
}


@pytest.mark.parametrize(("text", "other", "whole"), SIZES.values(), ids=SIZES)
def test_the_size_of_a_formula_includes_the_formulas_that_it_uses(text, other, whole):
    found = checked(text, size=other[0], depth=other[1])
    assert (found.size, found.depth) == whole


LIMITS = {
    "as large as possible": (MOST_TOGETHER - 3, 1, True),
    "too large": (MOST_TOGETHER - 2, 1, False),
    "as deep as possible": (1, DEEPEST_TOGETHER - 2, True),
    "too deep": (1, DEEPEST_TOGETHER - 1, False),
}


@pytest.mark.parametrize(("size", "depth", "fits"), LIMITS.values(), ids=LIMITS)
def test_a_formula_is_limited_together_with_those_that_it_uses(size, depth, fits):
    if fits:
        assert checked("{formula} + 1", size=size, depth=depth)
        return
    with pytest.raises(FormulaError, match="Together with the formulas that it uses"):
        checked("{formula} + 1", size=size, depth=depth)
