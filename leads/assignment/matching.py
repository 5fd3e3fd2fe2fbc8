"""Which rules are for which leads: all rules in one query over the leads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Value, When

from crm.custom.values import computed
from crm.records.chunks import in_chunks
from crm.web.once import reading_once
from leads.assignment.conditions import Conditions, conditions_of
from leads.models import AssignmentRule, Lead


@dataclass(frozen=True)
class ReadRule:
    """A rule with its conditions."""

    rule: AssignmentRule
    conditions: Conditions


def rules_for(way: str) -> list[ReadRule]:
    """The rules in use for leads that come in this way, in order, without those whose conditions can't be read."""
    rules = [rule for rule in AssignmentRule.all_in_use() if way in rule.ways]
    return read_rules(rules)


def read_rules(rules: Sequence[AssignmentRule]) -> list[ReadRule]:
    if not rules:
        return []
    with reading_once():
        found = [ReadRule(rule, conditions_of(rule)) for rule in rules]
    return [one for one in found if not one.conditions.problem]


def matches(rules: Sequence[ReadRule], ids: list[int]) -> dict[int, list[AssignmentRule]]:
    """Each of these leads, by its id, with the rules that it meets, in order. Converted leads and those in Trash aren't
    among them."""
    with reading_once():
        asked = [one for one in rules if one.conditions.met]
        rows = computed(Lead.objects.present().not_converted(), _fields(asked))
        answers = {f"rule_{one.rule.pk}": _is_met(one.conditions) for one in asked}
        rows = rows.annotate(**answers).order_by("pk")
        met: dict[int, list[AssignmentRule]] = {}
        for chunk in in_chunks(ids):
            met.update(_told(rules, asked, rows.filter(pk__any=chunk).values_list("pk", *answers)))
        return met


def _told(
    rules: Sequence[ReadRule], asked: Sequence[ReadRule], rows
) -> Iterator[tuple[int, list[AssignmentRule]]]:
    places = {one.rule.pk: place for place, one in enumerate(asked)}
    for pk, *answers in rows:
        yield pk, [one.rule for one in rules if one.rule.pk not in places or answers[places[one.rule.pk]]]


def _fields(rules: Sequence[ReadRule]) -> list[str]:
    return [name for one in rules for name in one.conditions.fields]


def _is_met(conditions: Conditions) -> Case:
    return Case(When(conditions.met, then=Value(True)), default=Value(False), output_field=BooleanField())
