"""What rules would have done with the last leads: how many each one, for whom, and how many no rule is for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.sql.reference_tables import labels_of
from crm.records.listing.record_list import Listing
from leads.assignment.assignment_plan import plan_of_past
from leads.assignment.rule_conditions import leads_kind
from leads.assignment.rule_matching import matches, read_rules
from leads.models import AssignmentRule

# The last leads that the viewer sees.
LEADS = 1_000


@dataclass(frozen=True)
class Past:
    """`leads` is how many there were. `parts` are the rules with their users and numbers; `no_one` are the leads of rules
    without users, `no_rule` those that no rule is for."""

    leads: int
    by_rule: dict[int, int]
    parts: list[tuple[str, list[tuple[str, int]]]]
    no_one: int
    no_rule: int


def past_of(rules: Sequence[AssignmentRule], viewer: Any) -> Past:
    """Only rules that are turned on count, whichever way the leads came in."""
    ids = last_leads(viewer)
    tried = [rule for rule in rules if rule.turned_on]
    plan = plan_of_past(ids, read_rules(tried))
    by_rule: Counter[int] = Counter()
    for (rule, _user), number in plan.counts.items():
        by_rule[rule] += number
    parts = parts_of([(rule, user, number) for (rule, user), number in plan.counts.items()], tried, viewer)
    return Past(len(ids), dict(by_rule), parts, len(plan.no_one), len(plan.no_rule))


def last_leads(viewer: Any) -> list[int]:
    return sorted(Listing(leads_kind(), QueryDict(), viewer).page(LEADS).ids)


def how_many_met(data: QueryDict, viewer: Any) -> tuple[int, int]:
    """How many last leads there are, and how many of them meet these conditions."""
    ids, rule = last_leads(viewer), AssignmentRule(pk=0, conditions=data.urlencode())
    found = matches(read_rules([rule]), ids)
    return len(ids), sum(map(bool, found.values()))


def parts_of(
    counts: Sequence[tuple[int, int, int]], rules: Sequence[AssignmentRule], viewer: Any
) -> list[tuple[str, list[tuple[str, int]]]]:
    """Counts by rule and user with their names, in the order of the rules; users out of the viewer's sight have none."""
    names = labels_of(User, viewer)
    found = []
    for rule in rules:
        shares: Counter[str] = Counter()
        for pk, user, number in counts:
            if pk == rule.pk:
                shares[names.get(user, _("another user"))] += number
        if shares:
            found.append((rule.label, sorted(shares.items())))
    return found
