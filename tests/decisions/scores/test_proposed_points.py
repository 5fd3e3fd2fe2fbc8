"""Which points a fact deserves by the leads that were won and lost with it and without it, and how well points tell them apart."""

import math

import pytest

from leads.scores.proposal.points_from_counts import (
    Outcomes,
    Rate,
    TopFifth,
    Z,
    count_won_in_top_fifth,
    get_points,
    get_win_rate,
)

# Won and lost leads that have the fact, those that haven't, and the points.
POINTS = {
    # ln(40.5 × 90.5 ÷ 60.5 ÷ 10.5) = 1.753, less 2.576 × 0.384, is 0.763: 2 to the power of 1.1
    "more than twice the odds, cautiously": ((40, 60), (10, 90), 11),
    "the same the other way round": ((10, 90), (40, 60), -11),
    "the same shares among many more leads are more certain": ((4_000, 6_000), (1_000, 9_000), 24),
    "the same shares among few leads tell nothing": ((4, 6), (1, 9), 0),
    "equal shares": ((100, 300), (200, 600), 0),
    "a difference that is certain, but too small for a rule": ((52_000, 48_000), (50_000, 50_000), 0),
    "as few points as are worth a rule": ((55_000, 45_000), (50_000, 50_000), 3),
    "a point fewer": ((54_500, 45_500), (50_000, 50_000), 0),
    "no more than the most": ((9_000, 1_000), (10, 90_000), 50),
    "no less than the most": ((10, 90_000), (9_000, 1_000), -50),
    "none was lost": ((60, 0), (40, 100), 29),
    "none has it": ((0, 0), (40, 100), 0),
    "all have it": ((40, 100), (0, 0), 0),
    "no leads": ((0, 0), (0, 0), 0),
}


@pytest.mark.parametrize("case", POINTS, ids=str)
def test_points_follow_from_the_odds_at_the_cautious_end(case):
    having, others, points = POINTS[case]
    assert get_points(Outcomes(*having), Outcomes(*others)) == points


@pytest.mark.parametrize("counts", [(1, 9), (50, 50), (320, 650), (1, 100_000)], ids=str)
def test_the_ends_of_a_rate_are_where_the_counts_would_be_as_far_off_as_chance_allows(counts):
    won, number = counts[0], sum(counts)
    rate, low, high = get_win_rate(Outcomes(*counts))
    assert rate == won / number
    for end in (low, high):
        assert abs(rate - end) == pytest.approx(Z * math.sqrt(end * (1 - end) / number))


@pytest.mark.parametrize(
    ("counts", "rate"),
    [((0, 0), (0, 0, 1)), ((0, 20), (0, 0, 0.2491)), ((20, 0), (1, 0.7509, 1))],
    ids=["no leads", "none won", "all won"],
)
def test_a_rate_of_few_leads_is_never_certain(counts, rate):
    assert get_win_rate(Outcomes(*counts)) == pytest.approx(rate, abs=0.001)


# Points with won and lost leads, the won ones in the top fifth, and all that were won.
TOP_FIFTHS = {
    "all won leads have the most points": ([(10, (20, 0)), (0, (0, 80))], 20, 20),
    "all won leads have the fewest points": ([(10, (0, 80)), (0, (20, 0))], 0, 20),
    "the same points for all are chance": ([(0, (30, 70))], 6, 30),
    "the fifth ends among leads with the same points": (
        [(10, (10, 0)), (5, (10, 30)), (0, (0, 50))],
        12.5,
        20,
    ),
    "negative points come last": ([(-10, (10, 0)), (0, (10, 80))], 20 * 10 / 90, 20),
    "the order of the lines doesn't matter": ([(0, (0, 80)), (10, (20, 0))], 20, 20),
    "points that no lead has": ([(20, (0, 0)), (10, (20, 0)), (0, (0, 80))], 20, 20),
    "no leads": ([], 0, 0),
}


@pytest.mark.parametrize("case", TOP_FIFTHS, ids=str)
def test_the_top_fifth_has_the_leads_with_the_most_points(case):
    lines, found, won = TOP_FIFTHS[case]
    answer = count_won_in_top_fifth((points, Outcomes(*counts)) for points, counts in lines)
    assert answer == (pytest.approx(found), won)


def test_rates_are_shown_in_percent_with_one_digit():
    rate = Rate(0.1234, 0.56789, 0.98765)
    assert (rate.percent, rate.low_percent, rate.high_percent) == (12.3, 56.8, 98.8)


@pytest.mark.parametrize(
    ("top", "percent"), [(TopFifth(12.6, 20), 63), (TopFifth(20, 20), 100), (TopFifth(0, 0), 0)], ids=str
)
def test_the_top_fifth_is_shown_as_a_number_of_leads_and_in_percent(top, percent):
    assert (top.rounded, top.percent) == (round(top.found), percent)


def test_the_leads_without_a_fact_are_the_rest():
    assert Outcomes(10, 30).without(Outcomes(4, 9)) == Outcomes(6, 21)
