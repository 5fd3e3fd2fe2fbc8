"""A proposal as its page shows it: each fact with the leads behind it, and how well all of them tell."""

from dataclasses import dataclass

from accounts.models import User
from leads.models import ScoreProposal, ScoreRule
from leads.models.score_rule import format_points
from leads.scores.proposal.candidate_facts import Fact
from leads.scores.proposal.closed_leads import build_list_query
from leads.scores.proposal.points_from_counts import (
    Outcomes,
    Rate,
    TopFifth,
    count_won_in_top_fifth,
    get_points,
    get_win_rate,
)

# With fewer, chance says more than the company's past.
LEAST_OF_EACH = 30
LEAST_TRIED = 20


@dataclass(frozen=True)
class ProposalLine:
    """`place` is that in ScoreProposal.facts. `rule` is a rule in use that already counts the fact. The queries are those of the lists
    with its leads."""

    place: int
    fact: Fact
    label: str
    having: Outcomes
    rate: Rate
    rate_of_others: Rate
    points: int
    rule: ScoreRule | None
    won_query: str
    lost_query: str

    @property
    def signed_points(self) -> str:
        return format_points(self.points)


@dataclass(frozen=True)
class ProposalTrial:
    """Of the leads that were won in the last quarter, those in the top fifth by the proposal, and by the present rules, if any."""

    proposed: TopFifth
    present: TopFifth | None


def has_enough(proposal: ScoreProposal) -> bool:
    return min(proposal.won, proposal.lost) >= LEAST_OF_EACH


def get_whole(proposal: ScoreProposal) -> Outcomes:
    return Outcomes(proposal.won, proposal.lost)


def build_proposal_lines(proposal: ScoreProposal, viewer: User) -> list[ProposalLine]:
    whole = get_whole(proposal)
    known = {(rule.counts, rule.conditions): rule for rule in ScoreRule.objects.in_use().in_order()}
    lines = []
    for place, stored in enumerate(proposal.facts):
        fact = Fact(stored["counts"], stored["conditions"])
        if not fact.is_seen_by(viewer):
            continue
        having = Outcomes(stored["won"], stored["lost"])
        others = whole.without(having)
        queries = [
            build_list_query(proposal.since, proposal.quarter, won=won, conditions=fact.query)
            for won in (True, False)
        ]
        lines.append(
            ProposalLine(
                place,
                fact,
                fact.get_label(viewer),
                having,
                get_win_rate(having),
                get_win_rate(others),
                get_points(having, others),
                known.get((fact.counts, fact.conditions)),
                *queries,
            )
        )
    return lines


def build_trial(proposal: ScoreProposal) -> ProposalTrial | None:
    """None if too few leads were won or lost since."""
    tried = {
        name: [(points, Outcomes(won, lost)) for points, won, lost in rows]
        for name, rows in proposal.scores.items()
    }
    all_tried = [outcomes for _points, outcomes in tried["proposed"]]
    if min(sum(one.won for one in all_tried), sum(one.lost for one in all_tried)) < LEAST_TRIED:
        return None
    present = count_won_in_top_fifth(tried["present"]) if len(tried["present"]) > 1 else None
    return ProposalTrial(count_won_in_top_fifth(tried["proposed"]), present)
