"""The language of formulas: any text becomes a tree or a sentence."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crm.fields.custom.formulas.available_fields import FormulaSource
from crm.fields.custom.formulas.formula_parser import DEEPEST, MAX_FORMULA_LENGTH, MOST_PARTS, parse_formula
from crm.fields.custom.formulas.syntax_tree import DATE, NUMBER, TEXT, YES_NO, FormulaError, FormulaResult
from crm.fields.custom.formulas.type_checker import check_formula

RESULTS = {
    "n": NUMBER,
    "m": FormulaResult("money", "EUR", 2),
    "usd": FormulaResult("money", "USD", 2),
    # Money whose currency isn't known.
    "x": FormulaResult("money", "", 2),
    "d": DATE,
    "t": TEXT,
    "b": YES_NO,
}


def look(name, at):
    if name not in RESULTS:
        raise FormulaError("unknown", at)
    return FormulaSource(name, lambda: [name], RESULTS[name], lambda place: ("", []), name)


def checked(text):
    return check_formula(text, look)


PIECES = st.sampled_from(
    [*"+-*/()=<>&,", "×", "÷", "−", "!=", "<=", "and ", "or ", "not ", "if(", "concat(", "days(", "today()", "round(",
     "empty(", "yes", "no", "{n}", "{m}", "{usd}", "{d}", "{t}", "{b}", "{", "}", '"', "'", '"x"', '"2026-01-01"', "1", "0.5",
     "3", " ", "\n", "@", '@"o1"', "{{", "“", "”", "x", "\0", "é"]
)  # fmt: skip


@settings(deadline=None)
@given(st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=40).map("".join)))
@example("(" * 5000)
@example("not " * 400)
@example("-" * 1900)
@example("1" + "+1" * 900)
@example("9" * 1500)
@example("{" * 999 + "}" * 999)
@example('"' * 1999)
@example("1=1=1")
def test_any_text_is_a_formula_or_a_sentence(text):
    try:
        found = checked(text)
    except FormulaError as error:
        found = error
    if isinstance(found, FormulaError):
        assert str(found)
        assert found.at is None or 0 <= found.at <= len(text)
    else:
        assert found.result.name in {"number", "money", "date", "text", "yes_no"}


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{n} + 1.25", FormulaResult("number", places=2)),
        ("{n} * 0.125", FormulaResult("number", places=3)),
        ("{n} / 2", FormulaResult("number", places=6)),
        ("{n} * {n} * 0.12345 * 0.12345", FormulaResult("number", places=6)),
        ("2 * {m}", FormulaResult("money", "EUR", 2)),
        ("{m} * {m}", FormulaResult("number", places=4)),
        ("1 / {m}", FormulaResult("number", places=6)),
        ("{m} * 2", FormulaResult("money", "EUR", 2)),
        ("{m} / 3", FormulaResult("money", "EUR", 2)),
        ("{m} / {m}", FormulaResult("number", places=6)),
        ("{m} - {m}", FormulaResult("money", "EUR", 2)),
        ("{m} + {n}", FormulaResult("money", "EUR", 2)),
        ("{x} + {m}", FormulaResult("money", "EUR", 2)),
        ("{x} + {x}", FormulaResult("money", "", 2)),
        ("-{m}", FormulaResult("money", "EUR", 2)),
        ("-1.25", FormulaResult("number", places=2)),
        ("0.5 + 0.125", FormulaResult("number", places=3)),
        ("{x} / {m}", FormulaResult("number", places=6)),
        ("{usd} * {m}", FormulaResult("number", places=4)),
        ("days({d}, today())", NUMBER),
        ('if({b}, {d}, "")', DATE),
        ('if({b}, {m}, "")', FormulaResult("money", "EUR", 2)),
        ("if({b}, {m}, {n})", FormulaResult("money", "EUR", 2)),
        ("if({b}, {x}, {m})", FormulaResult("money", "EUR", 2)),
        ("if({b}, 0.125, {n})", FormulaResult("number", places=3)),
        ('if({b}, "", "a")', TEXT),
        ('if({b}, "", "")', TEXT),
        ("if({b}, yes, no)", YES_NO),
        ("if({b}, {t})", TEXT),
        ('if({b}, {b}, "")', YES_NO),
        ("round({n})", NUMBER),
        ("round({n}, 2)", FormulaResult("number", places=2)),
        ("round({n}, 6)", FormulaResult("number", places=6)),
        ("{n} = {m}", YES_NO),
        ("{x} = {m}", YES_NO),
        ("{t} != {t}", YES_NO),
        ("{b} = {b}", YES_NO),
        ('"2026-05-31" < {d}', YES_NO),
        ('days("2026-05-31", {d})', NUMBER),
        ("{d} & {n}", TEXT),
        ("empty({d})", YES_NO),
        ("{n} > 1 and {d} < today()", YES_NO),
        ("round({m} / 7, 1)", FormulaResult("money", "EUR", 2)),
        ('{d} = "2026-05-31"', YES_NO),
    ],
)
def test_the_result_follows_from_the_types(text, result):
    assert checked(text).result == result


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Enter a formula."),
        ("{n} +", "At character 6: The formula ends too early."),
        ("{n} {n}", "At character 5: “{n}” doesn’t fit here."),
        ("(1 + 2", "At character 7: A closing parenthesis is missing."),
        ('"abc', "At character 1: This text has no closing quotation mark."),
        ("{n", "At character 1: The name of a field needs a brace on both sides, like {Budget}."),
        ("1 # 2", "At character 3: “#” isn’t part of a formula."),
        ("budget * 2", "At character 1: “budget” isn’t a function. Enter the name of a field in braces: {budget}."),
        ("round", "At character 1: “round” needs its values in parentheses: round(…)."),
        ("days({d})", "At character 1: “days” takes another number of values: 2."),
        ("if({b})", "At character 1: “if” takes another number of values: 2–3."),
        ("1 < 2 < 3", "At character 7: Compare two values at a time, and join the comparisons with “and”."),
        ("{n} + {t}", "At character 7: This must be a number, but it is a text. To join texts: concat(…)."),
        ("{d} - {d}", "At character 1: A date can’t be part of a calculation. For the days between two dates: "
                      "days(later, earlier)."),
        ("{b} * 2", "At character 1: This must be a number, but it is yes or no."),
        ("if({n}, 1, 2)", "At character 4: This must be yes or no, but it is a number."),
        ("days({n}, {d})", "At character 6: This must be a date, but it is a number."),
        ("if({b}, 1, {d})", "At character 9: Both values of “if” must have the same type, but one is a number and the "
                            "other a date."),
        ("{n} = {t}", "At character 1: Compare values of the same type: one is a number and the other a text."),
        ("{t} < {t}", "At character 1: Only numbers and dates can be compared with “<”. Use = or !=."),
        ("{m} + {usd}", "At character 1: One amount is in EUR, the other in USD. A formula can’t convert currencies."),
        ("{m} / {usd}", "At character 1: One amount is in EUR, the other in USD. A formula can’t convert currencies."),
        ("{m} < {usd}", "At character 1: One amount is in EUR, the other in USD. A formula can’t convert currencies."),
        ("if({b}, {m}, {usd})", "At character 1: One amount is in EUR, the other in USD. A formula can’t convert currencies."),
        ("{b} < {b}", "At character 1: Only numbers and dates can be compared with “<”. Use = or !=."),
        ('{d} = "soon"', "At character 1: Compare values of the same type: one is a date and the other a text."),
        ("round({n}, 7)", "At character 12: Round to 0 to 6 places, such as round({Budget}, 2)."),
        ("round({n}, 9)", "At character 12: Round to 0 to 6 places, such as round({Budget}, 2)."),
        ("round({n}, {n})", "At character 12: Round to 0 to 6 places, such as round({Budget}, 2)."),
        ("1234567890123456", "At character 1: A number can have up to 15 digits before and 6 after the point."),
        ('@"o1"', "At character 1: “@” isn’t part of a formula."),
    ],
)  # fmt: skip
def test_a_mistake_is_a_sentence_with_its_place(text, sentence):
    with pytest.raises(FormulaError) as error:
        checked(text)
    assert str(error.value) == sentence


def test_length_depth_and_number_of_parts_are_bounded():
    assert parse_formula("(" * DEEPEST + "1" + ")" * DEEPEST)
    for text in (
        "(" * (DEEPEST + 1) + "1" + ")" * (DEEPEST + 1),
        "1" + "+1" * MOST_PARTS,
        " " * MAX_FORMULA_LENGTH + "1",
    ):
        with pytest.raises(FormulaError):
            parse_formula(text)


def test_signs_of_a_keyboard_and_of_print_mean_the_same():
    assert parse_formula("1×2÷3−4") == parse_formula("1*2/3-4")
    assert parse_formula("1≠2") == Neutral(parse_formula("1!=2"))


class Neutral:
    """A tree without places, because some signs are longer than others."""

    def __init__(self, node):
        self.node = node

    def __eq__(self, other):
        return shape(self.node) == shape(other)

    __hash__ = None


def shape(node):
    return (node.name, node.value, tuple(map(shape, node.parts)))
