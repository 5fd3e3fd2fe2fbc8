"""What rules would have done with the last leads: how many each one, for whom, and how many no rule is for."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from crm.platform.sql.reference_tables import get_labels_by_id
from crm.records.listing.record_list import RecordList
from leads.assignment.assignment_plan import build_plan_for_past_leads
from leads.assignment.rule_conditions import get_leads_kind
from leads.assignment.rule_matching import get_matching_rules, get_rules_with_conditions
from leads.models import AssignmentRule

# The last leads that the viewer sees.
LEADS = 1_000


@dataclass(frozen=True)
class RulePreview:
    """`leads` is how many there were. `parts` are the rules with their users and numbers; `no_one` are the leads of rules
    without users, `no_rule` those that no rule is for."""

    leads: int
    by_rule: dict[int, int]
    parts: list[tuple[str, list[tuple[str, int]]]]
    no_one: int
    no_rule: int


def build_rule_preview(rules: Sequence[AssignmentRule], viewer: User) -> RulePreview:
    """Only rules that are turned on count, whichever way the leads came in."""
    ids = get_last_lead_ids(viewer)
    tried = [rule for rule in rules if rule.turned_on]
    plan = build_plan_for_past_leads(ids, get_rules_with_conditions(tried))
    by_rule: Counter[int] = Counter()
    for (rule, _user), number in plan.counts.items():
        by_rule[rule] += number
    parts = count_by_rule_and_user(
        [(rule, user, number) for (rule, user), number in plan.counts.items()], tried, viewer
    )
    return RulePreview(len(ids), dict(by_rule), parts, len(plan.no_one), len(plan.no_rule))


def get_last_lead_ids(viewer: User) -> list[int]:
    return sorted(RecordList(get_leads_kind(), QueryDict(), viewer).get_page(LEADS).ids)


def count_last_and_matching_leads(data: QueryDict, viewer: User) -> tuple[int, int]:
    """How many last leads there are, and how many of them meet these conditions."""
    ids, rule = get_last_lead_ids(viewer), AssignmentRule(pk=0, conditions=data.urlencode())
    found = get_matching_rules(get_rules_with_conditions([rule]), ids)
    return len(ids), sum(map(bool, found.values()))


def count_by_rule_and_user(
    counts: Sequence[tuple[int, int, int]], rules: Sequence[AssignmentRule], viewer: User
) -> list[tuple[str, list[tuple[str, int]]]]:
    """Counts by rule and user with their names, in the order of the rules; users out of the viewer's sight have none."""
    names = get_labels_by_id(User, viewer)
    found = []
    for rule in rules:
        shares: Counter[str] = Counter()
        for pk, user, number in counts:
            if pk == rule.pk:
                shares[names.get(user, _("another user"))] += number
        if shares:
            found.append((rule.label, sorted(shares.items())))
    return found
