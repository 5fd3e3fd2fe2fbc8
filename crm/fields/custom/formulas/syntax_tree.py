"""What a formula consists of, before and after its types are known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


class FormulaError(Exception):
    """A mistake in a formula as a sentence. `at` is the place of the character, from 0; None if it has none."""

    def __init__(self, problem: str, at: int | None = None) -> None:
        super().__init__(problem)
        self.problem, self.at = problem, at

    def __str__(self) -> str:
        if self.at is None:
            return self.problem
        return _("At character %(place)s: %(problem)s") % {"place": self.at + 1, "problem": self.problem}


Sql = tuple[str, list[Any]]
# Of a longer text, a formula reads the beginning.
LONGEST_TEXT = 500


@dataclass(frozen=True)
class FormulaColumns:
    """How the SQL of a formula names a column of the record, and the JSON of its custom values."""

    column: Callable[[str], str]
    values: str


@dataclass(frozen=True)
class FormulaNode:
    """A part of a formula as typed. `name` is its operator or function, or "number", "text", "key", "field", "yes", "no";
    `value` is the text of one of these. It begins at the character `start` and ends before `end`."""

    name: str
    start: int
    end: int
    value: str = ""
    parts: tuple["FormulaNode", ...] = ()


@dataclass(frozen=True)
class FormulaResult:
    """What a formula or a part of it results in: `name` is "number", "money", "date", "text" or "yes_no"; `unit` is the
    currency of money, '' if unknown, `places` are the decimal places of a number."""

    name: str
    unit: str = ""
    places: int = 0

    @property
    def is_number(self) -> bool:
        return self.name in ("number", "money")


NUMBER, DATE, TEXT, YES_NO = (
    FormulaResult("number"),
    FormulaResult("date"),
    FormulaResult("text"),
    FormulaResult("yes_no"),
)


@dataclass(frozen=True)
class TypedNode:
    """A part of a formula whose types fit. `value` is that of a literal, or the Source of a field."""

    name: str
    result: FormulaResult
    parts: tuple["TypedNode", ...] = ()
    value: Any = None


NOTHING = TypedNode("nothing", TEXT)


@dataclass(frozen=True)
class FormulaMark:
    """A place in the text of a formula that names a field, or the key of one of its choices."""

    start: int
    end: int
    source: Any
    key: str | None = None


@dataclass(frozen=True)
class CheckedFormula:
    """A formula that can be computed, or the `problem` why it can't. `uses` are the names of the fields in its text.
    `columns`, `size` (how many parts) and `depth` (how many levels of parts) include the formulas that it uses."""

    tree: TypedNode
    result: FormulaResult
    text: str = ""
    marks: tuple[FormulaMark, ...] = ()
    problem: str = ""
    uses: frozenset[str] = frozenset()
    columns: frozenset[str] = frozenset()
    size: int = 1
    depth: int = 0
