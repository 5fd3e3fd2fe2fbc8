"""Score rules from the facts of a proposal that someone chose."""

from collections.abc import Iterable

from accounts.models import User
from crm.models import Operation
from crm.records.editing.settings_change import record_settings_change
from leads.models import ScoreProposal, ScoreRule
from leads.models.score_rule import MOST_RULES
from leads.scores.proposal.proposal_lines import ProposalLine, build_proposal_lines

LONGEST_NAME = 60


def find_chosen_lines(proposal: ScoreProposal, places: Iterable[str], viewer: User) -> list[ProposalLine]:
    """The facts at these places, as a form sends them, that aren't rules yet."""
    chosen = set(places)
    return [
        line
        for line in build_proposal_lines(proposal, viewer)
        if str(line.place) in chosen and line.rule is None
    ]


def has_room_for(lines: list[ProposalLine]) -> bool:
    return ScoreRule.objects.active().count() + len(lines) <= MOST_RULES


def add_proposed_rules(lines: list[ProposalLine], user: User) -> Operation:
    """Add a rule for each of these facts, as one change. An activity gives its points once: that there was one is what told."""
    rules = ScoreRule.objects.active()
    taken, position = {name.casefold() for name in rules.values_list("name", flat=True)}, rules.count()
    with record_settings_change("add_score_rule", by=user) as record:
        added = ScoreRule.objects.bulk_create(
            ScoreRule(
                name=_build_free_name(line.label, taken),
                counts=line.fact.counts,
                conditions=line.fact.conditions,
                points=line.points,
                at_most=abs(line.points) if line.fact.is_about_activities else None,
                position=position + place,
            )
            for place, line in enumerate(lines)
        )
        record.parameters["rows"] = [rule.pk for rule in added]
    return record


def _build_free_name(label: str, taken: set[str]) -> str:
    name, number = label[:LONGEST_NAME], 1
    while name.casefold() in taken:
        number += 1
        name = f"{label[: LONGEST_NAME - len(str(number)) - 1]} {number}"
    taken.add(name.casefold())
    return name
