"""Who gets which lead by which rule: worked out for a whole set before anything is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from leads.assignment.candidates import RulePeople, RuleTurn
from leads.assignment.rule_matching import ReadRule, get_matching_rules, get_rules_for
from leads.models import AssignmentRule, AssignmentTurn

Rule = AssignmentRule


class AssignedLead(NamedTuple):
    """A lead, the rule that it meets first, its new owner, and where it goes if they aren't in its department."""

    lead: int
    rule: int
    owner: int
    home: int


@dataclass
class AssignmentPlan:
    """`no_one` are the leads for whose rules no one is available, `no_rule` those that no rule is for. `last` is who got
    the last lead of each rule, and `users` are those whom the rules name, by their ids."""

    way: str
    given: list[AssignedLead] = field(default_factory=list)
    no_one: list[int] = field(default_factory=list)
    no_rule: list[int] = field(default_factory=list)
    last: dict[int, int | None] = field(default_factory=dict)
    users: dict[int, Any] = field(default_factory=dict, repr=False)

    @property
    def counts(self) -> Counter[tuple[int, int]]:
        """How many leads, by rule and user."""
        return Counter((one.rule, one.owner) for one in self.given)

    def keep_only(self, leads: Sequence[int]) -> None:
        """Forget the other leads."""
        kept = set(leads)
        self.given = [one for one in self.given if one.lead in kept]


def build_plan_for_way(ids: list[int], way: str, *, held: bool) -> AssignmentPlan:
    """The plan for these leads. `held` keeps the turns of the rules until the end of the transaction, as whoever writes the
    plan must do."""
    return build_plan_by_rules(get_rules_for(way), ids, way, held=held)


def build_plan_by_rules(rules: Sequence[ReadRule], ids: list[int], way: str, *, held: bool) -> AssignmentPlan:
    """The same by these rules, which are those for the way."""
    return _build_plan(AssignmentPlan(way), rules, ids, held=held)


def build_plan_for_past_leads(ids: list[int], rules: Sequence[ReadRule]) -> AssignmentPlan:
    """What these rules would do with leads that came in before, without capacity and working time."""
    return _build_plan(AssignmentPlan(""), rules, ids, held=False, usual=True)


def _build_plan(
    plan: AssignmentPlan, rules: Sequence[ReadRule], ids: list[int], *, held: bool, usual: bool = False
) -> AssignmentPlan:
    met = get_matching_rules(rules, ids) if rules else {}
    if not any(met.values()):
        plan.no_rule = ids
        return plan
    named = {rule.pk: rule for found in met.values() for rule in found}
    shared = [pk for pk, rule in named.items() if rule.assigns_to != Rule.To.USER or rule.most_open]
    last = _get_last_owners(shared, held=held)
    people = RulePeople(named.values(), usual=usual)
    plan.users = people.users
    turns = {pk: RuleTurn(rule, people, last.get(pk)) for pk, rule in named.items()}
    for lead in ids:
        _assign_by_rules(plan, lead, met.get(lead, []), turns, people)
    plan.last = {pk: turns[pk].last for pk in last}
    return plan


def _get_last_owners(rules: list[int], *, held: bool) -> dict[int, int | None]:
    """Who got the last lead of each of these rules."""
    return (
        AssignmentTurn.objects.lock_last_users(rules)
        if held and rules
        else AssignmentTurn.objects.get_last_users(rules)
    )


def _assign_by_rules(
    plan: AssignmentPlan, lead: int, rules: list[Rule], turns: dict[int, RuleTurn], people: RulePeople
) -> None:
    for rule in rules:
        owner = turns[rule.pk].take_next()
        if owner is not None:
            plan.given.append(AssignedLead(lead, rule.pk, owner, people.get_department(rule, owner)))
            return
        if rule.otherwise == Rule.Otherwise.NO_OWNER:
            break
    (plan.no_one if rules else plan.no_rule).append(lead)
