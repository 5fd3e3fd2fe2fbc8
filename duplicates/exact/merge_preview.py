"""The first groups of a plan, as they would be merged now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from crm.fields.types.field_type import get_field_type
from crm.records.kinds.kind_registry import KINDS, Kind
from duplicates.exact.merge_run import Planned, build_verb_groups
from duplicates.merging.field_values import (
    RecordPart,
    RecordValues,
    choose_sources,
    get_record_parts,
    may_choose,
    read_values,
)
from duplicates.merging.merge_verb import MergeGroup
from duplicates.models import MergePlan
from duplicates.record_graph import Node
from duplicates.visible_records import get_visible_records

SHOWN = 20


@dataclass(frozen=True)
class PreviewLine:
    """`gets` are the fields that the kept record takes from another one, each with its label and the value."""

    kept: Any
    merged: list[Any]
    gets: list[tuple[str, Any]]


def build_preview_lines(plan: MergePlan) -> list[PreviewLine]:
    """Groups with a record that the user no longer sees are left out."""
    kind = KINDS[plan.record_type]
    planned: list[Planned] = [[(pk, version) for pk, version in group] for group in plan.groups[:SHOWN]]
    groups = build_verb_groups(plan, kind, planned)
    nodes = [(kind.name, pk) for group in groups for pk in group.ids]
    records, values = (
        get_visible_records(nodes, plan.user),
        read_values(kind.model, [pk for _table, pk in nodes]),
    )
    parts = [part for part in get_record_parts(kind.model) if may_choose(part, kind.model, plan.user)]
    return [
        _build_line(plan, kind, group, parts, values, records)
        for group in groups
        if all((kind.name, pk) in records for pk in group.ids)
    ]


def _build_line(
    plan: MergePlan,
    kind: Kind,
    group: MergeGroup,
    parts: Sequence[RecordPart],
    values: dict[int, RecordValues],
    records: dict[Node, Any],
) -> PreviewLine:
    chosen = choose_sources(parts, kind.model, values, group.survivor, group.merged, group.chosen, plan.user)
    gets = []
    for part in parts:
        if part.name in chosen:
            record = records[kind.name, chosen[part.name]]
            field: Any = part.field
            gets.append((capfirst(str(field.verbose_name)), get_field_type(field).render_cell(field, record)))
    return PreviewLine(
        records[kind.name, group.survivor], [records[kind.name, pk] for pk in group.merged], gets
    )


def get_skipped_records_and_rest(plan: MergePlan) -> tuple[list[Any], int]:
    """Records of the groups that had changed since the preview, one of each, as far as the user sees them; and how many more
    there are."""
    kind = KINDS[plan.record_type]
    found = get_visible_records([(kind.name, group[0]) for group in plan.left_out[:SHOWN]], plan.user, [])
    return list(found.values()), len(plan.left_out) - len(found)
