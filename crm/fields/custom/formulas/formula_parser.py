"""Reads a formula into a tree: `if({Budget} > 1000, {Budget} * 0.2, 0)`. docs/formulas.md describes the language.

From weak to strong: or, and, comparisons, &, + and -, * and /, not and the sign.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from crm.fields.custom.formulas.syntax_tree import FormulaError, FormulaNode

MAX_FORMULA_LENGTH = 2_000
# Parentheses, functions and signs inside each other.
DEEPEST = 25
MOST_PARTS = 100
# The digits of a number before and after the point.
MOST_DIGITS, MOST_PLACES = 15, 6
# Each function with the fewest and most values that it takes.
FUNCTIONS = {
    "if": (2, 3),
    "concat": (1, 50),
    "days": (2, 2),
    "today": (0, 0),
    "round": (1, 2),
    "empty": (1, 1),
}
WORDS = ("and", "or", "not", "yes", "no")
SIGNS = {"×": "*", "÷": "/", "−": "-", "–": "-", "<>": "!=", "≠": "!=", "≤": "<=", "≥": ">=", "==": "="}
COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<key>@"[A-Za-z0-9]{0,20}")
    | (?P<text>"(?:[^"]|"")*" | “[^”]*” | „[^”“]*[”“] | '(?:[^']|'')*')
    | (?P<field>\{(?:[^{}]|\{\{|\}\})*\})
    | (?P<word>[^\W\d]\w*)
    | (?P<sign><=|>=|<>|!=|==|[-+*/×÷−–=<>≠≤≥&(),])
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    kind: str
    text: str
    start: int
    end: int


def parse_formula(text: str) -> FormulaNode:
    """The tree of a formula. Raises FormulaError."""
    if not text.strip():
        raise FormulaError(_("Enter a formula."))
    if len(text) > MAX_FORMULA_LENGTH:
        raise FormulaError(_("A formula can have up to %(most)s characters.") % {"most": MAX_FORMULA_LENGTH})
    reader = _Reader(_split_tokens(text))
    found = reader.read_formula()
    if reader.parts > MOST_PARTS:
        raise FormulaError(_("The formula has too many parts. Split it into several formulas."))
    return found


def _split_tokens(text: str) -> list[Token]:
    found, place = [], 0
    while text[place:].strip():
        match = TOKEN.match(text, place)
        if match is None:
            start = place + len(text[place:]) - len(text[place:].lstrip())
            raise FormulaError(_describe_strange_letter(text[start]), start)
        kind = str(match.lastgroup)
        found.append(Token(kind, match[kind], match.start(kind), match.end(kind)))
        place = match.end()
    found.append(Token("end", "", len(text), len(text)))
    return found


def _describe_strange_letter(letter: str) -> str:
    if letter in "\"'“„":
        return _("This text has no closing quotation mark.")
    if letter in "{}":
        return _("The name of a field needs a brace on both sides, like {Budget}.")
    return _("“%(letter)s” isn’t part of a formula.") % {"letter": letter}


class _Reader:
    """Reads the tokens from left to right; each method reads one level of the grammar."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens, self.place, self.depth, self.parts = tokens, 0, 0, 0

    @property
    def now(self) -> Token:
        return self.tokens[self.place]

    @property
    def sign(self) -> str:
        """The operator that comes next: a sign, "and", "or" or "not"."""
        if self.now.kind == "word":
            return self.now.text.lower()
        return SIGNS.get(self.now.text, self.now.text) if self.now.kind == "sign" else ""

    def take_token(self) -> Token:
        self.place += 1
        return self.tokens[self.place - 1]

    def build_node(self, name: str, start: int, *parts: FormulaNode, value: str = "") -> FormulaNode:
        self.parts += 1
        return FormulaNode(name, start, self.tokens[self.place - 1].end, value, parts)

    def read_formula(self) -> FormulaNode:
        found = self.read_disjunction()
        if self.now.kind != "end":
            raise self.build_unexpected_error()
        return found

    def build_unexpected_error(self) -> FormulaError:
        if self.now.kind == "end":
            return FormulaError(_("The formula ends too early."), self.now.start)
        words = _("“%(text)s” doesn’t fit here.")
        return FormulaError(words % {"text": self.now.text[:40]}, self.now.start)

    def read_disjunction(self) -> FormulaNode:
        return self.read_chain(("or",), self.read_conjunction)

    def read_conjunction(self) -> FormulaNode:
        return self.read_chain(("and",), self.read_comparison)

    def read_comparison(self) -> FormulaNode:
        left = self.read_concatenation()
        if self.sign not in COMPARISONS:
            return left
        sign = self.sign
        self.take_token()
        found = self.build_node(sign, left.start, left, self.read_concatenation())
        if self.sign in COMPARISONS:
            words = _("Compare two values at a time, and join the comparisons with “and”.")
            raise FormulaError(words, self.now.start)
        return found

    def read_concatenation(self) -> FormulaNode:
        return self.read_chain(("&",), self.read_sum)

    def read_sum(self) -> FormulaNode:
        return self.read_chain(("+", "-"), self.read_product)

    def read_product(self) -> FormulaNode:
        return self.read_chain(("*", "/"), self.read_signed)

    def read_chain(self, signs: tuple[str, ...], part: Callable[[], FormulaNode]) -> FormulaNode:
        found = part()
        while self.sign in signs:
            sign = self.sign
            self.take_token()
            found = self.build_node(sign, found.start, found, part())
            if self.parts > MOST_PARTS:
                raise FormulaError(_("The formula has too many parts. Split it into several formulas."))
        return found

    def read_signed(self) -> FormulaNode:
        if self.sign not in ("-", "+", "not"):
            return self.read_value()
        with_sign = self.take_token()
        self.check_depth()
        # "not" covers a whole comparison: not {Budget} > 5.
        part = self.read_comparison() if with_sign.kind == "word" else self.read_signed()
        self.depth -= 1
        if with_sign.text == "+":
            return part
        return self.build_node("not" if with_sign.kind == "word" else "minus", with_sign.start, part)

    def check_depth(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(_("Too many parentheses inside each other."), self.now.start)

    def read_value(self) -> FormulaNode:
        token = self.now
        if token.kind == "number":
            return self.read_number(self.take_token())
        if token.kind in ("text", "key", "field"):
            self.take_token()
            return self.build_node(token.kind, token.start, value=_strip_delimiters(token))
        if self.sign in ("yes", "no"):
            self.take_token()
            return self.build_node(token.text.lower(), token.start)
        if token.kind == "word" and self.sign not in WORDS:
            return self.read_call(self.take_token())
        if self.sign == "(":
            self.take_token()
            self.check_depth()
            found = self.read_disjunction()
            self.take_closing_parenthesis()
            return found
        raise self.build_unexpected_error()

    def read_number(self, token: Token) -> FormulaNode:
        whole, _point, part = token.text.partition(".")
        if len(whole.lstrip("0")) > MOST_DIGITS or len(part) > MOST_PLACES:
            words = _("A number can have up to %(digits)s digits before and %(places)s after the point.")
            raise FormulaError(words % {"digits": MOST_DIGITS, "places": MOST_PLACES}, token.start)
        return self.build_node("number", token.start, value=token.text)

    def read_call(self, token: Token) -> FormulaNode:
        name = token.text.lower()
        if name not in FUNCTIONS:
            words = _("“%(name)s” isn’t a function. Enter the name of a field in braces: {%(name)s}.")
            raise FormulaError(words % {"name": token.text[:40]}, token.start)
        if self.sign != "(":
            words = _("“%(name)s” needs its values in parentheses: %(name)s(…).")
            raise FormulaError(words % {"name": name}, token.start)
        self.take_token()
        self.check_depth()
        parts = [] if self.sign == ")" else [self.read_disjunction()]
        while self.sign == ",":
            self.take_token()
            parts.append(self.read_disjunction())
        self.take_closing_parenthesis()
        self.check_number(name, len(parts), token)
        return self.build_node(name, token.start, *parts)

    def check_number(self, name: str, given: int, token: Token) -> None:
        fewest, most = FUNCTIONS[name]
        if fewest <= given <= most:
            return
        numbers = str(fewest) if fewest == most else f"{fewest}–{most}"
        words = _("“%(name)s” takes another number of values: %(numbers)s.")
        raise FormulaError(words % {"name": name, "numbers": numbers}, token.start)

    def take_closing_parenthesis(self) -> None:
        if self.sign != ")":
            if self.now.kind == "end":
                raise FormulaError(_("A closing parenthesis is missing."), self.now.start)
            raise self.build_unexpected_error()
        self.take_token()
        self.depth -= 1


def _strip_delimiters(token: Token) -> str:
    """The text of a token without its quotation marks or braces."""
    text = token.text[1:-1]
    if token.kind == "key":
        return token.text[2:-1]
    if token.kind == "field":
        return text.replace("{{", "{").replace("}}", "}").strip()
    mark = token.text[0]
    return text.replace(mark * 2, mark) if mark in "\"'" else text


def find_field_names(text: str) -> list[tuple[str, int, int]]:
    """The names in braces with their places. Raises FormulaError."""
    return [
        (_strip_delimiters(token), token.start, token.end)
        for token in _split_tokens(text)
        if token.kind == "field"
    ]
