"""What can be changed in SQL that is written out in a text: one word or sign at a time."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

# Only texts with one of these words are SQL. Parts of statements that are put together have at least one.
IS_SQL = re.compile(
    r"\b(SELECT|UPDATE|INSERT|DELETE|FROM|WHERE|JOIN|CASE|WHEN|AND|OR|NOT|EXISTS|ORDER BY|DISTINCT|COALESCE)\b"
)
# The first that fits a place counts. None of them can turn one statement into two.
EDITS: tuple[tuple[str, str | Callable], ...] = (
    (r"\bIS NOT DISTINCT FROM\b", "IS DISTINCT FROM"),
    (r"\bIS DISTINCT FROM\b", "IS NOT DISTINCT FROM"),
    (r"\bIS NOT (?=NULL|TRUE|FALSE)", "IS "),
    (r"\bIS (?=NULL|TRUE|FALSE)", "IS NOT "),
    (r"(?<!IF )\bNOT EXISTS\b", "EXISTS"),
    (r"(?<!IF )\bEXISTS\b(?=\s*\()", "NOT EXISTS"),
    (r"\bNOT IN\b", "IN"),
    (r"\bIN (?=\()", "NOT IN "),
    (r"<> ALL\b", "= ANY"),
    (r"= ANY\b", "<> ALL"),
    (r"(?<!IF )\bNOT (?!NULL|MATERIALIZED|VALID)", ""),
    (r"(?<= )= (?=')", "<> "),
    (r"(?<= )<> (?=')", "= "),
    (r"(?<= )<(?= )", "<="),
    (r"(?<= )<=(?= )", "<"),
    (r"(?<= )>(?= )", ">="),
    (r"(?<= )>=(?= )", ">"),
    (r"\bAND\b", "OR"),
    (r"\bOR\b(?! REPLACE)", "AND"),
    (r"\bDESC\b", "ASC"),
    (r"\bASC\b", "DESC"),
    (r"\bORDER BY [\w.\"]+(?=\s*(?:LIMIT|FOR|ON CONFLICT|\)|$))", lambda found: f"{found[0]} DESC"),
    (r"\bmin(?=\()", "max"),
    (r"\bmax(?=\()", "min"),
)
ANY = re.compile("|".join(f"({pattern})" for pattern, _after in EDITS))
AROUND = 30


@dataclass(frozen=True)
class Edit:
    """`before` and `after` are the place with what is around it, `whole` is the whole text with the change."""

    before: str
    after: str
    whole: str


def edits(text: str, whole: str = "") -> Iterator[Edit]:
    """All edits of a text that is SQL, alone or as a part of `whole`."""
    if not IS_SQL.search(whole or text):
        return
    for found in ANY.finditer(text):
        start, end = found.span()
        after = EDITS[found.lastindex - 1][1]
        new = after(found) if callable(after) else after
        if found[0] == "AND" and _is_of_between(text[:start]):
            continue
        left, right = text[max(0, start - AROUND) : start], text[end : end + AROUND]
        before, changed = (" ".join(f"{left}{part}{right}".split()) for part in (found[0], new))
        yield Edit(before, changed, f"{text[:start]}{new}{text[end:]}")


def _is_of_between(text: str) -> bool:
    """Whether the AND that follows belongs to a BETWEEN."""
    return bool(re.search(r"\bBETWEEN\b(?!.*\bAND\b)", text, re.DOTALL))
