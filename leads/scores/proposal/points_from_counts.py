"""What counts of won and lost leads say: a rate with its interval, points that a fact deserves, and how well points tell.

Pure functions: the sums can be checked by hand.
"""

import math
from collections.abc import Iterable
from typing import NamedTuple

# Both intervals hold in 99 of 100 cases: a proposal looks at many facts at once, so chance gets many tries.
Z = 2.576
# So many points for twice the odds.
POINTS_FOR_DOUBLE = 10
MOST_POINTS = 50
# Fewer points aren't worth a rule.
LEAST_POINTS = 3
TOP = 5


class Outcomes(NamedTuple):
    """How many leads were won, and how many were lost or disqualified."""

    won: int
    lost: int

    @property
    def all(self) -> int:
        return self.won + self.lost

    def without(self, others: "Outcomes") -> "Outcomes":
        return Outcomes(self.won - others.won, self.lost - others.lost)


class Rate(NamedTuple):
    """Shares from 0 to 1: the rate, and the interval in which it lies if chance is taken off."""

    rate: float
    low: float
    high: float

    @property
    def percent(self) -> float:
        return round(100 * self.rate, 1)

    @property
    def low_percent(self) -> float:
        return round(100 * self.low, 1)

    @property
    def high_percent(self) -> float:
        return round(100 * self.high, 1)


class TopFifth(NamedTuple):
    """Of `won` leads, so many have been in the fifth of all with the most points."""

    found: float
    won: int

    @property
    def rounded(self) -> int:
        return round(self.found)

    @property
    def percent(self) -> int:
        return round(100 * self.found / self.won) if self.won else 0


def get_win_rate(outcomes: Outcomes) -> Rate:
    """The rate with Wilson's score interval (E. B. Wilson 1927), which holds for few leads and for rates near 0 and 1 too."""
    number = outcomes.all
    if not number:
        return Rate(0.0, 0.0, 1.0)
    rate, square = outcomes.won / number, Z * Z
    middle = (rate + square / (2 * number)) / (1 + square / number)
    half = Z / (1 + square / number) * math.sqrt(rate * (1 - rate) / number + square / (4 * number * number))
    return Rate(rate, max(0.0, middle - half), min(1.0, middle + half))


def get_points(having: Outcomes, others: Outcomes) -> int:
    """Points for a fact, by the leads that have it and those that haven't: 10 for twice the odds of being won, at the cautious end
    of the interval of the odds ratio (B. Woolf 1955, each count plus a half as J. B. S. Haldane has it). 0 if it tells nothing."""
    counts = [count + 0.5 for count in (*having, *others)]
    ratio = math.log(counts[0] * counts[3] / (counts[1] * counts[2]))
    certain = abs(ratio) - Z * math.sqrt(sum(1 / count for count in counts))
    points = min(MOST_POINTS, round(POINTS_FOR_DOUBLE * certain / math.log(2)))
    if points < LEAST_POINTS:
        return 0
    return points if ratio > 0 else -points


def count_won_in_top_fifth(scores: Iterable[tuple[int, Outcomes]]) -> TopFifth:
    """`scores` are the outcomes of the leads with each number of points. Where the fifth ends among leads with the same points, it
    has as many of the won as of all of these."""
    known = sorted(scores, key=lambda pair: -pair[0])
    won = sum(outcomes.won for _points, outcomes in known)
    room, found = sum(outcomes.all for _points, outcomes in known) / TOP, 0.0
    for _points, outcomes in known:
        taken = min(room, outcomes.all)
        if taken:
            found += outcomes.won * taken / outcomes.all
            room -= taken
    return TopFifth(found, won)
