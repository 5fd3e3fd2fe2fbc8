"""What became slower or faster since figures were measured before: medians and rates only, so that one outlier says nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# The two kinds of figures. Of milliseconds, less is better; of rows per second, more.
MILLISECONDS, RATES = "milliseconds", "rows per second"
# How much longer something has to take in order to be listed, as a share of the time that it took before.
NOTICED = 0.1
# A page that takes so few milliseconds more is listed in no case: pages differ by that much from run to run.
FEW = 5
# How many of the figures that became better are named.
NAMED = 5

# Of each part: its figures by unit, how many leads there were, and the machine.
Parts = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Difference:
    """A figure that differs by more than a tenth."""

    name: str
    unit: str
    before: float
    now: float

    @property
    def ratio(self) -> float:
        """How many times as long it takes."""
        return self.before / self.now if self.unit == RATES else self.now / self.before

    @property
    def in_words(self) -> tuple[str, str]:
        """The figure before and now."""
        unit = "/s" if self.unit == RATES else " ms"
        return f"{self.before:,.0f}{unit}", f"{self.now:,.0f}{unit}"


@dataclass(frozen=True)
class Comparison:
    """`compared` counts the figures that both have."""

    slower: list[Difference]
    faster: list[Difference]
    compared: int


def compared(before: Parts, now: Parts) -> Comparison:
    """Figures of different numbers of leads aren't compared. The largest differences are first."""
    found = [*_pairs(before, now)]
    slower = [pair for pair in found if _longer(pair)]
    faster = [pair for pair in found if _longer(Difference(pair.name, pair.unit, pair.now, pair.before))]
    return Comparison(
        sorted(slower, key=lambda pair: -pair.ratio), sorted(faster, key=lambda pair: pair.ratio), len(found)
    )


def lines(before: Parts, now: Parts) -> list[str]:
    """The section of docs/figures.md, without its heading."""
    if not now:
        return ["No part was measured."]
    found = compared(before, now)
    others = [part for part in now if part in before and before[part]["machine"] != now[part]["machine"]]
    said = [
        f"Measured: {', '.join(now)}. {found.compared} medians and rates can be compared with the last committed figures."
    ]
    if others:
        said += ["", f"The last figures are those of another machine: {', '.join(others)}."]
    if found.slower:
        said += [
            "",
            f"Slower by more than a tenth, and of pages by more than {FEW} ms:",
            "",
            "| what | before | now | times as long |",
            "|---|---:|---:|---:|",
            *(f"| {pair.name} | {' | '.join(pair.in_words)} | {pair.ratio:.2f} |" for pair in found.slower),
        ]
    else:
        said += ["", "Nothing became slower by more than a tenth."]
    if found.faster:
        most = "; ".join(f"{pair.name} ({' → '.join(pair.in_words)})" for pair in found.faster[:NAMED])
        more = len(found.faster) - NAMED
        said += ["", f"Faster by more than a tenth: {most}{f', and {more} more' if more > 0 else ''}."]
    return said


def _pairs(before: Parts, now: Parts) -> Iterator[Difference]:
    """Each figure that was measured both times. One of 0 says that there was nothing to measure."""
    for part, figures in now.items():
        others = before.get(part, {})
        if others.get("leads") != figures["leads"]:
            continue
        for unit in (MILLISECONDS, RATES):
            for name, number in figures.get(unit, {}).items():
                other = others.get(unit, {}).get(name)
                if other and number:
                    yield Difference(name, unit, other, number)


def _longer(pair: Difference) -> bool:
    if pair.unit == MILLISECONDS and pair.now - pair.before <= FEW:
        return False
    return pair.ratio > 1 + NOTICED
