"""Gives each part of a formula its type, finds its fields, and says in a sentence what doesn't fit."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.fields.custom.formulas.available_fields import FormulaSource
from crm.fields.custom.formulas.formula_parser import MOST_PLACES, parse_formula
from crm.fields.custom.formulas.syntax_tree import (
    DATE,
    NOTHING,
    NUMBER,
    TEXT,
    YES_NO,
    CheckedFormula,
    FormulaError,
    FormulaMark,
    FormulaNode,
    FormulaResult,
    TypedNode,
)
from crm.platform.text.text_folding import fold_text

# All parts together, with those of the formulas that a formula uses, and the levels of parts inside each other.
MOST_TOGETHER = 1_000
DEEPEST_TOGETHER = 150

NAMES = {
    "number": gettext_lazy("a number"),
    "money": gettext_lazy("money"),
    "date": gettext_lazy("a date"),
    "text": gettext_lazy("a text"),
    "yes_no": gettext_lazy("yes or no"),
}
# Finds the field for the name in braces, or raises FormulaError with the place of the name.
Look = Callable[[str, int], FormulaSource]


def check_formula(text: str, look: Look) -> CheckedFormula:
    """Raises FormulaError."""
    checker = _Checker(look)
    tree = checker.check_node(parse_formula(text))
    size, depth = _get_size_and_depth(tree)
    if size > MOST_TOGETHER or depth > DEEPEST_TOGETHER:
        raise FormulaError(_("Together with the formulas that it uses, the formula is too long."))
    sources = {mark.source for mark in checker.marks}
    uses = frozenset(source.name for source in sources)
    columns = frozenset(column for source in sources for column in source.columns)
    marks = tuple(checker.marks)
    return CheckedFormula(tree, tree.result, text, marks, "", uses, columns, size, depth)


def _get_size_and_depth(tree: TypedNode) -> tuple[int, int]:
    """How many parts it has, and on how many levels."""
    if tree.name == "field":
        formula = tree.value.formula
        return (formula.size + 1, formula.depth + 1) if formula else (1, 1)
    parts = [_get_size_and_depth(part) for part in tree.parts]
    return 1 + sum(size for size, _depth in parts), 1 + max((depth for _size, depth in parts), default=0)


class _Checker:
    """`marks` are the fields and choices that it found."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.marks: list[FormulaMark] = []

    def check_node(self, node: FormulaNode) -> TypedNode:
        match node.name:
            case "number":
                places = len(node.value.partition(".")[2])
                return TypedNode("number", FormulaResult("number", places=places), value=node.value)
            case "text":
                return TypedNode("text", TEXT, value=node.value)
            case "yes" | "no":
                return TypedNode(node.name, YES_NO)
            case "today":
                return TypedNode("today", DATE)
            case "field":
                return self.check_field(node)
            case "key":
                raise FormulaError(_("“%(letter)s” isn’t part of a formula.") % {"letter": "@"}, node.start)
            case "+" | "-" | "*" | "/" | "minus":
                return self.check_arithmetic(node)
            case "and" | "or" | "not":
                parts = [self.require_type(part, "yes_no") for part in node.parts]
                return TypedNode(node.name, YES_NO, tuple(parts))
            case "&" | "concat":
                return TypedNode("concat", TEXT, tuple(self.check_node(part) for part in node.parts))
            case "days":
                return TypedNode(
                    "days", NUMBER, tuple(self.require_type(part, "date") for part in node.parts)
                )
            case "empty":
                return TypedNode("empty", YES_NO, (self.check_node(node.parts[0]),))
            case "round":
                return self.check_rounding(node)
            case "if":
                return self.find_choice(node)
        return self.check_comparison(node)

    def check_field(self, node: FormulaNode) -> TypedNode:
        source = self.look(node.value, node.start)
        self.marks.append(FormulaMark(node.start, node.end, source))
        return TypedNode("field", source.result, value=source)

    def require_type(self, node: FormulaNode, wanted: str) -> TypedNode:
        """A part that must have this type."""
        found = _convert_to_date(self.check_node(node)) if wanted == "date" else self.check_node(node)
        if found.result.name != wanted:
            words = _("This must be %(wanted)s, but it is %(found)s.")
            told = {"wanted": NAMES[wanted], "found": NAMES[found.result.name]}
            raise FormulaError(words % told, node.start)
        return found

    def check_number(self, node: FormulaNode) -> TypedNode:
        found = self.check_node(node)
        if found.result.is_number:
            return found
        if found.result == DATE:
            words = _(
                "A date can’t be part of a calculation. For the days between two dates: days(later, earlier)."
            )
        elif found.result == TEXT:
            words = _("This must be a number, but it is a text. To join texts: concat(…).")
        else:
            words = _("This must be a number, but it is yes or no.")
        raise FormulaError(words, node.start)

    def check_arithmetic(self, node: FormulaNode) -> TypedNode:
        parts = tuple(self.check_number(part) for part in node.parts)
        if node.name != "*":
            _require_same_currency(parts, node)
        results = [part.result for part in parts]
        money = [result for result in results if result.name == "money"]
        places = [result.places for result in results]
        if node.name == "*":
            result = FormulaResult("number", places=min(sum(places), MOST_PLACES))
            whole = len(money) == 1
        elif node.name == "/":
            result, whole = (
                FormulaResult("number", places=MOST_PLACES),
                len(money) == 1 and results[0] in money,
            )
        else:
            result, whole = FormulaResult("number", places=max(places)), bool(money)
        return TypedNode(node.name, _build_money_result(money) if whole else result, parts)

    def check_rounding(self, node: FormulaNode) -> TypedNode:
        part = self.check_number(node.parts[0])
        places = node.parts[1].value if len(node.parts) > 1 and node.parts[1].name == "number" else "0"
        if (len(node.parts) > 1 and node.parts[1].name != "number") or places not in map(
            str, range(MOST_PLACES + 1)
        ):
            words = _("Round to 0 to %(most)s places, such as round({Budget}, 2).")
            raise FormulaError(words % {"most": MOST_PLACES}, node.parts[1].start)
        result = part.result if part.result.name == "money" else FormulaResult("number", places=int(places))
        return TypedNode("round", result, (part,), int(places))

    def find_choice(self, node: FormulaNode) -> TypedNode:
        """if(condition, then, else); an empty text or no "else" leaves any type empty."""
        condition = self.require_type(node.parts[0], "yes_no")
        branches = [self.check_node(part) for part in node.parts[1:]]
        filled = [part for part in branches if not _is_blank(part)]
        if any(part.result.name != "text" for part in filled):
            branches = [NOTHING if _is_blank(part) else part for part in branches]
            results = [part.result for part in filled]
        else:
            results = [TEXT]
        kinds = {"number" if result.is_number else result.name for result in results}
        if len(kinds) > 1:
            words = _(
                "Both values of “if” must have the same type, but one is %(first)s and the other %(second)s."
            )
            first, second = (NAMES[result.name] for result in results)
            raise FormulaError(words % {"first": first, "second": second}, node.parts[1].start)
        money = [result for result in results if result.name == "money"]
        if money:
            _require_same_currency(filled, node)
        places = max(result.places for result in results)
        result = _build_money_result(money) if money else FormulaResult(results[0].name, places=places)
        return TypedNode("if", result, (condition, *branches))

    def check_comparison(self, node: FormulaNode) -> TypedNode:
        if found := self.check_choice_comparison(node):
            return found
        left, right = (self.check_node(part) for part in node.parts)
        if DATE in (left.result, right.result):
            left, right = _convert_to_date(left), _convert_to_date(right)
        same = left.result.name == right.result.name or (left.result.is_number and right.result.is_number)
        if not same:
            words = _("Compare values of the same type: one is %(first)s and the other %(second)s.")
            told = {"first": NAMES[left.result.name], "second": NAMES[right.result.name]}
            raise FormulaError(words % told, node.start)
        if node.name not in ("=", "!=") and left.result in (TEXT, YES_NO):
            words = _("Only numbers and dates can be compared with “%(sign)s”. Use = or !=.")
            raise FormulaError(words % {"sign": node.name}, node.start)
        _require_same_currency((left, right), node)
        return TypedNode(node.name, YES_NO, (left, right))

    def check_choice_comparison(self, node: FormulaNode) -> TypedNode | None:
        """The comparison of a choice with one of its labels; it is stored by its key, so the label can be changed."""
        for choice, other in (node.parts, node.parts[::-1]):
            if (
                choice.name != "field"
                or other.name not in ("text", "key")
                or not (other.value or other.name == "key")
            ):
                continue
            source = self.look(choice.value, choice.start)
            if source.choices is None or node.name not in ("=", "!="):
                continue
            typed = self.check_field(choice)
            key = other.value if other.name == "key" else _get_choice_key(source, other)
            self.marks.append(FormulaMark(other.start, other.end, source, key))
            has = TypedNode("has", YES_NO, (typed,), key)
            return has if node.name == "=" else TypedNode("not", YES_NO, (has,))
        return None


def _get_choice_key(source: FormulaSource, node: FormulaNode) -> str:
    choices = source.choices() if source.choices else {}
    found = next((key for key, label in choices.items() if fold_text(label) == fold_text(node.value)), None)
    if found is None:
        words = _("“%(text)s” isn’t a choice of “%(field)s”. Choices: %(choices)s.")
        labels = [*choices.values()]
        offered = ", ".join(labels[:8]) + (", …" if len(labels) > 8 else "")
        told = {"text": node.value[:60], "field": source.label, "choices": offered}
        raise FormulaError(words % told, node.start)
    return found


def _is_blank(part: TypedNode) -> bool:
    return part.name == "text" and not part.value


def _convert_to_date(part: TypedNode) -> TypedNode:
    """A text such as "2026-05-31" as a date."""
    if part.name != "text":
        return part
    try:
        day = date.fromisoformat(part.value.strip())
    except ValueError:
        return part
    return TypedNode("day", DATE, value=day)


def _build_money_result(results: list[FormulaResult]) -> FormulaResult:
    unit = next((result.unit for result in results if result.unit), "")
    return FormulaResult("money", unit, 2)


def _require_same_currency(parts: "tuple[TypedNode, ...] | list[TypedNode]", node: FormulaNode) -> None:
    units = list(dict.fromkeys(p.result.unit for p in parts if p.result.name == "money" and p.result.unit))
    if len(units) > 1:
        words = _("One amount is in %(first)s, the other in %(second)s. A formula can’t convert currencies.")
        raise FormulaError(words % {"first": units[0], "second": units[1]}, node.start)
