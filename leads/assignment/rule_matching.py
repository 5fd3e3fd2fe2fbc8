"""Which rules are for which leads: all rules in one query over the leads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from crm.fields.custom.definitions.built_in_fields import get_definitions_stamp
from crm.fields.custom.values.stored_values import annotate_custom_values
from crm.platform.sql.chunks import split_into_chunks
from crm.platform.sql.compiled_querysets import get_compiled_values
from crm.platform.web.request_cache import cache_reads, read_cached_in_block
from crm.records.listing.stored_conditions import RecordConditions, build_met_expression
from leads.assignment.conditions_cache import get_cached_conditions
from leads.models import AssignmentRule, Lead

# The name of this state among what is read once (crm/fields/custom/values/field_registry.py).
STAMP = "custom_fields_stamp"


@dataclass(frozen=True)
class ReadRule:
    """A rule with its conditions, which `text` and `stamp`, the state of the custom fields, tell from others if they are
    `kept` (leads/assignment/conditions_cache.py)."""

    rule: AssignmentRule = field(compare=False)
    text: str
    stamp: str
    conditions: RecordConditions = field(compare=False)

    @property
    def is_cacheable(self) -> bool:
        return self.conditions.kept and not self.conditions.fields


def get_rules_for(way: str) -> list[ReadRule]:
    """The rules in use for leads that come in this way, in order, without those whose conditions can't be read."""
    rules = [rule for rule in AssignmentRule.get_all_in_use() if way in rule.ways]
    return get_rules_with_conditions(rules)


def get_rules_with_conditions(rules: Sequence[AssignmentRule]) -> list[ReadRule]:
    if not rules:
        return []
    state = read_cached_in_block(STAMP, get_definitions_stamp)
    with cache_reads(**{STAMP: state}):
        found = [ReadRule(rule, rule.conditions, state, get_cached_conditions(rule, state)) for rule in rules]
    return [one for one in found if not one.conditions.problem]


def get_matching_rules(rules: Sequence[ReadRule], ids: list[int]) -> dict[int, list[AssignmentRule]]:
    """Each of these leads, by its id, with the rules that it meets, in order. Converted leads and those in Trash aren't
    among them."""
    met: dict[int, list[AssignmentRule]] = {}
    with cache_reads():
        for chunk in split_into_chunks(ids):
            met.update(_group_rules_by_lead(rules, _get_rule_matches(chunk, rules)))
    return met


def _get_rule_matches(ids: list[int], asked: Sequence[ReadRule]) -> Any:
    """Each lead, with whether it meets each of the rules."""
    if all(one.is_cacheable for one in asked):
        return get_compiled_values(_rule_matches_queryset, ids, *asked)
    return _rule_matches_queryset(ids, *asked)


def _rule_matches_queryset(ids: list[int], *asked: ReadRule) -> Any:
    """Kept (crm/platform/sql/compiled_querysets.py)."""
    rows = annotate_custom_values(
        Lead.objects.present().not_converted(), [name for one in asked for name in one.conditions.fields]
    )
    answers = {f"rule_{place}": build_met_expression(one.conditions) for place, one in enumerate(asked)}
    return rows.annotate(**answers).filter(pk__any=ids).values_list("pk", *answers)


def _group_rules_by_lead(rules: Sequence[ReadRule], rows: Any) -> Iterator[tuple[int, list[AssignmentRule]]]:
    """Many leads give the same answers, and those share a list."""
    found: dict[tuple, list[AssignmentRule]] = {}
    for pk, *rest in rows:
        answers = tuple(rest)
        if answers not in found:
            found[answers] = [one.rule for one, met in zip(rules, answers, strict=True) if met]
        yield pk, found[answers]
