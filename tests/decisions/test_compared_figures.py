"""Which figures of `make bench` became slower or faster since those of the last commit."""

from typing import Any, NamedTuple

import pytest

from benchmarks.figures.comparison import MILLISECONDS, RATES, compared, lines

PAGE, RATE = "first page, sees all", "VIP on 100,000 leads"


def part(leads: int = 1_000_000, machine: str = "2 cores", **units: dict[str, float]) -> dict[str, Any]:
    named = {"milliseconds": MILLISECONDS, "rates": RATES}
    return {"leads": leads, "machine": machine} | {named[unit]: found for unit, found in units.items()}


class Case(NamedTuple):
    """A figure of the last commit and now; None if it wasn't measured."""

    unit: str
    before: float | None
    now: float | None
    slower: bool = False
    faster: bool = False


CASES = {
    "a page that takes a tenth longer": Case("milliseconds", 100, 110),
    "a page that takes more than a tenth longer": Case("milliseconds", 100, 110.1, slower=True),
    "a page that takes a tenth less": Case("milliseconds", 110, 100),
    "a page that takes more than a tenth less": Case("milliseconds", 110.1, 100, faster=True),
    "a page that takes twice as long, and that is five milliseconds": Case("milliseconds", 5, 10),
    "a page that takes a little more than five milliseconds more": Case("milliseconds", 5, 10.1, slower=True),
    "a page that takes half as long, and that is five milliseconds": Case("milliseconds", 10, 5),
    "a page that takes a little more than five milliseconds less": Case("milliseconds", 10.1, 5, faster=True),
    "a page that takes many more milliseconds, and that is less than a tenth": Case("milliseconds", 2000, 2150),
    "as many rows per second": Case("rates", 5000, 5000),
    "a tenth longer for each row": Case("rates", 5500, 5000),
    "more than a tenth longer for each row": Case("rates", 5501, 5000, slower=True),
    "a tenth less for each row": Case("rates", 5000, 5500),
    "more than a tenth less for each row": Case("rates", 5000, 5501, faster=True),
    "a few rows per second, which are no few milliseconds": Case("rates", 4, 2, slower=True),
    "a page that is new": Case("milliseconds", None, 900),
    "a page that isn't measured any more": Case("milliseconds", 900, None),
    "a rate of 0, which says that nothing was measured": Case("rates", 5000, 0),
    "a rate that was 0": Case("rates", 0, 5000),
}  # fmt: skip


def figures(case: Case, number: float | None) -> dict[str, Any]:
    name = PAGE if case.unit == "milliseconds" else RATE
    return {"pages": part(**{case.unit: {} if number is None else {name: number}})}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_which_figures_differ(case):
    found = compared(figures(case, case.before), figures(case, case.now))
    assert ([pair.ratio > 1 for pair in found.slower], [pair.ratio < 1 for pair in found.faster]) == (
        [True] * case.slower,
        [True] * case.faster,
    )
    assert found.compared == bool(case.before and case.now)


def test_figures_of_other_numbers_of_leads_are_not_compared():
    before, now = part(10_000, milliseconds={PAGE: 10}), part(milliseconds={PAGE: 100})
    assert compared({"pages": before}, {"pages": now}).compared == 0


def test_the_figures_of_other_parts_are_not_compared():
    assert compared({"pages": part(milliseconds={PAGE: 10})}, {"bulk": part(rates={RATE: 10})}).compared == 0
    assert compared({"pages": part(milliseconds={PAGE: 10})}, {}).compared == 0


def test_what_became_slowest_comes_first():
    before = part(milliseconds={"a": 100, "b": 100, "c": 100, "d": 100, "e": 100})
    now = part(milliseconds={"a": 120, "b": 300, "c": 80, "d": 20, "e": 100})
    found = compared({"pages": before}, {"pages": now})
    assert [pair.name for pair in found.slower] == ["b", "a"]
    assert [pair.name for pair in found.faster] == ["d", "c"]


def test_the_section_lists_what_became_slower_and_names_what_became_faster():
    before = part(milliseconds={PAGE: 20}, rates={RATE: 6000, "export of all leads": 10_000})
    now = part(milliseconds={PAGE: 50}, rates={RATE: 3600, "export of all leads": 20_000})
    assert lines({"bulk": before}, {"bulk": now}) == [
        "Measured: bulk. 3 medians and rates can be compared with the last committed figures.",
        "",
        "Slower by more than a tenth, and of pages by more than 5 ms:",
        "",
        "| what | before | now | times as long |",
        "|---|---:|---:|---:|",
        "| first page, sees all | 20 ms | 50 ms | 2.50 |",
        "| VIP on 100,000 leads | 6,000/s | 3,600/s | 1.67 |",
        "",
        "Faster by more than a tenth: export of all leads (10,000/s → 20,000/s).",
    ]


def test_the_section_says_that_nothing_became_slower():
    known = {"pages": part(milliseconds={PAGE: 20})}
    assert lines(known, known) == [
        "Measured: pages. 1 medians and rates can be compared with the last committed figures.",
        "",
        "Nothing became slower by more than a tenth.",
    ]


def test_the_section_names_the_parts_that_another_machine_measured():
    before = {"pages": part(machine="8 cores", milliseconds={PAGE: 20}), "bulk": part(rates={RATE: 5})}
    now = {"pages": part(milliseconds={PAGE: 20}), "bulk": part(rates={RATE: 5})}
    assert "The last figures are those of another machine: pages." in lines(before, now)


def test_the_section_names_five_of_those_that_became_faster():
    before = {"pages": part(milliseconds={f"page {number}": 100 for number in range(1, 8)})}
    now = {"pages": part(milliseconds={f"page {number}": 10 * number for number in range(1, 8)})}
    assert lines(before, now)[-1] == (
        "Faster by more than a tenth: page 1 (100 ms → 10 ms); page 2 (100 ms → 20 ms); page 3 (100 ms → 30 ms); "
        "page 4 (100 ms → 40 ms); page 5 (100 ms → 50 ms), and 2 more."
    )


def test_without_a_part_the_section_says_so():
    assert lines({}, {}) == ["No part was measured."]
