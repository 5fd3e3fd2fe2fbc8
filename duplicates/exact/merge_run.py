"""Merges the groups of a plan as they were previewed: one operation in parts, so that it has progress and can be canceled."""

import time
from collections.abc import Callable
from typing import Any

from crm.models import Operation
from crm.records.history.operation_results import Outcome, write_operation_result
from crm.records.history.verb_execution import carry_out, operation
from crm.records.kinds.kind_registry import KINDS, Kind
from duplicates.exact.merge_rules import LARGEST
from duplicates.merging.field_values import get_record_parts, may_choose, read_values
from duplicates.merging.merge_verb import Merge, MergeGroup
from duplicates.models import Distinction, MergePlan
from duplicates.record_graph import get_pairs
from duplicates.visible_records import get_visible_nodes

Progress = Callable[[int, int], None]
Planned = list[tuple[int, int]]
PORTION = 100


def apply_merge_plan(plan: MergePlan, progress: Progress) -> Operation | None:
    """None if all groups have changed since the preview. Raises PermissionDenied."""
    kind, begun = KINDS[plan.record_type], time.monotonic()
    groups, plan.left_out = _lock_unchanged_groups(plan, kind)
    if groups:
        ids = [pk for group in groups for pk, _version in group]
        parameters = {"records": len(ids), "groups": len(groups)}
        channel = Operation.Channel.BULK
        with operation(
            Merge.kind,
            table=kind.name,
            by=plan.user,
            channel=channel,
            parameters=parameters,
            matched=len(ids),
        ) as record:
            whole = Outcome(kind.name)
            for start in range(0, len(groups), PORTION):
                progress(start, len(groups))
                _add_outcome(whole, _merge_part(plan, kind, groups[start : start + PORTION], record))
            whole.changed.sort()
            whole.refused = {code: sorted(found) for code, found in whole.refused.items()}
            write_operation_result(record, [whole], begun)
        plan.operation = record
    progress(len(groups), len(groups))
    plan.save(update_fields=["operation", "left_out"])
    return plan.operation


def _lock_unchanged_groups(plan: MergePlan, kind: Kind) -> tuple[list[Planned], list[list[int]]]:
    """The groups that are as they were, locked until the end, and the IDs of the others."""
    planned = [[(pk, version) for pk, version in group] for group in plan.groups]
    ids = sorted(pk for group in planned for pk, _version in group)
    rows: Any = kind.model.objects.present().filter(pk__any=ids).select_for_update(no_key=True, of=("self",))
    now = dict(rows.order_by("pk").values_list("pk", "version"))
    nodes = {(kind.name, pk) for pk in ids}
    changeable = {pk for _table, pk in get_visible_nodes(nodes, plan.user, changeable=True)}
    apart = {distinction.pair for distinction in Distinction.objects.among(nodes)}
    same, changed = [], []
    for group in planned:
        own = [pk for pk, _version in group]
        as_it_was = all(now.get(pk) == version for pk, version in group) and changeable.issuperset(own)
        if as_it_was and apart.isdisjoint(get_pairs((kind.name, pk) for pk in own[:LARGEST])):
            same.append(group)
        else:
            changed.append(own)
    return same, changed


def _merge_part(plan: MergePlan, kind: Kind, planned: list[Planned], record: Operation) -> Outcome:
    versions = dict(each for group in planned for each in group)
    verb = Merge(kind.name, build_verb_groups(plan, kind, planned), versions=versions)
    rows: Any = kind.model.objects.present().changeable_by(plan.user)
    return carry_out(verb, rows, by=plan.user, wanted=sorted(verb.ids), joined=record)


def build_verb_groups(plan: MergePlan, kind: Kind, planned: list[Planned]) -> tuple[MergeGroup, ...]:
    """As the verb takes them, with the kept record's own values if the plan says so."""
    if plan.values != MergePlan.Values.KEPT:
        return tuple(MergeGroup(first[0], tuple(pk for pk, _version in rest)) for first, *rest in planned)
    kept = read_values(kind.model, [group[0][0] for group in planned])
    names = [part.name for part in get_record_parts(kind.model) if may_choose(part, kind.model, plan.user)]
    found = []
    for (pk, _version), *rest in planned:
        own = kept.get(pk)
        chosen = {name: pk for name in names if own and not own.is_empty(name)}
        found.append(MergeGroup(pk, tuple(other for other, _version in rest), chosen))
    return tuple(found)


def _add_outcome(whole: Outcome, part: Outcome) -> None:
    whole.changed += part.changed
    whole.unchanged += part.unchanged
    whole.hidden += part.hidden
    for code, ids in part.refused.items():
        whole.refused.setdefault(code, []).extend(ids)
