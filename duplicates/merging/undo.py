"""The undo of a merge, beside what the engine reverts: why it can't be undone, and what else goes back."""

from typing import Any

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm.fields.custom.links.incoming_links import IncomingLink, get_links_to_type
from crm.fields.custom.values.stored_values import get_values_table, patch_values_by_query
from crm.models import Activity, Change, MergedRecord, Operation, Task
from crm.records.history.undo.undo_permission import UndoRefused
from crm.records.history.undo.undo_result import OUT_OF_REACH, UndoResult
from crm.records.kinds.kind_registry import KINDS
from crm.work.tasks.next_action import rewrite_next_actions
from duplicates.merging.received_newsletters import restore_newsletter_recipients as follow_newsletters
from duplicates.merging.reference_transfer import get_moved_columns, move_untracked_rows_back

MERGED_AGAIN = _("One of these records was merged again since. Undo that merge first.")
IN_TRASH = _("One of these records is in Trash by now. Restore it first.")
GONE = _("One of these records was deleted permanently since.")
NOT_CHANGEABLE = _("You can’t change all of the records that were merged.")
Pairs = dict[int, int]


def get_undo_obstacle(record: Operation) -> str | Promise:
    """Why a merge, or an undo of one, can't be undone now."""
    merged, apart = get_merged_pairs(record)
    return _get_separation_obstacle(record.table, merged) or _get_merge_again_obstacle(record.table, apart)


def get_merged_pairs(record: Operation) -> tuple[Pairs, Pairs]:
    """The records that this operation merged, and those that it separated, each with the kept one."""
    rows = Change.objects.of_operation_and_parts(record, "merged_record")
    added = MergedRecord.objects.filter(pk__in=list(rows.added().values_list("row", flat=True)))
    removed = [change.diff for change in rows.removed()]
    return dict(added.values_list("record", "into")), {row["record"][0]: row["into"][0] for row in removed}


def _get_separation_obstacle(table: str, pairs: Pairs) -> str | Promise:
    """The kept records must be there; the merged ones are in Trash."""
    if not pairs:
        return ""
    kept = set(pairs.values())
    if MergedRecord.objects.of_merged_records(table, list(kept)).exists():
        return MERGED_AGAIN
    return _get_missing_reason(table, kept, present=True) or _get_missing_reason(
        table, set(pairs), present=False
    )


def _get_merge_again_obstacle(table: str, pairs: Pairs) -> str | Promise:
    ids = {*pairs, *pairs.values()}
    if not ids:
        return ""
    return (
        MERGED_AGAIN
        if MergedRecord.objects.of_merged_records(table, list(ids)).exists()
        else _get_missing_reason(table, ids, present=True)
    )


def _get_missing_reason(table: str, ids: set[int], *, present: bool) -> str | Promise:
    deleted = dict(
        KINDS[table].model._default_manager.filter(pk__any=list(ids)).values_list("pk", "deleted_at")
    )
    if len(deleted) < len(ids):
        return GONE
    return IN_TRASH if present and any(deleted.values()) else ""


def write_merge_undo_consequences(record: Operation, undoing: Operation, outcome: UndoResult) -> None:
    """Called within the undo, when all rows are locked: so another merge of the same records either is seen here or waits."""
    if not (outcome.back.get("merged_record") or outcome.kept.get("merged_record")):
        return
    original = record.original
    if original.kind != "merge":
        return
    table = record.table
    merged, apart = get_merged_pairs(undoing)
    pairs = {**merged, **apart}
    _check_records(table, merged, apart, outcome)
    model: Any = KINDS[table].model
    for other, column in get_moved_columns(model):
        _restore_link(record, other, column, outcome, OUT_OF_REACH)
    for link in get_links_to_type(table):
        _restore_custom_link(record, link, outcome)
    if table == "company":
        _restore_link(record, model, "parent_id", outcome, {"parent_cycle"})
    move_untracked_rows_back(original.pk, table)
    follow_newsletters(original.pk, table, merged=bool(merged))
    if hasattr(model, "next_action"):
        rewrite_next_actions(table, model._meta.db_table, [*pairs, *pairs.values()])
    if apart:
        _report_added_since(table, original, set(apart.values()), outcome)


def _check_records(table: str, merged: Pairs, apart: Pairs, outcome: UndoResult) -> None:
    """Raises UndoRefused if the records aren't all as they should be: half a merge is no undo."""
    kept = outcome.kept.get(table, {})
    ids = {*merged, *merged.values(), *apart, *apart.values()}
    if any(ids.intersection(kept.get(reason, ())) for reason in OUT_OF_REACH):
        raise UndoRefused(NOT_CHANGEABLE)
    if apart and (reason := _get_merge_again_obstacle(table, apart)):
        raise UndoRefused(reason)
    if merged and (reason := _get_separation_obstacle(table, merged)):
        raise UndoRefused(reason)


def _restore_link(record: Operation, other: Any, column: str, outcome: UndoResult, reasons: set[str]) -> None:
    """Links of records that the user may not change were moved by the merge, so its undo moves them too; and a parent that was
    only in the way of another change of the same undo."""
    kept = outcome.kept.get(other.table, {})
    ids = [pk for reason in reasons for pk in kept.get(reason, ())]
    if not ids:
        return
    stored = connection.ops.quote_name(other._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {stored} t SET "{column}" = (c.fields->%s->>0)::bigint FROM crm_change c
                WHERE c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c."row" = t.id AND c.kind = 'update'
                AND t.id = ANY(%s::bigint[]) AND c.fields ? %s
                AND t."{column}" IS NOT DISTINCT FROM (c.fields->%s->>1)::bigint RETURNING t.id""",
            [column, record.pk, record.earliest_change_at, other.table, ids, column, column],
        )
        back = {pk for (pk,) in cursor.fetchall()}
    _report_back(other.table, back, reasons, outcome)


def _restore_custom_link(record: Operation, link: IncomingLink, outcome: UndoResult) -> None:
    """The same for a custom link, also if the user may not edit its field."""
    table, key = link.model.table, link.field.name
    reasons = {*OUT_OF_REACH, "not_editable"}
    ids = [pk for reason in reasons for pk in outcome.kept.get(table, {}).get(reason, ())]
    if not ids:
        return
    back = patch_values_by_query(
        link.model,
        f"""SELECT c."row" AS id, jsonb_build_object('{key}', c.fields->%s->0) AS changes FROM crm_change c
            LEFT JOIN {get_values_table(link.model)} v ON v.record_id = c."row"
            WHERE c.operation_id = %s AND c.at >= %s AND c."table" = %s AND c."row" = ANY(%s::bigint[])
            AND c.kind = 'update' AND c.fields ? %s
            AND coalesce(v.values->%s, 'null'::jsonb) = coalesce(c.fields->%s->1, 'null'::jsonb)""",
        [key, record.pk, record.earliest_change_at, table, ids, key, key, key],
    )
    _report_back(table, set(back), reasons, outcome)


def _report_back(table: str, back: set[int], reasons: set[str], outcome: UndoResult) -> None:
    """These records, which were kept for one of these reasons, have gone back after all."""
    kept = outcome.kept.get(table, {})
    for reason in reasons:
        left = [pk for pk in kept.get(reason, ()) if pk not in back]
        if left:
            kept[reason] = left
        else:
            kept.pop(reason, None)
    if not kept:
        outcome.kept.pop(table, None)
    if back:
        outcome.back[table] = list(back.union(outcome.back.get(table, ())))


def _report_added_since(table: str, original: Operation, kept: set[int], outcome: UndoResult) -> None:
    """How much was added to the kept records since the merge: it stays with them."""
    numbers: dict[int, int] = {}
    models: list[Any] = [Activity, Task]
    for model in models:
        rows = model.objects.present().of_records(table, list(kept)).changed_since(original.at)
        for pk in rows.filter(created_at__gte=original.at).values_list("record", flat=True):
            numbers[pk] = numbers.get(pk, 0) + 1
    for pk, number in sorted(numbers.items()):
        outcome.add_kept(table, f"added_since_merge:{number}", [pk])
