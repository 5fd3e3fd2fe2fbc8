"""Finds the groups of a plan: records with exactly the same values, among those that the user sees."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count

from crm.records.kinds.kind_registry import KINDS
from customers.free_mail_providers import FREE_MAIL
from duplicates.exact.merge_rules import COLUMNS, DIFFERENT, FIXED, LARGE, LARGEST, LATER, MOST
from duplicates.merging.field_values import RecordValues, read_values
from duplicates.models import Distinction, MergePlan
from duplicates.record_graph import get_ordered_pair
from duplicates.visible_records import get_visible_nodes, visible_rows_queryset

Progress = Callable[[int, int], None]
PORTION = 500


def store_found_groups(plan: MergePlan, progress: Progress) -> None:
    """Converted leads and records in Trash don't take part."""
    kind, user = KINDS[plan.record_type], plan.user
    alike, plan.skipped = _find_equal_records(plan), {}
    plan.found = len(alike)
    ids = [pk for group in alike for pk in group]
    nodes = [(kind.name, pk) for pk in ids]
    changeable = {pk for _table, pk in get_visible_nodes(nodes, user, changeable=True)}
    apart = {distinction.pair for distinction in Distinction.objects.among(set(nodes))}
    marked = {pk for pair in apart for _table, pk in pair}
    groups: list[list[int]] = []
    for group in alike:
        if len(group) > LARGEST:
            _add_to_skipped_count(plan, LARGE)
        elif not changeable.issuperset(group):
            _add_to_skipped_count(plan, FIXED)
        elif not marked.isdisjoint(group) and not _are_joined(kind.name, group, apart):
            _add_to_skipped_count(plan, DIFFERENT)
        elif len(groups) == MOST:
            _add_to_skipped_count(plan, LATER)
        else:
            groups.append(group)
    plan.groups = []
    for start in range(0, len(groups), PORTION):
        progress(start, len(groups))
        plan.groups += _order_groups(plan, groups[start : start + PORTION])
    plan.save(update_fields=["groups", "found", "skipped"])


def _add_to_skipped_count(plan: MergePlan, reason: str) -> None:
    plan.skipped[reason] = plan.skipped.get(reason, 0) + 1


def _find_equal_records(plan: MergePlan) -> list[list[int]]:
    """The IDs of the records with the same values, in order. A domain of free mailboxes is no value."""
    names = [COLUMNS[name] for name in plan.compared]
    rows = visible_rows_queryset(KINDS[plan.record_type], plan.user)
    for name in names:
        rows = rows.exclude(**{name: ""})
    if "domain" in plan.compared:
        rows = rows.exclude(domain__in=FREE_MAIL)
    found = rows.order_by().values(*names).annotate(number=Count("pk"), ids=ArrayAgg("pk", order_by="pk"))
    return sorted(found.filter(number__gte=2).values_list("ids", flat=True))


def _are_joined(table: str, group: list[int], apart: set[Any]) -> bool:
    """No two of them were marked as different."""
    nodes = [(table, pk) for pk in group]
    return not any(
        get_ordered_pair(one, other) in apart
        for place, one in enumerate(nodes)
        for other in nodes[place + 1 :]
    )


def _order_groups(plan: MergePlan, groups: list[list[int]]) -> Iterable[list[tuple[int, int]]]:
    """Each with the versions, and the kept record first."""
    model = KINDS[plan.record_type].model
    records = read_values(model, [pk for group in groups for pk in group])
    for group in groups:
        # A record may have been deleted permanently since it was found.
        there = [records[pk] for pk in group if pk in records]
        if len(there) > 1:
            kept = _choose_kept_record(plan, there)
            ordered = [kept, *(one for one in there if one is not kept)]
            yield [(one.pk, one.version) for one in ordered]


def _choose_kept_record(plan: MergePlan, records: list[RecordValues]) -> RecordValues:
    """Of equally complete records, the oldest."""
    match plan.keep:
        case MergePlan.Keep.NEWEST:
            return max(records, key=lambda one: (one.created_at, one.pk))
        case MergePlan.Keep.FULLEST:
            return min(records, key=lambda one: (-_count_filled_fields(one), one.created_at, one.pk))
    return min(records, key=lambda one: (one.created_at, one.pk))


def _count_filled_fields(record: RecordValues) -> int:
    return sum(not record.is_empty(name) for name in record.parts)
