"""What kind of field a column without one would be: its type, its decimals, its choices, and the texts that mean “empty”."""

from collections import Counter
from typing import Any, NamedTuple

import pytest

from crm.transfer.imports.columns.column_guessing import merge_spellings, propose_field_type


class Case(NamedTuple):
    """The different texts of a column, each with the number of its cells, and what is proposed."""

    texts: dict[str, int]
    type: str
    kinds: str = "s"
    many: bool = False
    others: dict[str, Any] = {}


def each(*texts: str, number: int = 1) -> dict[str, int]:
    return dict.fromkeys(texts, number)


LEVELS = [f"Level {number}" for number in range(1, 62)]
CASES = {
    "nothing": Case({}, "text"),
    "only texts that mean empty": Case(each("n/a", " - ", "NULL"), "text", others={"blanks": ["n/a", " - ", "NULL"]}),
    "cells that are dates": Case(each("2026-05-01"), "date", "d"),
    "cells that are dates and times": Case(each("2026-05-01", "2026-05-01 10:00"), "moment", "dt"),
    "cells that are times": Case(each("2026-05-01 10:00"), "moment", "t"),
    "cells that are dates, however they are written": Case(each("May Day"), "date", "d"),
    "cells that are dates and times, however they are written": Case(each("May Day", "noon"), "moment", "dt"),
    "dates and texts": Case(each("2026-05-01", "soon"), "text", "ds"),
    "dates as texts": Case(each("2026-05-01", "01.06.2026"), "date"),
    "times as texts": Case(each("2026-05-01", "2026-05-01 10:00"), "moment"),
    "times with an offset": Case(each("2026-05-01T10:00:00+03:00"), "moment"),
    "yes and no": Case(each("yes", "no"), "yes_no"),
    "yes and no in capitals": Case(each("YES", "yes", "No"), "yes_no"),
    "yes, no and empty": Case(each("yes", "no", "-"), "yes_no", others={"blanks": ["-"]}),
    "only yes": Case(each("yes"), "text"),
    "only yes, again and again": Case(each("yes", number=5), "choice", others={"choices": [["yes", 5]]}),
    "three words for yes and no": Case(each("yes", "no", "true"), "text"),
    "emails": Case(each("a@example.com", "b@example.com"), "email"),
    "emails and a text": Case(each("a@example.com", "later"), "text"),
    "links": Case(each("https://one.example", "HTTP://two.example/a"), "url"),
    "whole numbers": Case(each("12", "7"), "number"),
    "a zero": Case(each("0", "12"), "number"),
    "decimals": Case(each("0.5", "12"), "number", others={"decimals": 1}),
    "the most decimals": Case(each("12", "1.25", "0.5"), "number", others={"decimals": 2}),
    "thousands with dots have no decimals": Case(each("12.500", "7.000", "900"), "number"),
    "at most six decimals": Case(each("0.1234567"), "number", others={"decimals": 6}),
    "a decimal comma": Case(each("0,5", "12,5"), "number", others={"decimals": 1}),
    "codes": Case(each("007", "12"), "text"),
    "phones": Case(each("+40722111001", "+40722111002"), "text"),
    "numbers of fifteen digits": Case(each("9" * 15), "number"),
    "numbers of sixteen digits": Case(each("9" * 16), "text"),
    "numbers that repeat": Case(each("1", "2", number=9), "number"),
    "values that repeat": Case(each("Gold", "Silver", number=2), "choice", others={"choices": [["Gold", 2], ["Silver", 2]]}),
    "values that hardly repeat": Case({"Gold": 2, "Silver": 1}, "text"),
    "values that repeat, among many others": Case(each("Gold", "Silver", number=2), "text", many=True),
    "as many values as a choice can have": Case(
        each(*LEVELS[:60], number=2), "choice", others={"choices": [[level, 2] for level in LEVELS[:60]]}
    ),
    "more values than that": Case(each(*LEVELS, number=2), "text"),
    "a value as long as a choice can be": Case(each("x" * 60, number=2), "choice", others={"choices": [["x" * 60, 2]]}),
    "a longer value": Case(each("x" * 61, number=2), "text"),
    "lists": Case(each("hot;cold", "hot", number=2), "choices"),
    "lists with three colons": Case(each("hot ::: cold", "cold", number=2), "choices"),
    "JSON lists": Case(each('["hot","cold"]', '["cold"]', number=2), "choices"),
    "lists, among many others": Case(each("hot;cold", "hot", number=2), "text", many=True),
    "lists that hardly repeat": Case(each("hot;cold", "fair"), "text"),
    "long texts": Case(each("x" * 201, "short"), "long_text"),
    "texts of the usual length": Case(each("x" * 200, "short"), "text"),
    "texts with several lines": Case(each("one\ntwo", "short"), "long_text"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_field_that_is_proposed(case):
    found = propose_field_type(Counter(case.texts), set(case.kinds), many=case.many)
    usual = {"type": case.type, "decimals": 0, "choices": [], "blanks": []}
    assert found == usual | case.others


def test_spellings_of_a_choice_are_one_in_the_most_frequent():
    counts = Counter({"gold": 2, "Silver": 4, "Gold": 3, "GOLD  ": 1, "Very  good": 1})
    assert merge_spellings(counts) == [["Gold", 5], ["Silver", 4], ["GOLD", 1], ["Very good", 1]]
